import type { Snapshot, SnapshotEntry, StatementCounters } from '../../../../shared/model/sampling.ts';
import { qualifiedName } from '../quote.ts';
import type { Sql } from '../session.ts';
import type { StatementStatistics } from './extension.ts';

/** Our counters, and the columns that hold them from the newest version of the extension to the oldest. */
const sources: Readonly<Record<Exclude<keyof StatementCounters, 'sumSquaresMs2'>, readonly string[]>> = {
  calls: ['calls'],
  rows: ['rows'],
  totalExecMs: ['total_exec_time'],
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

/** The statement that reads one snapshot; without texts (`false`), whole, and with the sum of squares made by the server. */
export function countersSql({ schema, columns }: StatementStatistics): string {
  const counters = counterNames.map((name) => sources[name].find((column) => columns.has(column)) ?? '0');
  const toplevel = columns.has('toplevel') ? 'toplevel' : 'true';
  const statsSince = columns.has('stats_since') ? '(extract(epoch from stats_since) * 1000)::float8' : 'null';
  return `
    select dbid, userid, queryid, ${toplevel}, ${statsSince},
      calls * (stddev_exec_time ^ 2 + mean_exec_time ^ 2), ${counters.join(', ')}
    from ${qualifiedName(schema, 'pg_stat_statements')}(false)`;
}

interface Around {
  readonly nowMs: number;
  readonly activeMs: number | null;
  readonly idleMs: number | null;
  readonly resetMs: number | null;
  readonly dealloc: number;
}

/**
 * Reads one whole snapshot. The reset time is read before and after the counters and the reading repeated where it
 * moved in between: counters from after a reset with the reset time from before it would be counted twice.
 */
export async function readSnapshot(sql: Sql, statistics: StatementStatistics): Promise<Snapshot> {
  let before = await readAround(sql, statistics);
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await sql.queryText(countersSql(statistics));
    const after = await readAround(sql, statistics);
    if (after.resetMs !== before.resetMs && attempt < 3) {
      before = after;
      continue;
    }
    const entries: SnapshotEntry[] = [];
    let hiddenEntries = 0;
    for (const row of rows) {
      if (row[2] === null) hiddenEntries += 1;
      else entries.push(entryOf(row));
    }
    return {
      atMs: before.nowMs,
      entries,
      dealloc: after.dealloc,
      statsResetMs: after.resetMs,
      activeTimeMs: before.activeMs,
      idleInTransactionMs: before.idleMs,
      hiddenEntries,
    };
  }
}

async function readAround(sql: Sql, { schema, hasInfo }: StatementStatistics): Promise<Around> {
  // active_time came with 14, as the info view did; a server of 14 may still carry an older extension.
  const [row] = await sql.query<{
    nowMs: number;
    activeMs: number | null;
    idleMs: number | null;
    resetMs: number | null;
    dealloc: string;
  }>(`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
      (select sum((to_jsonb(d) ->> 'active_time')::float8) from pg_stat_database d) as "activeMs",
      (select sum((to_jsonb(d) ->> 'idle_in_transaction_time')::float8) from pg_stat_database d) as "idleMs",
      ${hasInfo ? '(extract(epoch from i.stats_reset) * 1000)::float8' : 'null::float8'} as "resetMs",
      ${hasInfo ? 'i.dealloc' : '0::int8'} as dealloc
    ${hasInfo ? `from ${qualifiedName(schema, 'pg_stat_statements_info')} i` : ''}`);
  if (row === undefined) throw new Error('the info view has one row');
  return { ...row, dealloc: Number(row.dealloc) };
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
