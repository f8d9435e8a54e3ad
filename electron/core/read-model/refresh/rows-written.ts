import { z } from 'zod';
import { quoteLiteral } from '../../postgres/quote.ts';
import { copyRelation } from '../sql/names.ts';

const countSchema = z.number().nullable();
const schema = z.object({ inserted: countSchema, updated: countSchema, deleted: countSchema });
/** Rows of the copy that a refresh wrote; null where the server does not count (track_counts off). */
export type RowsWritten = z.infer<typeof schema>;

/** Reads the outcome of a refresh; null where its transaction had none. */
export const rowsWrittenOf = (outcome: string | null): RowsWritten | null =>
  outcome === null ? null : schema.parse(JSON.parse(outcome));

/** Of a copy that was written anew, its as-of and count just now. */
export const allRowsWrittenSql = (copy: string): string =>
  `select json_build_object('inserted', row_count, 'updated', 0, 'deleted', 0)::text as outcome
from daybreak.copy where copy_id = ${quoteLiteral(copy)}`;

const setting = 'daybreak.written_before';

const counted = (relation: string, kind: string): string =>
  `pg_stat_get_xact_tuples_${kind}(${quoteLiteral(relation)}::regclass)`;

/**
 * Before a merge in place: remembers the session's counters of the copy: they still hold what earlier transactions wrote and the server has not
 * collected yet.
 */
export function rememberWrittenSql(schemaName: string, copy: string): string {
  const relation = copyRelation(schemaName, copy);
  const counters = ['inserted', 'updated', 'deleted'].map((kind) => `'${kind}', ${counted(relation, kind)}`);
  return `select set_config('${setting}', json_build_object(${counters.join(', ')})::text, true)`;
}

/** What the transaction has written since `rememberWrittenSql`, as an outcome. */
export function rowsWrittenSql(schemaName: string, copy: string): string {
  const relation = copyRelation(schemaName, copy);
  const since = ['inserted', 'updated', 'deleted'].map(
    (kind) =>
      `'${kind}', case when current_setting('track_counts')::boolean
    then ${counted(relation, kind)} - (current_setting('${setting}')::json ->> '${kind}')::bigint end`,
  );
  return `select json_build_object(${since.join(', ')})::text as outcome`;
}
