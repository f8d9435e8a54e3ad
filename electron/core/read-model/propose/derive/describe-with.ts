import type { Sql } from '../../../postgres/session.ts';
import { describeColumns } from '../describe-columns.ts';
import type { Describe } from './derivation.ts';

/**
 * Asks the server, in a transaction; the statement is planned, no row is read. Throws `Failure` for what the server
 * refuses; the transaction goes on.
 */
export const describeWith =
  (sql: Sql): Describe =>
  async (selectSql) => {
    await sql.query('savepoint daybreak_describe');
    try {
      return await describeColumns(sql, selectSql);
    } finally {
      await sql.query('rollback to savepoint daybreak_describe');
    }
  };
