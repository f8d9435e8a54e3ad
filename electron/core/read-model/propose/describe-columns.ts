import type { Column } from '../../../../shared/model/read-model.ts';
import { typeNames } from '../../postgres/queries/catalog-definition.ts';
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
