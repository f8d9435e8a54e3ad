import { deflateRawSync } from 'node:zlib';
import type { Dashboard, WidgetData } from '../../../shared/model/dashboard.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

/** Results that are kept of one widget under one source. */
const keepResults = 30;
/** A table of 50,000 rows has some megabytes: beyond this the older results of its widget go earlier. */
const keepBytes = 8 * 1024 * 1024;

export function createDashboardWriter(prepare: Prepare) {
  return {
    saveDashboard(dashboard: Dashboard): void {
      prepare(
        `insert into dashboard (dashboard_id, server_key, body) values (?, ?, ?)
         on conflict (dashboard_id) do update set server_key = excluded.server_key, body = excluded.body`,
      ).run(dashboard.dashboardId, serverKeyOf(prepare, dashboard.serverId), JSON.stringify(dashboard));
    },

    removeDashboard(dashboardId: string): void {
      prepare('delete from dashboard where dashboard_id = ?').run(dashboardId);
    },

    /** A result with the as-of of the newest one is the same number again and takes its place. */
    saveResult(dashboardId: string, sourceHash: string, data: WidgetData, storedAtMs: number): void {
      const dashboard = prepare<{ dashboard_key: number }>(
        'select dashboard_key from dashboard where dashboard_id = ?',
      ).get(dashboardId);
      if (dashboard === undefined) return; // removed while the number was on its way
      const place = [dashboard.dashboard_key, data.widgetId, sourceHash] as const;
      prepare(
        `delete from widget_result where as_of = ? and result_id =
           (select max(result_id) from widget_result
            where dashboard_key = ? and widget_id = ? and source_hash = ?)`,
      ).run(data.freshness.asOf, ...place);
      prepare(
        `insert into widget_result (dashboard_key, widget_id, source_hash, stored_at_ms, as_of, body)
         values (?, ?, ?, ?, ?, ?)`,
      ).run(...place, storedAtMs, data.freshness.asOf, deflateRawSync(JSON.stringify(data), { level: 1 }));
      prepare(
        `delete from widget_result where result_id in
           (select result_id from
              (select result_id, row_number() over newest as place, sum(length(body)) over newest as bytes
               from widget_result where dashboard_key = ? and widget_id = ? and source_hash = ?
               window newest as (order by result_id desc rows unbounded preceding))
            where place > 1 and (place > ${keepResults} or bytes > ${keepBytes}))`,
      ).run(...place);
    },
  };
}
