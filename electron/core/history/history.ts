import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import type { ConnectionSettings, ServerFacts } from '../../../shared/model/connection.ts';
import type { ExperimentRecord } from '../../../shared/model/experiment.ts';
import type { StoreState } from '../../../shared/model/engine.ts';
import type { HistoryUsage } from '../../../shared/model/history-usage.ts';
import type { Dashboard, WidgetData } from '../../../shared/model/dashboard.ts';
import type { KnownHolds } from '../../../shared/model/known-holds.ts';
import type { Explained } from '../../../shared/model/explain.ts';
import type { Proof } from '../../../shared/model/proof.ts';
import type { Execution, Plan, Run } from '../../../shared/model/read-model.ts';
import type {
  ActivityRow,
  ActivitySample,
  DeltaSet,
  ReplicationState,
  ServerCounters,
  Snapshot,
  StatementCounters,
  StatementKey,
} from '../../../shared/model/sampling.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';
import type { TextTraits } from '../sql-text/packed-traits.ts';
import type { CaptureStore, OpenedCapture } from './capture-store.ts';
import type { AlertStore } from './alert-store.ts';
import type { OpenFindingStore } from './open-finding-store.ts';
import type { ModelRowsStore, OfflineCacheStore, ResultStore } from './result-store.ts';

/**
 * The local store: SQLite in the profile (`daybreak.sqlite`, WAL, numbered migrations). All writes go through one
 * worker thread (`writer-thread.ts`), which is the only writer of the file; reads run on a read-only connection.
 * Every write resolves after its transaction is committed. Throws `Failure('storage_failed')`.
 */
