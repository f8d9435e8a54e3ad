import type { ReplicationState, ServerCounters } from '../../../../shared/model/sampling.ts';
import type { Sql } from '../session.ts';

/** Columns of the server's own statistics views, by view; a view that this version does not have is missing. */
export type StatisticsViews = ReadonlyMap<string, ReadonlySet<string>>;

const views = ['pg_stat_database', 'pg_stat_checkpointer', 'pg_stat_bgwriter', 'pg_stat_wal', 'pg_stat_io'];

/** By introspection, as with the extension: forks and managed servers have views of other versions. */
export async function readStatisticsViews(sql: Sql): Promise<StatisticsViews> {
  const rows = await sql.query<{ view: string; columns: string[] }>(
    `select c.relname::text as view, array_agg(a.attname::text) as columns
    from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'pg_catalog'::regnamespace and c.relname = any ($1::text[])
    group by c.relname`,
    [views],
  );
  return new Map(rows.map(({ view, columns }) => [view, new Set(columns)]));
}

/** One look at the whole instance. Times are those of the server's clock, ms. */
export interface ServerReading {
  readonly atMs: number;
  readonly startedAtMs: number | null;
  readonly counters: ServerCounters;
  /** The latest reset of any of these counters; null where none was ever reset. */
  readonly resetMs: number | null;
  /** pg_stat_database.active_time and idle_in_transaction_time, summed (14 and later). */
  readonly activeMs: number | null;
  readonly idleMs: number | null;
  readonly replication: readonly ReplicationState[];
}

type Expressions = Readonly<Record<keyof ServerCounters, string>>;

/**
 * The statement that reads all of it as one row. What was renamed is looked for under its newest name first: the
 * checkpointer left pg_stat_bgwriter in 17, and pg_stat_io counts bytes instead of blocks since 18. Writing WAL, which
 * 18 shows in pg_stat_io too, is left out, so that the numbers mean the same on every version.
 */
export function serverCountersSql(available: StatisticsViews): string {
  const has = (view: string, column: string) => available.get(view)?.has(column) ?? false;
  const part = (view: string, column: string, expression = column) => (has(view, column) ? expression : 'null');
  const sum = (view: string, column: string) => part(view, column, `sum(${column})`);
  const database = (column: string) => sum('pg_stat_database', column);
  const checkpointer = has('pg_stat_checkpointer', 'num_timed');
  const checkpoint = (now: string, before: string) =>
    checkpointer ? part('pg_stat_checkpointer', now) : part('pg_stat_bgwriter', before);
  const io = (column: string) => sum('pg_stat_io', column);
  const blocks = (kind: 'read' | 'write') =>
    has('pg_stat_io', `${kind}_bytes`) ? `sum(${kind}_bytes) / current_setting('block_size')::numeric` : io(`${kind}s`);
  const vacuum = has('pg_stat_io', 'read_bytes')
    ? `sum(coalesce(read_bytes, 0) + coalesce(write_bytes, 0)) filter (where backend_type = 'autovacuum worker')
        / current_setting('block_size')::numeric`
    : part(
        'pg_stat_io',
        'reads',
        `sum(coalesce(reads, 0) + coalesce(writes, 0)) filter (where backend_type = 'autovacuum worker')`,
      );
  const ofDatabases = {
    commits: database('xact_commit'),
    rollbacks: database('xact_rollback'),
    deadlocks: database('deadlocks'),
    tempBytes: database('temp_bytes'),
    blkReadMs: database('blk_read_time'),
    blkWriteMs: database('blk_write_time'),
  };
  const ofCheckpointer = {
    checkpoints: checkpointer
      ? part('pg_stat_checkpointer', 'num_requested', 'num_timed + num_requested')
      : part('pg_stat_bgwriter', 'checkpoints_req', 'checkpoints_timed + checkpoints_req'),
    checkpointWriteMs: checkpoint('write_time', 'checkpoint_write_time'),
    checkpointSyncMs: checkpoint('sync_time', 'checkpoint_sync_time'),
    checkpointBuffers: checkpoint('buffers_written', 'buffers_checkpoint'),
  };
  const ofWal = { walBytes: part('pg_stat_wal', 'wal_bytes') };
  const ofIo = {
    ioReads: blocks('read'),
    ioReadMs: io('read_time'),
    ioWrites: blocks('write'),
    ioWriteMs: io('write_time'),
    ioFsyncs: io('fsyncs'),
    ioFsyncMs: io('fsync_time'),
    vacuumIoBlocks: vacuum,
  };
  // Names every counter once: a new one does not compile before it has a column.
  const expressions: Expressions = { ...ofDatabases, ...ofCheckpointer, ...ofWal, ...ofIo };
  const from = (view: string, columns: Partial<Expressions>, more: readonly string[] = [], condition = '') => {
    const names = Object.entries(columns).map(([name, expression]) => `(${expression})::float8 as "${name}"`);
    return `(select ${[...names, ...more].join(', ')} ${available.has(view) ? `from pg_catalog.${view}` : ''} ${condition})`;
  };
  const reset = (view: string) => `${has(view, 'stats_reset') ? 'max(stats_reset)' : 'null::timestamptz'} as reset`;
  const sourceOfCheckpoints = checkpointer ? 'pg_stat_checkpointer' : 'pg_stat_bgwriter';
  const resetOfOne = (view: string) => `${has(view, 'stats_reset') ? 'stats_reset' : 'null::timestamptz'} as reset`;
  return `
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as "atMs",
      (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as "startedAtMs",
      (extract(epoch from greatest(d.reset, c.reset, w.reset, i.reset)) * 1000)::float8 as "resetMs",
      d."activeMs", d."idleMs",
      ${Object.keys(expressions)
        .map((name) => `"${name}"`)
        .join(', ')},
      (
        select json_agg(json_build_object(
          'applicationName', application_name, 'state', state,
          'replayLagMs', (extract(epoch from replay_lag) * 1000)::float8,
          'replayLagBytes', pg_wal_lsn_diff(
            case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, replay_lsn
          )::float8
        ))
        from pg_catalog.pg_stat_replication where state is not null
      ) as replication
    from ${from('pg_stat_database', ofDatabases, [
      `(${database('active_time')})::float8 as "activeMs"`,
      `(${database('idle_in_transaction_time')})::float8 as "idleMs"`,
      reset('pg_stat_database'),
    ])} d
      cross join ${from(sourceOfCheckpoints, ofCheckpointer, [resetOfOne(sourceOfCheckpoints)])} c
      cross join ${from('pg_stat_wal', ofWal, [resetOfOne('pg_stat_wal')])} w
      cross join ${from('pg_stat_io', ofIo, [reset('pg_stat_io')], has('pg_stat_io', 'object') ? `where object <> 'wal'` : '')} i`;
}

type Row = ServerCounters &
  Omit<ServerReading, 'counters' | 'replication'> & { readonly replication: readonly ReplicationState[] | null };

export async function readServerCounters(sql: Sql, available: StatisticsViews): Promise<ServerReading> {
  const [row] = await sql.query<Row>(serverCountersSql(available));
  if (row === undefined) throw new Error('aggregates without a group have one row');
  const { atMs, startedAtMs, resetMs, activeMs, idleMs, replication, ...counters } = row;
  return { atMs, startedAtMs, resetMs, activeMs, idleMs, counters, replication: replication ?? [] };
}
