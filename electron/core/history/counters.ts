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

/** As properties of an object, for another thread. */
export const plainCounters = (counters: StatementCounters): StatementCounters => countersAt(counterValues(counters), 0);

/**
 * Counters of one row of columns in the order of `counterColumns`. Read where they stand: of the twenty a question asks
 * for a few. They are no properties of the object itself, so `{ ...counters }` has none of them.
 */
export class PackedCounters implements StatementCounters {
  readonly #columns: readonly Float64Array[];
  readonly #index: number;

  constructor(columns: readonly Float64Array[], index: number) {
    this.#columns = columns;
    this.#index = index;
  }

  #at(column: number): number {
    return this.#columns[column]?.[this.#index] ?? 0;
  }

  get calls(): number {
    return this.#at(0);
  }
  get rows(): number {
    return this.#at(1);
  }
  get totalExecMs(): number {
    return ms(this.#at(2));
  }
  get sumSquaresMs2(): number {
    return this.#at(3) / 1e6;
  }
  get plans(): number {
    return this.#at(4);
  }
  get totalPlanMs(): number {
    return ms(this.#at(5));
  }
  get sharedBlksHit(): number {
    return this.#at(6);
  }
  get sharedBlksRead(): number {
    return this.#at(7);
  }
  get sharedBlksDirtied(): number {
    return this.#at(8);
  }
  get sharedBlksWritten(): number {
    return this.#at(9);
  }
  get localBlksRead(): number {
    return this.#at(10);
  }
  get localBlksWritten(): number {
    return this.#at(11);
  }
  get tempBlksRead(): number {
    return this.#at(12);
  }
  get tempBlksWritten(): number {
    return this.#at(13);
  }
  get sharedBlkReadMs(): number {
    return ms(this.#at(14));
  }
  get sharedBlkWriteMs(): number {
    return ms(this.#at(15));
  }
  get tempBlkReadMs(): number {
    return ms(this.#at(16));
  }
  get tempBlkWriteMs(): number {
    return ms(this.#at(17));
  }
  get walRecords(): number {
    return this.#at(18);
  }
  get walBytes(): number {
    return this.#at(19);
  }

  toJSON(): StatementCounters {
    return countersAt(
      this.#columns.map((column) => column[this.#index] ?? 0),
      0,
    );
  }
}
