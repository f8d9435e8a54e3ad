import type { Column } from '../../../../shared/model/read-model.ts';
import { typeNames } from '../../postgres/queries/catalog-definition.ts';
import { resultCollations } from '../../postgres/queries/result-collations.ts';
import type { Sql } from '../../postgres/session.ts';
import { definitionAs } from '../sql/copies.ts';

/** Columns of a query as the server types them. LIMIT 0: the plan is made, nothing is read. */
export async function describeColumns(sql: Sql, querySql: string): Promise<Column[]> {
  const { columns } = await sql.queryText(`select * from ${definitionAs(querySql, 'q')} limit 0`);
  const types = await typeNames(
    sql,
    columns.map(({ typeOid }) => typeOid),
  );
  return columns.map(({ name, typeOid }) => ({ name, type: types.get(typeOid) ?? 'unknown' }));
}

/** The columns of a query with their collations, which are a part of what readers of a stable view rely on. */
export async function withCollations(sql: Sql, querySql: string, columns: readonly Column[]): Promise<Column[]> {
  const collations = await resultCollations(sql, definitionAs(querySql, 'q'), columns);
  return columns.map((column) => {
    const collation = collations.get(column.name);
    return collation === undefined ? column : { ...column, collation };
  });
}
