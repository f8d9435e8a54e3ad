import { isFailure } from '../../../../shared/model/failure.ts';
import type { Sql } from '../../postgres/session.ts';

/**
 * Reads with all that is asked; where the server refuses that (a column that is gone, a division by zero), with what it
 * does not refuse by itself. `probe` is a statement that asks one of them alone. Within a transaction.
 */
export async function leaveOutRefused<A, T>(
  sql: Sql,
  asked: readonly A[],
  probe: (one: A) => string,
  read: (possible: readonly A[]) => Promise<T>,
): Promise<T> {
  if (asked.length === 0) return read([]);
  const all = await unlessRefused(sql, () => read(asked));
  if (all !== null) return all.value;
  const possible: A[] = [];
  for (const one of asked) {
    if ((await unlessRefused(sql, () => sql.queryText(probe(one)))) !== null) possible.push(one);
  }
  return read(possible);
}

async function unlessRefused<T>(sql: Sql, work: () => Promise<T>): Promise<{ readonly value: T } | null> {
  await sql.query('savepoint asked');
  try {
    const value = await work();
    await sql.query('release savepoint asked');
    return { value };
  } catch (error) {
    if (!isFailure(error) || !isOfStatement(error.value.sqlstate)) throw error;
    await sql.query('rollback to savepoint asked');
    await sql.query('release savepoint asked');
    return null;
  }
}

/**
 * What the statement or its values are to blame for, or a server that cannot do it: a time limit and a lost connection
 * are not.
 */
const isOfStatement = (sqlstate: string | undefined): boolean => /^(0A|22|42)/.test(sqlstate ?? '');