export interface History {
  readonly state: StoreState;
  readonly connections: ConnectionStore;
  readonly samples: SampleStore;
  readonly openFindings: OpenFindingStore;
  readonly plans: PlanStore;
  readonly activity: ActivityStore;
  readonly dashboards: DashboardStore;
  readonly results: ResultStore;
  readonly modelRows: ModelRowsStore;
  readonly offlineCache: OfflineCacheStore;
  readonly experiments: ExperimentStore;
  readonly explained: ExplainedStore;
  readonly proofs: ProofStore;
  readonly alerts: AlertStore;
  /** Deletes what is past its retention (raw samples and deltas: 48 hours). */
  applyRetention(nowMs: number): Promise<void>;
  readonly captures: CaptureStore;
  /** Retention and size of what is stored of one server. */
  usage(serverId: string): Promise<HistoryUsage>;
  /** Size of the store on disk, bytes. */
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface StoredConnection {
  readonly serverId: string;
  readonly settings: ConnectionSettings;
  readonly lastConnectedAtMs: number | null;
  readonly lastFacts: ServerFacts | null;
  /** Where the history came out of a file: there is no server to connect to. */
  readonly capture?: OpenedCapture | null;
}

export interface ConnectionStore {
  list(): Promise<StoredConnection[]>;
  get(serverId: string): Promise<StoredConnection | null>;
  save(connection: StoredConnection): Promise<void>;
  /** What was last known to hold its read models back; null: nothing was ever asked. */
  knownHolds(serverId: string): Promise<KnownHolds | null>;
  saveKnownHolds(serverId: string, holds: KnownHolds | null): Promise<void>;
  /** Other connections that show what is stored of this one, and would lose it with it. */
  sharing(serverId: string): Promise<StoredConnection[]>;
  /** Removes the connection and everything stored for it. */
  remove(serverId: string): Promise<void>;
}

/** A statement as the store knows it. `statementId` is stable for (server, database, role, queryid, toplevel). */
export interface StoredStatement {
  readonly statementId: string;
  readonly key: StatementKey | null;
  readonly databaseName: string | null;
  readonly roleName: string | null;
  readonly text: string | null;
  /** What a text says of its statement, where the store wrote it down; else it is in the text. */
  readonly traits?: TextTraits | null;
  readonly fingerprint: string;
}
/** Deltas of one interval with our statement ids. */
export interface StoredDeltas {
  readonly fromMs: number;
  readonly toMs: number;
  /** null where the extension does not count them (before 1.9). */
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  /** Time between the statements of transactions, ms; null or absent when unknown (DeltaSet). */
  readonly idleInTransactionMs?: number | null;
  readonly server?: ServerCounters | null;
  readonly replication?: readonly ReplicationState[];
  readonly restarted?: boolean;
  /** By how much the server's clock was set in it, ms (DeltaSet). */
  readonly clockSetByMs?: number;
  readonly deltas: readonly {
    readonly statementId: string;
    readonly counters: StatementCounters;
    readonly discontinuity: boolean;
  }[];
  /** What a verdict asks of `deltas`, in columns; absent where they did not come out of the store. */
  readonly columns?: CountedColumns;
}
/** The counters of one interval that every verdict reads: parallel arrays, one element a row of `deltas`. */
export interface CountedColumns {
  /** Number(statementId). */
  readonly statementIds: Int32Array;
  /** How many rows are discontinuities. */
  readonly discontinuities: number;
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly squaresMs2: Float64Array;
  readonly rows: Float64Array;
  /** Shared blocks, hit and read. */
  readonly blocks: Float64Array;
  /** Read and written. */
  readonly tempBlocks: Float64Array;
  readonly walRecords: Float64Array;
  readonly walBytes: Float64Array;
}
/** An activity row with our statement id (found by key, or made by fingerprint of the sampled text). */
export interface StoredActivityRow {
  readonly statementId: string | null;
  readonly row: ActivityRow;
}
export interface StoredSample {
  readonly atMs: number;
  readonly rows: readonly StoredActivityRow[];
}
/**
 * One minute (kept 14 days) or one hour (kept a year), summed from deltas and samples. Columns are parallel arrays, one
 * element a statement: a day of minutes is close to a million elements, too many for objects.
 */
export interface StoredRollup {
  readonly fromMs: number;
  readonly toMs: number;
  readonly tier: 'minute' | 'hour';
  /** Activity samples that lie in it. */
  readonly samples: number;
  /** null: nobody knows. */
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idleInTransactionMs: number | null;
  /** Average sessions that waited for a lock. */
  readonly lockWaits: number;
  /** Average sessions on the processors (active without a wait event). */
  readonly onCpu: number;
  /** Number(statementId); background processes that were active have their own ids (see `statements`). */
  readonly statementIds: Int32Array;
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly sumSquaresMs2: Float64Array;
  readonly rows: Float64Array;
  /** Shared blocks hit and read. */
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  /** Average active sessions, from samples. */
  readonly activeSessions: Float64Array;
}

/** Who was seen in a minute or an hour: parallel arrays, one element for each statement and origin. */
export interface SeenColumns {
  /** 0: a statement that the role may not see. */
  readonly statementIds: Int32Array;
  /** See `SampleStore.origins`. */
  readonly originIds: Int32Array;
  /** Sampled rows, as the diagnosis sees their use: at work (cpu or disk), waiting for a lock, waiting otherwise. */
  readonly working: Float64Array;
  readonly lockWaits: Float64Array;
  readonly others: Float64Array;
  /** Rows that stood between two statements of a transaction, and not for long. */
  readonly pauses: Float64Array;
  /** Longest time that one run was seen at work within a minute, ms. */
  readonly longestWorkingMs: Float64Array;
}
/** What the timeline and the classes of statements need beyond the sums. Columns are decoded when they are first read. */
export interface DetailedRollup extends StoredRollup {
  readonly walRecords: Float64Array;
  /** Time of transactions that stood idle for long and ended in it, ms: it is no waiting for a processor. */
  readonly endedIdleMs: number;
  readonly seen: SeenColumns;
}
/** What a rollup says of the time as a whole. */
export type RollupHead = Omit<
  DetailedRollup,
  | 'statementIds'
  | 'calls'
  | 'execMs'
  | 'sumSquaresMs2'
  | 'rows'
  | 'blocks'
  | 'tempBlocks'
  | 'walRecords'
  | 'activeSessions'
  | 'seen'
>;
/** A rollup as it is stored, for passes over a day of them (`readBooked` and `readSeen` of rollup-blob.ts). */
export interface PackedRollup extends RollupHead {
  readonly body: Uint8Array;
  /** From the id at the time to the one of today; null: all ids are those of today. */
  readonly idOf: ((statementId: number) => number) | null;
}
export interface StoredOrigin {
  readonly originId: number;
  readonly applicationName: string;
  readonly roleName: string | null;
  readonly databaseName: string | null;
  readonly backendType: string;
}

export interface SampleStore {
  saveDeltas(serverId: string, set: DeltaSet): Promise<void>;
  saveSample(serverId: string, sample: ActivitySample): Promise<void>;
  /** The last whole snapshot, so that a restarted engine goes on from it; null when none. */
  lastSnapshot(serverId: string): Promise<Snapshot | null>;
  saveLastSnapshot(serverId: string, snapshot: Snapshot): Promise<void>;
  /** Statement keys without a text yet. */
  keysWithoutText(serverId: string): Promise<StatementKey[]>;
  saveTexts(
    serverId: string,
    texts: readonly { key: StatementKey; text: string; databaseName: string | null; roleName: string | null }[],
  ): Promise<void>;
  /** Those that were seen since then, and perhaps some of the hour before; absent: all of them. */
  statements(serverId: string, sinceMs?: number): Promise<StoredStatement[]>;
  statementsById(serverId: string, statementIds: readonly string[]): Promise<StoredStatement[]>;
  statementCount(serverId: string): Promise<number>;
  /** Intervals that overlap [fromMs, toMs], oldest first. */
  deltas(serverId: string, fromMs: number, toMs: number): Promise<StoredDeltas[]>;
  samples(serverId: string, fromMs: number, toMs: number): Promise<StoredSample[]>;
  /** Whole minutes or hours that overlap [fromMs, toMs), oldest first; the last minutes are there within 90 s. */
  rollups(serverId: string, tier: 'minute' | 'hour', fromMs: number, toMs: number): Promise<DetailedRollup[]>;
  /** The same for passes over many of them: only what a timeline needs is read. */
  packedRollups(serverId: string, tier: 'minute' | 'hour', fromMs: number, toMs: number): Promise<PackedRollup[]>;
  /** Who was ever sampled, by the ids in `SeenColumns`; of all servers. */
  origins(): Promise<ReadonlyMap<number, StoredOrigin>>;
  extent(serverId: string): Promise<{ fromMs: number; toMs: number } | null>;
  /** By fingerprint, the one that was set last first. */
  classOverrides(serverId: string): Promise<ReadonlyMap<string, StatementClass>>;
  /** By fingerprint; null takes it back. */
  setClassOverride(serverId: string, fingerprint: string, value: StatementClass | null): Promise<void>;
}

export interface PlanStore {
  save(plan: Plan): Promise<void>;
  get(planId: string): Promise<Plan | null>;
  list(serverId: string): Promise<Plan[]>;
  setState(planId: string, state: Plan['state']): Promise<void>;
  /** Upsert; written before and after every step, so that a killed engine knows where it stood. */
  saveExecution(execution: Execution): Promise<void>;
  execution(planId: string): Promise<Execution | null>;
  /** Plans that are still being run by the store's account of them or of their execution: at start nobody runs them. */
  unfinished(serverId: string): Promise<{ plan: Plan; execution: Execution }[]>;
  saveRun(serverId: string, run: Run): Promise<void>;
  runs(serverId: string, readModel: string, limit: number): Promise<Run[]>;
}

export interface ActivityStore {
  /** Before the statement is sent; resolves to its entryId. */
  begin(entry: Omit<ActivityEntry, 'entryId' | 'tookMs' | 'outcome' | 'error'>): Promise<number>;
  end(
    entryId: number,
    result: { tookMs: number; outcome: ActivityEntry['outcome']; error: string | null },
  ): Promise<void>;
  list(serverId: string, limit: number, beforeEntryId?: number): Promise<{ entries: ActivityEntry[]; more: boolean }>;
}

/** Plans of statements, by fingerprint; the newest 50 of each stay. */
export interface ExplainedStore {
  save(serverId: string, fingerprint: string, explained: Explained): Promise<void>;
  get(serverId: string, explainId: string): Promise<Explained | null>;
  /** Newest first. */
  list(serverId: string, fingerprint: string, limit: number): Promise<Explained[]>;
  /**
   * Texts of the statement as pg_stat_activity showed them, the last used first. null: several servers ran it, and whose
   * constants these are only the samples tell.
   */
  sampledTexts(serverId: string, fingerprint: string): Promise<string[] | null>;
}

/** What was proven of proposals, by the hash over what was compared; the newest 200 stay. */
export interface ProofStore {
  save(serverId: string, proof: Proof): Promise<void>;
  get(serverId: string, proofHash: string): Promise<Proof | null>;
}

export interface RemovedDashboard {
  readonly dashboard: Dashboard;
  readonly removedAtMs: number;
}

export interface DashboardStore {
  /** Upsert. One that was removed under this id stays removed, under another. */
  save(dashboard: Dashboard): Promise<void>;
  get(dashboardId: string): Promise<Dashboard | null>;
  list(serverId: string): Promise<Dashboard[]>;
  /** Removes it so that it can be put back: place and saved results stay. Nobody else sees it from here on. */
  setAside(dashboardId: string, atMs: number): Promise<void>;
  /** Those that were set aside since then, the last one first. */
  removed(serverId: string, sinceMs: number): Promise<RemovedDashboard[]>;
  /** Changes one that is set aside. */
  saveRemoved(dashboard: Dashboard): Promise<void>;
  /** Takes one that is set aside back to its place, as it is given. */
  putBack(dashboard: Dashboard): Promise<void>;
  /** For good, set aside or not. */
  remove(dashboardId: string): Promise<void>;
  /** As it came with Daybreak when it was last put there, also where it is gone; null: it never was. */
  shipped(serverId: string, dashboardId: string): Promise<Dashboard | null>;
  saveShipped(dashboard: Dashboard): Promise<void>;
  /** Keeps the last results of a widget (offline_cache says how many) under (widgetId, sourceHash, filterKey). */
  saveResult(
    dashboardId: string,
    sourceHash: string,
    data: WidgetData,
    storedAtMs: number,
    filterKey?: string,
  ): Promise<void>;
  /** The newest that can be read; `unreadable` and without rows where none can. */
  lastResult(dashboardId: string, widgetId: string, sourceHash: string, filterKey?: string): Promise<WidgetData | null>;
}

/** Experiments stay as long as their connection. */
export interface ExperimentStore {
  /** Newest first. */
  list(serverId: string): Promise<ExperimentRecord[]>;
  /** Upsert by experimentId. */
  save(record: ExperimentRecord): Promise<void>;
}
