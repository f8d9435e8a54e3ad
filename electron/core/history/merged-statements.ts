import type { Prepare } from './prepared.ts';

/** Packed values name a statement by the id that it had when they were written; this leads to the one it has now. */
export function mergedStatements(prepare: Prepare, serverKey: number | null): ReadonlyMap<number, number> {
  return new Map(
    prepare<{ statement_id: number; into_id: number }>(
      'select statement_id, into_id from merged_statement where server_key = ? order by statement_id',
    )
      .all(serverKey)
      .map(({ statement_id, into_id }) => [statement_id, into_id]),
  );
}

/** The same as a function; null: nothing was merged. */
export function followMerged(prepare: Prepare, serverKey: number | null): ((statementId: number) => number) | null {
  const merged = mergedStatements(prepare, serverKey);
  return merged.size === 0 ? null : (id) => merged.get(id) ?? id;
}
