import type { StatementCounters } from '../../../shared/model/sampling.ts';

/** Columns of `delta` after (interval_id, statement_id, discontinuity), in order. */
export const counterColumns = [
  'calls',
  'row_count',
  'exec_ns',
  'sum_squares_us2',
  'plans',
  'plan_ns',
  'shared_hit',
  'shared_read',
  'shared_dirtied',
  'shared_written',
  'local_read',
  'local_written',
  'temp_read',
  'temp_written',
  'shared_read_ns',
  'shared_write_ns',
  'temp_read_ns',
  'temp_write_ns',
  'wal_records',
  'wal_bytes',
] as const;

/**
 * An integer of SQLite takes one to eight bytes by its size, and none for 0 and 1; a fraction always takes eight.
 * Nanoseconds are below the noise of the doubles that pg_stat_statements adds up. Squares can pass 2^63, so their
 * column is real; SQLite writes a real without a fraction as an integer while it fits.
 * Measured: 63 bytes a row, 45 MB a day with 500 changing statements a minute.
 */
const ns = (ms: number): number => Math.round(ms * 1e6);
const ms = (ns: number): number => ns / 1e6;

export function counterValues(c: StatementCounters): number[] {
  return [
    c.calls,
    c.rows,
    ns(c.totalExecMs),
    Math.round(c.sumSquaresMs2 * 1e6),
    c.plans,
    ns(c.totalPlanMs),
    c.sharedBlksHit,
    c.sharedBlksRead,
    c.sharedBlksDirtied,
    c.sharedBlksWritten,
    c.localBlksRead,
    c.localBlksWritten,
    c.tempBlksRead,
    c.tempBlksWritten,
    ns(c.sharedBlkReadMs),
    ns(c.sharedBlkWriteMs),
    ns(c.tempBlkReadMs),
    ns(c.tempBlkWriteMs),
    c.walRecords,
    c.walBytes,
  ];
}

/** Counters from `row[at]` on, in the order of `counterColumns`. */
export function countersAt(row: readonly number[], at: number): StatementCounters {
  const value = (offset: number): number => row[at + offset] ?? 0;
  return {
    calls: value(0),
    rows: value(1),
    totalExecMs: ms(value(2)),
    sumSquaresMs2: value(3) / 1e6,
    plans: value(4),
    totalPlanMs: ms(value(5)),
    sharedBlksHit: value(6),
    sharedBlksRead: value(7),
    sharedBlksDirtied: value(8),
    sharedBlksWritten: value(9),
    localBlksRead: value(10),
    localBlksWritten: value(11),
    tempBlksRead: value(12),
    tempBlksWritten: value(13),
    sharedBlkReadMs: ms(value(14)),
    sharedBlkWriteMs: ms(value(15)),
    tempBlkReadMs: ms(value(16)),
    tempBlkWriteMs: ms(value(17)),
    walRecords: value(18),
    walBytes: value(19),
  };
}

/** Counters out of columns, in the order of `counterColumns`; written out, because it runs a hundred thousand times. */
export function counterReader(columns: readonly Float64Array[]): (index: number) => StatementCounters {
  const column = (at: number): Float64Array => columns[at] ?? new Float64Array(0);
  const [calls, rows, execNs, squares] = [column(0), column(1), column(2), column(3)];
  const [plans, planNs, hit, read] = [column(4), column(5), column(6), column(7)];
  const [dirtied, written, localRead, localWritten] = [column(8), column(9), column(10), column(11)];
  const [tempRead, tempWritten, readNs, writeNs] = [column(12), column(13), column(14), column(15)];
  const [tempReadNs, tempWriteNs, walRecords, walBytes] = [column(16), column(17), column(18), column(19)];
  return (index) => ({
    calls: calls[index] ?? 0,
    rows: rows[index] ?? 0,
    totalExecMs: ms(execNs[index] ?? 0),
    sumSquaresMs2: (squares[index] ?? 0) / 1e6,
    plans: plans[index] ?? 0,
    totalPlanMs: ms(planNs[index] ?? 0),
    sharedBlksHit: hit[index] ?? 0,
    sharedBlksRead: read[index] ?? 0,
    sharedBlksDirtied: dirtied[index] ?? 0,
    sharedBlksWritten: written[index] ?? 0,
    localBlksRead: localRead[index] ?? 0,
    localBlksWritten: localWritten[index] ?? 0,
    tempBlksRead: tempRead[index] ?? 0,
    tempBlksWritten: tempWritten[index] ?? 0,
    sharedBlkReadMs: ms(readNs[index] ?? 0),
    sharedBlkWriteMs: ms(writeNs[index] ?? 0),
    tempBlkReadMs: ms(tempReadNs[index] ?? 0),
    tempBlkWriteMs: ms(tempWriteNs[index] ?? 0),
    walRecords: walRecords[index] ?? 0,
    walBytes: walBytes[index] ?? 0,
  });
}
