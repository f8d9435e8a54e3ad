import type { CountedColumns, StoredDeltas } from '../history/history.ts';
import type { ByStatement } from './by-statement.ts';

/** The counters of one interval, and whose each row is. */
export interface Counted<T> {
  readonly columns: CountedColumns;
  /** One element a row; undefined for a statement that is not known. */
  readonly owners: readonly (T | undefined)[];
}

/** Looks the statements up by number where the store packed them, and by their ids in any other history. */
export function countedOf<T>(stored: StoredDeltas, byStatement: ByStatement<T>): Counted<T> {
  const { columns } = stored;
  if (columns === undefined) {
    const owners = stored.deltas.map(({ statementId }) => byStatement.get(statementId));
    return { columns: columnsOf(stored.deltas), owners };
  }
  const { statementIds } = columns;
  const owners: (T | undefined)[] = [];
  for (let row = 0; row < statementIds.length; row += 1) owners.push(byStatement.numbered(statementIds[row] ?? 0));
  return { columns, owners };
}

function columnsOf(deltas: StoredDeltas['deltas']): CountedColumns {
  const column = (value: (counters: StoredDeltas['deltas'][number]['counters']) => number) =>
    Float64Array.from(deltas, ({ counters }) => value(counters));
  return {
    statementIds: Int32Array.from(deltas, ({ statementId }) => Number(statementId)),
    discontinuities: deltas.filter(({ discontinuity }) => discontinuity).length,
    calls: column(({ calls }) => calls),
    execMs: column(({ totalExecMs }) => totalExecMs),
    squaresMs2: column(({ sumSquaresMs2 }) => sumSquaresMs2),
    rows: column(({ rows }) => rows),
    blocks: column(({ sharedBlksHit, sharedBlksRead }) => sharedBlksHit + sharedBlksRead),
    tempBlocks: column(({ tempBlksRead, tempBlksWritten }) => tempBlksRead + tempBlksWritten),
    walRecords: column(({ walRecords }) => walRecords),
    walBytes: column(({ walBytes }) => walBytes),
  };
}
