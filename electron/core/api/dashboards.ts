import type { Engine } from '../engine.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

export const dashboardsApi = ({ dashboards }: Engine) =>
  os.dashboards.router({
    list: os.dashboards.list.handler(({ input }) => reply(() => dashboards.list(input.serverId))),
    get: os.dashboards.get.handler(({ input }) => reply(() => dashboards.get(input.serverId, input.dashboardId))),
    cached: os.dashboards.cached.handler(({ input }) =>
      reply(() => dashboards.cached(input.serverId, input.dashboardId)),
    ),
    data: os.dashboards.data.handler(({ input }) =>
      reply(() => dashboards.data(input.serverId, input.dashboardId, input.widgetId)),
    ),
    addReadModel: os.dashboards.addReadModel.handler(({ input }) =>
      reply(() => dashboards.addReadModel(input.serverId, input.readModel)),
    ),
    removeWidget: os.dashboards.removeWidget.handler(({ input }) =>
      reply(() => dashboards.removeWidget(input.serverId, input.dashboardId, input.widgetId)),
    ),
    setSource: os.dashboards.setSource.handler(({ input }) =>
      reply(() => dashboards.setSource(input.serverId, input.dashboardId, input.widgetId, input.source)),
    ),
  });
