import type { KnownHolds } from '../../../../shared/model/known-holds.ts';
import { skipCalendarSchema } from '../../../../shared/model/skip-calendar.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { holdColumns } from '../scripts/executive-scripts.ts';

const columns = Object.entries(holdColumns).flatMap(([table, names]) =>
  names.map((name) => `(${quoteLiteral(table)}, ${quoteLiteral(name)})`),
);

interface Row {
  readonly calendars: readonly unknown[] | null;
  readonly models: KnownHolds['models'] | null;
}

/**
 * What holds read models back, of the whole server at once. null: this registry keeps no schedules yet, or the role may
 * not read them.
 */
export async function readKnownHolds(sql: Sql): Promise<KnownHolds | null> {
  const [found] = await sql.query<{ readable: boolean }>(
    // A reader of stable views is granted these columns and no others.
    `select has_schema_privilege(n.oid, 'usage') and count(*) = ${columns.length}
       and bool_and(has_column_privilege(c.oid, a.attnum, 'select')) as readable
     from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'daybreak' and (c.relname, a.attname) in (${columns.join(', ')})
     group by n.oid`,
  );
  if (found?.readable !== true) return null;
  const [row] = await sql.query<Row>(
    `select (select json_agg(definition order by name) from daybreak.calendar) as calendars,
       (select json_agg(json_build_object('readModel', read_model,
            'pausedAtMs', (extract(epoch from paused_at) * 1000)::float8,
            'stoppedAtMs', (extract(epoch from stopped_at) * 1000)::float8) order by read_model)
        from daybreak.schedule where paused_at is not null or stopped_at is not null) as models`,
  );
  return {
    // One that a newer Daybreak wrote in another form holds nothing back here.
    calendars: (row?.calendars ?? []).flatMap((definition) => skipCalendarSchema.safeParse(definition).data ?? []),
    models: row?.models ?? [],
  };
}
