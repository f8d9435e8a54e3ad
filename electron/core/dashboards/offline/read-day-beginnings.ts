import { isFailure } from '../../../../shared/model/failure.ts';
import type { DayBeginnings } from '../../history/model-rows.ts';
import type { Server } from '../../postgres/session.ts';
import { dashboardsApplicationName } from '../read-widget.ts';

/**
 * When each of the days begins in the zone, by the rules that this server has: they are what its filters go by, also
 * where a clock is put forward or back at midnight. Null for a zone that it does not know.
 */
export async function readDayBeginnings(
  server: Server,
  timeZone: string,
  { first, last }: { readonly first: string; readonly last: string },
): Promise<DayBeginnings | null> {
  try {
    const shifts = await server.withReadonly(
      (session) =>
        session.snapshot((sql) =>
          sql.query<{ from: string; offsetSeconds: number }>(
            `select to_char(day, 'YYYY-MM-DD') as "from", shift as "offsetSeconds"
             from (select day, shift, lag(shift) over (order by day) as before
                   from (select day, extract(epoch from day - (day at time zone $1) at time zone 'UTC')::integer as shift
                         from generate_series($2::timestamp, $3::timestamp, interval '1 day') as each (day)) as days) as all_days
             where shift is distinct from before
             order by day`,
            [timeZone, first, last],
          ),
        ),
      { statementTimeoutMs: 2_000, applicationName: dashboardsApplicationName },
    );
    return { first, last, shifts: [...shifts] };
  } catch (error) {
    if (isFailure(error) && error.value.sqlstate === '22023') return null;
    throw error;
  }
}
