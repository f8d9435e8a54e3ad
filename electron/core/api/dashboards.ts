import { opening } from '../dashboards/opening.ts';
import type { Engine } from '../engine.ts';
import { editingHandlers } from './dashboard-editing.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';
import { savedResultsApi } from './saved-results.ts';

const shownChoices = 200;

export const dashboardsApi = (engine: Engine) => {
  const { dashboards, dashboardExports, dashboardFilters, liveComparisons } = engine;
  return os.dashboards.router({
    ...savedResultsApi(engine),
    opening: os.dashboards.opening.handler(({ input }) => reply(() => opening(engine, input))),
    list: os.dashboards.list.handler(({ input }) => reply(() => dashboards.list(input.serverId))),
    get: os.dashboards.get.handler(({ input }) => reply(() => dashboards.get(input.serverId, input.dashboardId))),
    cached: os.dashboards.cached.handler(({ input }) =>
      reply(() => dashboards.cached(input.serverId, input.dashboardId, input)),
    ),
    data: os.dashboards.data.handler(({ input, signal }) =>
      reply(() => dashboards.data(input.serverId, input.dashboardId, input.widgetId, { ...input, signal })),
    ),
    addReadModel: os.dashboards.addReadModel.handler(({ input }) =>
      reply(() => dashboards.addReadModel(input.serverId, input.readModel)),
    ),
    ...editingHandlers(dashboards),
    setFilters: os.dashboards.setFilters.handler(({ input }) =>
      reply(() => dashboardFilters.set(input.serverId, input.dashboardId, input.filters)),
    ),
    filterColumns: os.dashboards.filterColumns.handler(({ input }) =>
      reply(async () => ({ columns: await dashboardFilters.columns(input.serverId, input.dashboardId) })),
    ),
    filterChoices: os.dashboards.filterChoices.handler(({ input }) => {
      const { serverId, dashboardId, filterId, search = null, limit = shownChoices } = input;
      return reply(() => dashboardFilters.choices(serverId, dashboardId, { filterId, search, limit }));
    }),
    compareLive: os.dashboards.compareLive.handler(({ input }) =>
      reply(() => liveComparisons.run(input, input.filters ?? {})),
    ),
    cancelCompare: os.dashboards.cancelCompare.handler(({ input }) => reply(() => liveComparisons.cancel(input))),
    exportWidget: os.dashboards.exportWidget.handler(({ input, signal }) =>
      reply(() => dashboardExports.exportWidget(input, signal)),
    ),
    exportDashboard: os.dashboards.exportDashboard.handler(({ input, signal }) =>
      reply(() => dashboardExports.exportDashboard(input, signal)),
    ),
  });
};
