import { Failure } from '../../../shared/model/failure.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import type { Prepare } from './prepared.ts';
import { choicesKeptAs } from './kept-choices.ts';
import { knownServerKey, serverKeyOf } from './servers.ts';

/** Whose results a dashboard keeps: its widgets', those that can be put back with them, and the values of its filters. */
const savedUnder = ({ widgets, removed = [], filters = [] }: Dashboard): string[] => [
  ...[...widgets, ...removed].map(({ widgetId }) => widgetId),
  ...filters.map(({ filterId }) => choicesKeptAs(filterId)),
];

export function createDashboardWriter(prepare: Prepare) {
  /** What was opened from a file stays as it was sent; while it is taken over, its server has a hidden name. */
  const refuseInPack = (serverId: string): void => {
    if (serverId.startsWith('importing ')) return;
    const opened = prepare('select 1 from capture where server_key = ?').get(knownServerKey(prepare, serverId));
    if (opened === undefined) return;
    throw new Failure({
      code: 'not_available',
      message:
        'This dashboard is from a pack that was opened from a file: it can be looked at, and not be changed. Nothing was changed.',
    });
  };
  const refuseOfPack = (dashboardId: string): void => {
    const owner = prepare<{ server_id: string }>(
      'select server_id from dashboard join server using (server_key) where dashboard_id = ?',
    ).get(dashboardId);
    if (owner !== undefined) refuseInPack(owner.server_id);
  };
  /** Some dashboards are made under an id that is known before: the removed one gives it up, and can still be put back. */
  const freeId = (dashboardId: string): void => {
    const other = crypto.randomUUID();
    prepare(
      `update dashboard set dashboard_id = @other, body = json_set(body, '$.dashboardId', @other)
       where dashboard_id = @dashboardId and removed_at_ms is not null`,
    ).run({ other, dashboardId });
  };
  return {
    /** What was saved of widgets that it neither has nor can put back goes with them. */
    saveDashboard(dashboard: Dashboard): void {
      refuseInPack(dashboard.serverId);
      freeId(dashboard.dashboardId);
      prepare(
        `insert into dashboard (dashboard_id, server_key, body) values (?, ?, ?)
         on conflict (dashboard_id) do update set server_key = excluded.server_key, body = excluded.body`,
      ).run(dashboard.dashboardId, serverKeyOf(prepare, dashboard.serverId), JSON.stringify(dashboard));
      prepare(
        `delete from widget_result
         where dashboard_key = (select dashboard_key from dashboard where dashboard_id = ?)
           and widget_id not in (select value from json_each(?))`,
      ).run(dashboard.dashboardId, JSON.stringify(savedUnder(dashboard)));
    },

    /** Its numbers stay with it. */
    setAsideDashboard(dashboardId: string, atMs: number): void {
      refuseOfPack(dashboardId);
      prepare('update dashboard set removed_at_ms = ? where dashboard_id = ? and removed_at_ms is null').run(
        atMs,
        dashboardId,
      );
    },

    saveRemovedDashboard(dashboard: Dashboard): void {
      prepare('update dashboard set body = ? where dashboard_id = ? and removed_at_ms is not null').run(
        JSON.stringify(dashboard),
        dashboard.dashboardId,
      );
    },

    putBackDashboard(dashboard: Dashboard): void {
      prepare(
        'update dashboard set body = ?, removed_at_ms = null where dashboard_id = ? and removed_at_ms is not null',
      ).run(JSON.stringify(dashboard), dashboard.dashboardId);
    },

    removeDashboard(dashboardId: string): void {
      refuseOfPack(dashboardId);
      prepare('delete from dashboard where dashboard_id = ?').run(dashboardId);
    },

    saveShippedDashboard(dashboard: Dashboard): void {
      prepare(
        `insert into shipped_dashboard (server_key, dashboard_id, body) values (?, ?, ?)
         on conflict (server_key, dashboard_id) do update set body = excluded.body`,
      ).run(serverKeyOf(prepare, dashboard.serverId), dashboard.dashboardId, JSON.stringify(dashboard));
    },
  };
}
