import { typeNames } from '../../../postgres/queries/catalog-definition.ts';
import type { Sql } from '../../../postgres/session.ts';
import { definitionAs } from '../../sql/copies.ts';
import type { Describe } from './derivation.ts';

/**
 * Asks the server, in a transaction; the statement is planned, no row is read. Throws `Failure` for what the server
 * refuses; the transaction goes on.
 */
export const describeWith =
  (sql: Sql): Describe =>
  async (selectSql) => {
    const columns = await planned(sql, selectSql);
    const types = await typeNames(
      sql,
      columns.map(({ typeOid }) => typeOid),
    );
    return columns.map(({ name, typeOid }) => ({ name, type: types.get(typeOid) ?? 'unknown' }));
  };

async function planned(sql: Sql, selectSql: string): Promise<readonly { name: string; typeOid: number }[]> {
  await sql.query('savepoint daybreak_describe');
  try {
    const { columns } = await sql.queryText(`select * from ${definitionAs(selectSql, 'q')} limit 0`);
    return columns;
  } finally {
    await sql.query('rollback to savepoint daybreak_describe');
  }
}
