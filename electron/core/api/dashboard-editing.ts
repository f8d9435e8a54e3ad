import type { DashboardService } from '../dashboards/dashboard-service.ts';
import { os } from './implementer.ts';
import { reply } from './reply.ts';

const procedures = os.dashboards;

/** The part of the namespace `dashboards` that makes and changes them. */
export const editingHandlers = ({ editor, removals }: DashboardService) => ({
  create: procedures.create.handler(({ input }) =>
    reply(() => editor.create(input.serverId, input.title, input.locale)),
  ),
  rename: procedures.rename.handler(({ input }) =>
    reply(() => editor.rename(input.serverId, input.dashboardId, input.title)),
  ),
  setLocale: procedures.setLocale.handler(({ input }) =>
    reply(() => editor.setLocale(input.serverId, input.dashboardId, input.locale)),
  ),
  duplicate: procedures.duplicate.handler(({ input }) =>
    reply(() => editor.duplicate(input.serverId, input.dashboardId, input.title)),
  ),
  remove: procedures.remove.handler(({ input }) =>
    reply(() => removals.remove(input.serverId, input.dashboardId, input.confirm)),
  ),
  removed: procedures.removed.handler(({ input }) => reply(() => removals.list(input.serverId))),
  restore: procedures.restore.handler(({ input }) => reply(() => removals.putBack(input.serverId, input.dashboardId))),
  forget: procedures.forget.handler(({ input }) =>
    reply(() => removals.forget(input.serverId, input.dashboardId, input.confirm)),
  ),
  addWidget: procedures.addWidget.handler(({ input, signal }) =>
    reply(() => editor.addWidget(input.serverId, input.dashboardId, input.widget, signal)),
  ),
  updateWidget: procedures.updateWidget.handler(({ input, signal }) =>
    reply(() => editor.updateWidget(input.serverId, input.dashboardId, input.widgetId, input.widget, signal)),
  ),
  duplicateWidget: procedures.duplicateWidget.handler(({ input }) =>
    reply(() => editor.duplicateWidget(input.serverId, input.dashboardId, input.widgetId)),
  ),
  arrange: procedures.arrange.handler(({ input }) =>
    reply(() => editor.arrange(input.serverId, input.dashboardId, input.places)),
  ),
  removeWidget: procedures.removeWidget.handler(({ input }) =>
    reply(() => editor.removeWidget(input.serverId, input.dashboardId, input.widgetId)),
  ),
  restoreWidget: procedures.restoreWidget.handler(({ input }) =>
    reply(() => editor.restoreWidget(input.serverId, input.dashboardId, input.widgetId)),
  ),
  setSource: procedures.setSource.handler(({ input, signal }) =>
    reply(() => editor.setSource(input.serverId, input.dashboardId, input.widgetId, input.source, signal)),
  ),
  preview: procedures.preview.handler(({ input, signal }) =>
    reply(() => editor.preview(input.serverId, input.widget, signal)),
  ),
  offer: procedures.offer.handler(({ input }) => reply(() => editor.offer(input.serverId, input.from))),
});
