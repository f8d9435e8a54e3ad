import type { Column } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { asOfSql, comparedSql, definitionAs } from '../sql/copies.ts';
import { copyRelation } from '../sql/names.ts';

export interface Merge {
  readonly schema: string;
  /** A table; its key columns are NOT NULL and unique. */
  readonly copy: string;
  readonly columns: readonly Column[];
  readonly keyColumns: readonly string[];
  readonly parents: readonly string[];
  readonly period: Period;
  /** The definition, bounded to at least the rows of the periods from `from` on. */
  readonly definitionSql: string;
  /** First day of the periods that are recomputed, yyyy-mm-dd; null: all of them. */
  readonly from: string | null;
}

/**
 * Recomputes the periods from `from` on in one statement, which sees one snapshot: rows that are gone are deleted, rows
 * with other values updated, new rows inserted, and all others left alone (an upsert would lock each of them). The
 * as-of and the count of rows change with them. A key that comes twice is inserted twice, and the unique index refuses.
 * Its outcome is a `RowsWritten` as JSON.
 */
export function mergeSql(merge: Merge): string {
  const { schema, copy, columns, keyColumns, parents, period, definitionSql, from } = merge;
  const relation = copyRelation(schema, copy);
  const all = columns.map(({ name }) => quoteIdent(name));
  const values = columns.filter(({ name }) => !keyColumns.includes(name));
  const within = (alias: string) =>
    from === null ? 'true' : `${alias}.${quoteIdent(period.column)} >= date ${quoteLiteral(from)}`;
  const sameKey = keyColumns.map((key) => `f.${quoteIdent(key)} = t.${quoteIdent(key)}`).join(' and ');
  const changed =
    values.length === 0
      ? []
      : [
          `changed as (
  update ${relation} as t set ${values.map(({ name }) => `${quoteIdent(name)} = f.${quoteIdent(name)}`).join(', ')}
  from fresh f
  where ${sameKey} and ${within('t')} and f.daybreak_nth = 1
    and (${values.map((column) => `${comparedSql(column, 't')} is distinct from ${comparedSql(column, 'f')}`).join(' or ')})
  returning 1)`,
        ];
  // With all periods recomputed they are all the rows, also where somebody wrote into the copy by hand.
  const rowCount = from === null ? '(select count(*) from fresh)' : 'row_count + inserted - deleted';
  const parts = [
    `fresh as materialized (
  select d.*, row_number() over (partition by ${keyColumns.map((key) => `d.${quoteIdent(key)}`).join(', ')}) as daybreak_nth
  from ${definitionAs(definitionSql, 'd')}
  where ${within('d')})`,
    `gone as (
  delete from ${relation} as t
  where ${within('t')} and not exists (select from fresh f where ${sameKey})
  returning 1)`,
    ...changed,
    `added as (
  insert into ${relation} (${all.join(', ')})
  select ${all.map((name) => `f.${name}`).join(', ')} from fresh f
  where f.daybreak_nth > 1 or not exists (select from ${relation} as t where ${sameKey} and ${within('t')})
  returning 1)`,
    `written as (
  select (select count(*) from added) as inserted, (select count(*) from gone) as deleted,
    ${values.length === 0 ? '0' : '(select count(*) from changed)'} as updated)`,
    `labelled as (
  update daybreak.copy set data_as_of = ${asOfSql(parents)}, row_count = ${rowCount}
  from written where copy_id = ${quoteLiteral(copy)})`,
  ];
  return `with ${parts.join(',\n')}
select json_build_object('inserted', inserted, 'updated', updated, 'deleted', deleted)::text as outcome from written`;
}
