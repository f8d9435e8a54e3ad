import { inflateRawSync } from 'node:zlib';
import { dashboardSchema, widgetDataSchema, type Dashboard, type WidgetData } from '../../../shared/model/dashboard.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

const dashboardOf = ({ body }: { readonly body: string }): Dashboard => dashboardSchema.parse(JSON.parse(body));

export function createDashboardReader(prepare: Prepare) {
  return {
    dashboard(dashboardId: string): Dashboard | null {
      const row = prepare<{ body: string }>(
        `select body from dashboard join server using (server_key) where dashboard_id = ? and removed = 0`,
      ).get(dashboardId);
      return row === undefined ? null : dashboardOf(row);
    },

    /** In the order in which they were made. */
    dashboards(serverId: string): Dashboard[] {
      return prepare<{ body: string }>('select body from dashboard where server_key = ? order by dashboard_key')
        .all(knownServerKey(prepare, serverId))
        .map(dashboardOf);
    },

    lastResult(dashboardId: string, widgetId: string, sourceHash: string): WidgetData | null {
      const row = prepare<{ body: Buffer }>(
        `select widget_result.body from widget_result join dashboard using (dashboard_key)
         where dashboard_id = ? and widget_id = ? and source_hash = ? order by result_id desc limit 1`,
      ).get(dashboardId, widgetId, sourceHash);
      return row === undefined ? null : widgetDataSchema.parse(JSON.parse(inflateRawSync(row.body).toString('utf8')));
    },
  };
}
