import { dashboardSchema, type Dashboard, type Widget } from '../../../shared/model/dashboard.ts';
import type { DashboardStore } from '../history/history.ts';

/** Puts the dashboards there that come with a server, and brings up to date those that nobody has touched. */
export async function shipDashboards(store: DashboardStore, shipped: readonly Dashboard[]): Promise<void> {
  for (const now of shipped) {
    const { serverId, dashboardId } = now;
    const [known, before, removed] = await Promise.all([
      store.get(dashboardId),
      store.shipped(serverId, dashboardId),
      store.removed(serverId, 0),
    ]);
    const isGone = before !== null || removed.some(({ dashboard }) => dashboard.dashboardId === dashboardId);
    const isUntouched = known === null ? !isGone : [before, now].some((one) => one !== null && isSame(known, one));
    if (isUntouched) await store.save(now);
    if (isUntouched || before === null) await store.saveShipped(now);
  }
}

/** The read models of a server are gone with its data: its widgets ask the queries that they began with. */
export async function leaveReadModels(store: DashboardStore, serverId: string): Promise<void> {
  for (const dashboard of await store.list(serverId)) await store.save(onOwnQueries(dashboard));
  for (const { dashboard } of await store.removed(serverId, 0)) await store.saveRemoved(onOwnQueries(dashboard));
}

/** One that was made from a read model has no query of its own: it stays as it is until there is such a model again. */
const onOwnQuery = (widget: Widget): Widget =>
  widget.liveSql === undefined ? widget : { ...widget, source: { kind: 'live', sql: widget.liveSql } };

const onOwnQueries = (dashboard: Dashboard): Dashboard => ({
  ...dashboard,
  widgets: dashboard.widgets.map(onOwnQuery),
  ...(dashboard.removed === undefined ? {} : { removed: dashboard.removed.map(onOwnQuery) }),
});

const isSame = (one: Dashboard, other: Dashboard): boolean => written(one) === written(other);

/** Widgets that went and came back leave an empty list, and may stand in another order. */
function written(dashboard: Dashboard): string {
  const { removed = [], widgets, ...rest } = dashboardSchema.parse(dashboard);
  const inOrder = widgets.toSorted((a, b) => a.widgetId.localeCompare(b.widgetId));
  return JSON.stringify([rest, inOrder, removed]);
}
