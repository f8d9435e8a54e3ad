import { skipCalendarSchema } from '../../../../shared/model/schedule.ts';
import type { Sql } from '../../postgres/session.ts';
import { windowsNow, type WindowsNow } from '../../schedule/decide/skip-windows.ts';
import { knowsSchedules } from './leases.ts';
import { installedMigrations } from './migrations.ts';

/** The skip windows of a server as of now, on its own clock; null where its registry knows no calendars, or has none. */
export async function readWindows(sql: Sql): Promise<WindowsNow | null> {
  if (!knowsSchedules(await installedMigrations(sql))) return null;
  const rows = await sql.query<{ definition: unknown; nowMs: number }>(
    `select definition, (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs" from daybreak.calendar order by name`,
  );
  const [first] = rows;
  if (first === undefined) return null;
  const calendars = rows.flatMap(({ definition }) => skipCalendarSchema.safeParse(definition).data ?? []);
  return windowsNow(calendars, first.nowMs);
}
