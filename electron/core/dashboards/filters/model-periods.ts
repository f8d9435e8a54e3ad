import { z } from 'zod';
import { periodSchema, type Grain } from '../../../../shared/model/period.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { columnSchema } from '../../../../shared/model/read-model.ts';
import type { Sql } from '../../postgres/session.ts';
import { grainOf } from '../../read-model/period/cut.ts';
import { parseSelect } from '../../read-model/propose/parse-select.ts';

/** How a read model's columns are cut into periods, as far as registry and definition tell. */
export interface ModelPeriods {
  /** The business's zone of a model with a period; null: it has none. */
  readonly timeZone: string | null;
  grainOf(column: string): Promise<Grain | null>;
}

export const unknownPeriods: ModelPeriods = { timeZone: null, grainOf: async () => null };

/** By read model; empty where this role may not read the registry. */
export async function modelPeriods(
  sql: Sql,
  readModels: readonly string[],
): Promise<ReadonlyMap<string, ModelPeriods>> {
  if (!(await mayReadVersions(sql))) return new Map();
  const rows = await sql.query<{ name: string; definition: string; columns: unknown; period: unknown }>(
    `select v.read_model as name, v.definition_sql as definition, v.columns, to_jsonb(v) -> 'period' as period
     from daybreak.version v where v.state = 'current' and v.read_model = any ($1::text[])`,
    [readModels],
  );
  return new Map(
    rows.map(({ name, definition, columns, period }) => {
      const own = periodSchema.nullish().catch(null).parse(period) ?? null;
      const known = z.array(columnSchema).catch([]).parse(columns);
      return [
        name,
        { timeZone: own?.timeZone ?? null, grainOf: (column) => grainIn(definition, known, column) },
      ] as const;
    }),
  );
}

/** The definition whose rows readers see; null where this role may not read the registry, or there is none. */
export async function currentDefinition(sql: Sql, readModel: string): Promise<string | null> {
  if (!(await mayReadVersions(sql))) return null;
  const [row] = await sql.query<{ definition: string }>(
    `select definition_sql as definition from daybreak.version where state = 'current' and read_model = $1`,
    [readModel],
  );
  return row?.definition ?? null;
}

async function mayReadVersions(sql: Sql): Promise<boolean> {
  const [found] = await sql.query<{ readable: boolean }>(
    `select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
     from pg_namespace n join pg_class c on c.relnamespace = n.oid
     where n.nspname = 'daybreak' and c.relname = 'version'`,
  );
  return found?.readable === true;
}

async function grainIn(
  definition: string,
  columns: readonly z.infer<typeof columnSchema>[],
  column: string,
): Promise<Grain | null> {
  try {
    return grainOf(await parseSelect(definition), columns, column);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}
