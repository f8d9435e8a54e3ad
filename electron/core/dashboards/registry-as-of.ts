import type { Sql } from '../postgres/session.ts';
import { quoteLiteral } from '../postgres/quote.ts';
import { labelColumns } from '../read-model/scripts/executive-scripts.ts';
import { isoMoment } from './as-of-column.ts';

const asOfColumns = Object.entries(labelColumns).flatMap(([table, columns]) =>
  columns.map((column) => `${quoteLiteral(table)}, ${quoteLiteral(column)}`),
);

/**
 * The as-of of a read model without rows: its view has none to show it in, and "nothing is open" is an answer whose
 * age counts too. null where this role may not read the registry, or does not find the model in it.
 */
export async function registryAsOf(sql: Sql, readModel: string): Promise<string | null> {
  const [found] = await sql.query<{ readable: boolean }>(
    // A reader of stable views is granted these columns and no others.
    `select has_schema_privilege(n.oid, 'usage') and bool_and(has_column_privilege(c.oid, a.attnum, 'select')) as readable
     from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'daybreak' and (c.relname, a.attname) in (${asOfColumns.map((column) => `(${column})`).join(', ')})
     group by n.oid`,
  );
  if (found?.readable !== true) return null;
  const [row] = await sql.query<{ as_of: string | null }>(
    `select c.data_as_of as as_of
     from daybreak.version v
     join daybreak.copy c on c.read_model = v.read_model and c.version = v.version and c.slot = v.live_slot
     where v.read_model = $1 and v.state = 'current'`,
    [readModel],
  );
  return row?.as_of == null ? null : isoMoment(row.as_of);
}
