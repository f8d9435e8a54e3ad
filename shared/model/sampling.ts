/**
 * What the sampler reads. Counters are those of pg_stat_statements; names follow its columns, times in ms.
 * Columns that a version of the extension does not have are 0 (see `capabilities`).
 */
export interface StatementCounters {
  readonly calls: number;
  readonly rows: number;
  readonly totalExecMs: number;
  /** calls * (stddev^2 + mean^2): a running sum of squares, so that a window's variance can be had. */
  readonly sumSquaresMs2: number;
  readonly plans: number;
  readonly totalPlanMs: number;
  readonly sharedBlksHit: number;
  readonly sharedBlksRead: number;
  readonly sharedBlksDirtied: number;
  readonly sharedBlksWritten: number;
  readonly localBlksRead: number;
  readonly localBlksWritten: number;
  readonly tempBlksRead: number;
  readonly tempBlksWritten: number;
  readonly sharedBlkReadMs: number;
  readonly sharedBlkWriteMs: number;
  readonly tempBlkReadMs: number;
  readonly tempBlkWriteMs: number;
  readonly walRecords: number;
  readonly walBytes: number;
}

/** (database, role, queryid, toplevel) on one server. Oids and queryid as strings. */
export interface StatementKey {
  readonly databaseOid: string;
  readonly roleOid: string;
  readonly queryid: string;
  readonly toplevel: boolean;
}

/**
 * Counters of the whole instance, all databases summed: cumulative in a snapshot, differences in a DeltaSet.
 * null: this version does not have it, or it was reset in between.
 */
export interface ServerCounters {
  /** pg_stat_database */
  readonly commits: number | null;
  readonly rollbacks: number | null;
  readonly deadlocks: number | null;
  readonly tempBytes: number | null;
  readonly blkReadMs: number | null;
  readonly blkWriteMs: number | null;
  /** pg_stat_checkpointer (17+), pg_stat_bgwriter before. */
  readonly checkpoints: number | null;
  readonly checkpointWriteMs: number | null;
  readonly checkpointSyncMs: number | null;
  readonly checkpointBuffers: number | null;
  /** pg_stat_wal (14+). */
  readonly walBytes: number | null;
  /**
   * pg_stat_io (16+), all backend types and contexts, without WAL; reads and writes in blocks (18 counts bytes), times
   * only with track_io_timing.
   */
  readonly ioReads: number | null;
  readonly ioReadMs: number | null;
  readonly ioWrites: number | null;
  readonly ioWriteMs: number | null;
  readonly ioFsyncs: number | null;
  readonly ioFsyncMs: number | null;
  /** The part of ioReads and ioWrites that autovacuum workers did. */
  readonly vacuumIoBlocks: number | null;
}

/** One standby as the primary sees it (pg_stat_replication), at the end of the interval. */
export interface ReplicationState {
  readonly applicationName: string;
  readonly state: string;
  readonly replayLagMs: number | null;
  readonly replayLagBytes: number | null;
}

export interface SnapshotEntry {
  readonly key: StatementKey;
  readonly counters: StatementCounters;
  /** PG 17+: when this entry began to count; null before. */
  readonly statsSinceMs: number | null;
}

/** One reading of all of pg_stat_statements. */
export interface Snapshot {
  /** Server clock, ms since the epoch. */
  readonly atMs: number;
  readonly entries: readonly SnapshotEntry[];
  readonly dealloc: number;
  readonly statsResetMs: number | null;
  /** Sum of pg_stat_database.active_time over all databases, ms (PG 14+); null before. */
  readonly activeTimeMs: number | null;
  /**
   * Sum of pg_stat_database.idle_in_transaction_time, ms (PG 14+): between two statements of a transaction a backend
   * waits for its client, and also, unseen by any statement's time, for a processor (docs/decisions/0004).
   */
  readonly idleInTransactionMs?: number | null;
  /** Absent or null where the role may not read them. */
  readonly server?: ServerCounters | null;
  /** The latest reset of any counter in `server`; another value means that they began anew. */
  readonly serverResetMs?: number | null;
  readonly replication?: readonly ReplicationState[];
  /** pg_postmaster_start_time(): another value means that the server restarted. */
  readonly serverStartedAtMs?: number | null;
  /** Entries whose queryid this role may not see; they are not in `entries`. Not stored: unknown after a restart. */
  readonly hiddenEntries?: number;
}

/** What happened to one statement between two snapshots. Never negative. */
export interface StatementDelta {
  readonly key: StatementKey;
  readonly counters: StatementCounters;
  /** True when the entry was recreated in between: the delta is a lower bound. */
  readonly discontinuity: boolean;
}

export interface DeltaSet {
  readonly fromMs: number;
  readonly toMs: number;
  readonly deltas: readonly StatementDelta[];
  /** Evictions in the interval; null when unknown. */
  readonly deallocs: number | null;
  readonly resets: number;
  /** Statement time / active time, 0..1 or a little above; null when unknown. */
  readonly coverage: number | null;
  /** Time that sessions spent between the statements of their transactions, ms; null or absent when unknown. */
  readonly idleInTransactionMs?: number | null;
  readonly server?: ServerCounters | null;
  readonly replication?: readonly ReplicationState[];
  /** The server restarted between the two snapshots. */
  readonly restarted?: boolean;
  /**
   * By how much the server's clock was set in the interval, ms; absent or 0 as a rule. `toMs` is on the clock as it is
   * now, and `fromMs` lies before it by the time that really passed: the interval may overlap earlier ones.
   */
  readonly clockSetByMs?: number;
}

/** One row of pg_stat_activity that is not idle outside a transaction, or that blocks somebody. */
export interface ActivityRow {
  readonly pid: number;
  readonly leaderPid: number | null;
  readonly databaseName: string | null;
  readonly databaseOid: string | null;
  readonly roleName: string | null;
  readonly roleOid: string | null;
  readonly applicationName: string;
  readonly backendType: string;
  /** 'active', 'idle in transaction', 'idle in transaction (aborted)' ... */
  readonly state: string | null;
  readonly waitEventType: string | null;
  readonly waitEvent: string | null;
  readonly queryid: string | null;
  /** Sampled text, cut by the server at track_activity_query_size. */
  readonly query: string;
  readonly queryStartMs: number | null;
  readonly xactStartMs: number | null;
  /** age(backend_xmin) in transactions, null when it holds none. */
  readonly backendXminAge: number | null;
  /** pg_blocking_pids(), asked only for rows that wait on a lock. */
  readonly blockedByPids: readonly number[];
}

/** One look at pg_stat_activity. */
export interface ActivitySample {
  readonly atMs: number;
  readonly rows: readonly ActivityRow[];
}

export type SamplerMode = 'background' | 'incident';
