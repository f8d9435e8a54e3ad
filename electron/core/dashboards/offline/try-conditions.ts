import { isFailure } from '../../../../shared/model/failure.ts';
import type { Sql } from '../../postgres/session.ts';

/**
 * Reads with all of these conditions; where the server refuses them (a column that is gone, a division by zero), with
 * those that it does not refuse by themselves. `from` is what they choose from. Within a transaction.
 */
export async function tryConditions<T>(
  sql: Sql,
  { conditions, from }: { readonly conditions: readonly string[]; readonly from: string },
  read: (possible: readonly string[]) => Promise<T>,
): Promise<T> {
  if (conditions.length === 0) return read([]);
  const all = await unlessRefused(sql, () => read(conditions));
  if (all !== null) return all.value;
  const possible: string[] = [];
  for (const condition of conditions) {
    const counted = await unlessRefused(sql, () =>
      sql.query(`select count(*) filter (where ${condition}) from ${from}`),
    );
    if (counted !== null) possible.push(condition);
  }
  return read(possible);
}

async function unlessRefused<T>(sql: Sql, work: () => Promise<T>): Promise<{ readonly value: T } | null> {
  await sql.query('savepoint conditions');
  try {
    const value = await work();
    await sql.query('release savepoint conditions');
    return { value };
  } catch (error) {
    if (!isFailure(error) || !isOfStatement(error.value.sqlstate)) throw error;
    await sql.query('rollback to savepoint conditions');
    await sql.query('release savepoint conditions');
    return null;
  }
}

/** What the statement or its values are to blame for: a time limit and a lost connection are not. */
const isOfStatement = (sqlstate: string | undefined): boolean => /^(22|42)/.test(sqlstate ?? '');
