import type { Snapshot, SnapshotEntry, StatementCounters } from '../../../../shared/model/sampling.ts';
import { qualifiedName } from '../quote.ts';
import type { Sql } from '../session.ts';
import type { StatementStatistics } from './extension.ts';
import { readServerCounters, type StatisticsViews } from './server-counters.ts';

/** Our counters, and the columns that hold them from the newest version of the extension to the oldest. */
const sources: Readonly<Record<Exclude<keyof StatementCounters, 'sumSquaresMs2'>, readonly string[]>> = {
  calls: ['calls'],
  rows: ['rows'],
  totalExecMs: ['total_exec_time', 'total_time'],
  plans: ['plans'],
  totalPlanMs: ['total_plan_time'],
  sharedBlksHit: ['shared_blks_hit'],
  sharedBlksRead: ['shared_blks_read'],
  sharedBlksDirtied: ['shared_blks_dirtied'],
  sharedBlksWritten: ['shared_blks_written'],
  localBlksRead: ['local_blks_read'],
  localBlksWritten: ['local_blks_written'],
  tempBlksRead: ['temp_blks_read'],
  tempBlksWritten: ['temp_blks_written'],
  sharedBlkReadMs: ['shared_blk_read_time', 'blk_read_time'],
  sharedBlkWriteMs: ['shared_blk_write_time', 'blk_write_time'],
  tempBlkReadMs: ['temp_blk_read_time'],
  tempBlkWriteMs: ['temp_blk_write_time'],
  walRecords: ['wal_records'],
  walBytes: ['wal_bytes'],
};
const counterNames = Object.keys(sources) as (keyof typeof sources)[];

/**
 * The statement that reads the statistics, without texts (`false`) and whole, with the sum of squares made by the server
 * and, first, a mark: one number for the entry in the state it is in. `$1` are the marks that are known already. Rows
 * that bear one are not sent; a known mark that no row bears any more comes alone, in the last column.
 *
 * With 5,000 entries of which 500 changed, this takes 16 ms of processor time where sending them all takes 38 ms: see
 * docs/decisions/0007. Nothing changes in an entry without its calls, its plans or its total time.
 */
export function countersSql({ schema, columns }: StatementStatistics): string {
  const counters = counterNames.map((name) => sources[name].find((column) => columns.has(column)) ?? '0');
  const toplevel = columns.has('toplevel') ? 'toplevel' : 'true';
  // A server of 13 or later may still carry the extension as a server before it created it: 1.7 counts no planning.
  const total = columns.has('total_exec_time') ? 'total_exec_time' : 'total_time';
  const squares = columns.has('total_exec_time')
    ? 'stddev_exec_time ^ 2 + mean_exec_time ^ 2'
    : 'stddev_time ^ 2 + mean_time ^ 2';
  const plans = columns.has('plans') ? 'plans' : '0';
  const statsSince = columns.has('stats_since') ? '(extract(epoch from stats_since) * 1000)::float8' : 'null';
  const owner = `(dbid::int8 << 32) | userid::int8 | (${toplevel}::int4::int8 << 63)`;
  return `
    select s.mark, s.dbid, s.userid, s.queryid, ${toplevel}, ${statsSince},
      calls * (${squares}), ${counters.join(', ')}, known.mark
    from (
        select *, hashfloat8extended(${total},
          hashint8extended(calls, hashint8extended(${plans}, hashint8extended(coalesce(queryid, 0), ${owner})))) as mark
        from ${qualifiedName(schema, 'pg_stat_statements')}(false)
      ) s
      full join unnest($1::int8[]) known (mark) on known.mark = s.mark
    where known.mark is null or s.mark is null`;
}

/** Entries by their mark; null for one whose queryid this role may not see. */
type Known = Map<string, SnapshotEntry | null>;

/**
 * Reads whole snapshots on one connection, and remembers the last one: entries in which nothing happened are not sent
 * again, and are the same objects in the next snapshot.
 */
export class SnapshotReader {
  readonly #sql: Sql;
  readonly #statistics: StatementStatistics;
  readonly #views: StatisticsViews;
  readonly #known: Known = new Map();

  constructor(sql: Sql, statistics: StatementStatistics, views: StatisticsViews) {
    this.#sql = sql;
    this.#statistics = statistics;
    this.#views = views;
  }

  /**
   * The reset time is read before and after the counters and the reading repeated where it moved in between: counters
   * from after a reset with the reset time from before it would be counted twice.
   */
  async read(): Promise<Snapshot> {
    let before = await this.#info();
    for (let attempt = 1; ; attempt += 1) {
      const server = await readServerCounters(this.#sql, this.#views);
      const { rows } = await this.#sql.queryText(countersSql(this.#statistics), [
        `{${[...this.#known.keys()].join()}}`,
      ]);
      const after = await this.#info();
      if (after.resetMs !== before.resetMs && attempt < 3) {
        before = after;
        continue;
      }
      learn(this.#known, rows);
      const entries = [...this.#known.values()].filter((entry) => entry !== null);
      return {
        atMs: server.atMs,
        entries,
        dealloc: after.dealloc,
        statsResetMs: after.resetMs,
        activeTimeMs: server.activeMs,
        idleInTransactionMs: server.idleMs,
        hiddenEntries: this.#known.size - entries.length,
        server: server.counters,
        serverResetMs: server.resetMs,
        serverStartedAtMs: server.startedAtMs,
        replication: server.replication,
      };
    }
  }

  async #info(): Promise<{ readonly resetMs: number | null; readonly dealloc: number }> {
    const { schema, hasInfo } = this.#statistics;
    if (!hasInfo) return { resetMs: null, dealloc: 0 };
    const [row] = await this.#sql.query<{ resetMs: number | null; dealloc: string }>(
      `select (extract(epoch from stats_reset) * 1000)::float8 as "resetMs", dealloc
      from ${qualifiedName(schema, 'pg_stat_statements_info')}`,
    );
    if (row === undefined) throw new Error('the info view has one row');
    return { resetMs: row.resetMs, dealloc: Number(row.dealloc) };
  }
}

function learn(known: Known, rows: readonly (readonly (string | null)[])[]): void {
  for (const row of rows) {
    const gone = row.at(-1);
    if (gone != null) known.delete(gone);
  }
  for (const row of rows) {
    const [mark, ...cells] = row;
    if (mark != null) known.set(mark, cells[2] === null ? null : entryOf(cells));
  }
}

function entryOf(row: readonly (string | null)[]): SnapshotEntry {
  const [databaseOid, roleOid, queryid, toplevel, statsSince, sumSquares, ...cells] = row;
  const counters = { sumSquaresMs2: Number(sumSquares) } as Record<keyof StatementCounters, number>;
  counterNames.forEach((name, at) => (counters[name] = Number(cells[at])));
  return {
    key: {
      databaseOid: databaseOid ?? '0',
      roleOid: roleOid ?? '0',
      queryid: queryid ?? '0',
      toplevel: toplevel === 't' || toplevel === 'true',
    },
    counters,
    statsSinceMs: statsSince == null ? null : Number(statsSince),
  };
}
