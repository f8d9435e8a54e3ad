import { dashboardSchema, type Dashboard } from '../../../shared/model/dashboard.ts';
import type { RemovedDashboard } from './history.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

interface Row {
  readonly server_id: string;
  readonly body: string;
}

interface RemovedRow extends Row {
  readonly removed_at_ms: number;
}

/** The server's own id goes before the one in the body: a pack gets its name when it is whole. */
const dashboardOf = ({ body, server_id }: Row): Dashboard => ({
  ...dashboardSchema.parse(JSON.parse(body)),
  serverId: server_id,
});

export function createDashboardReader(prepare: Prepare) {
  return {
    dashboard(dashboardId: string): Dashboard | null {
      const row = prepare<Row>(
        `select server_id, body from dashboard join server using (server_key) where dashboard_id = ? and removed = 0
           and removed_at_ms is null`,
      ).get(dashboardId);
      return row === undefined ? null : dashboardOf(row);
    },

    /** In the order in which they were made. */
    dashboards(serverId: string): Dashboard[] {
      return prepare<Row>(
        `select server_id, body from dashboard join server using (server_key) where server_key = ?
           and removed_at_ms is null
         order by dashboard_key`,
      )
        .all(knownServerKey(prepare, serverId))
        .map(dashboardOf);
    },

    shippedDashboard(serverId: string, dashboardId: string): Dashboard | null {
      const row = prepare<Row>(
        `select server_id, body from shipped_dashboard join server using (server_key)
         where server_key = ? and dashboard_id = ?`,
      ).get(knownServerKey(prepare, serverId), dashboardId);
      return row === undefined ? null : dashboardOf(row);
    },

    /** The last one first. */
    removedDashboards(serverId: string, sinceMs: number): RemovedDashboard[] {
      return prepare<RemovedRow>(
        `select server_id, body, removed_at_ms from dashboard join server using (server_key)
         where server_key = ? and removed_at_ms >= ? order by removed_at_ms desc, dashboard_key desc`,
      )
        .all(knownServerKey(prepare, serverId), sinceMs)
        .map((row) => ({ dashboard: dashboardOf(row), removedAtMs: row.removed_at_ms }));
    },
  };
}
