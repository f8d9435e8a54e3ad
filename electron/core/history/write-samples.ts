import { deflateRawSync } from 'node:zlib';
import type {
  ActivityRow,
  ActivitySample,
  DeltaSet,
  ServerCounters,
  StatementKey,
} from '../../../shared/model/sampling.ts';
import type { StatementClass } from '../../../shared/model/statement.ts';
import { fingerprint } from './fingerprint.ts';
import { foreverHour, createInterned, type Interned } from './interned.ts';
import { encodeInterval } from './interval-blob.ts';
import { toHour, toUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { encodeSample, type PackedSampleRow } from './sample-blob.ts';
import { serverKeyOf } from './servers.ts';
import { loadStatementIndex, type IndexedStatement, type StatementIndex } from './statement-index.ts';
import type { RollupWriter } from './write-rollups.ts';

/** The last snapshot with its entries already encoded (snapshot-blob.ts). */
export interface EncodedSnapshot {
  readonly atMs: number;
  readonly dealloc: number;
  readonly statsResetMs: number | null;
  readonly activeTimeMs: number | null;
  readonly idleInTransactionMs?: number | null;
  readonly server?: ServerCounters | null;
  readonly serverResetMs?: number | null;
  readonly serverStartedAtMs?: number | null;
  readonly entries: Uint8Array;
}

export interface StatementText {
  readonly key: StatementKey;
  readonly text: string;
  readonly databaseName: string | null;
  readonly roleName: string | null;
}

/**
 * Sampled texts that are kept of one statement in a day. A client that writes its constants into the text would
 * otherwise store a new text with every sample: 17,280 samples of ten such rows are 90 MB a day. Beyond this number a
 * sampled row shows the statement's own text.
 */
const textsADay = 3;

/** What the server shows in place of a text that the role may not see. */
const hiddenTexts = new Set(['', '<insufficient privilege>', '<command string not enabled>']);

const jsonOrNull = (value: object | null | undefined): string | null => (value == null ? null : JSON.stringify(value));

interface Server {
  readonly serverKey: number;
  /** Opened from a file: nothing of it expires. */
  readonly captured: boolean;
  readonly statements: StatementIndex;
}

const usOrNull = (atMs: number | null | undefined): number | null => (atMs == null ? null : toUs(atMs));

export function createSampleWriter(prepare: Prepare, rollups: RollupWriter) {
  const state = emptyState(prepare);

  const serverOf = (serverId: string): Server => {
    const serverKey = serverKeyOf(prepare, serverId);
    const known = state.servers.get(serverKey);
    if (known !== undefined) return known;
    const captured = prepare('select 1 from capture where server_key = ?').get(serverKey) !== undefined;
    const server = { serverKey, captured, statements: loadStatementIndex(prepare, serverKey) };
    state.servers.set(serverKey, server);
    return server;
  };
  /** The hour of the last use of what is written now: of what belongs to a capture, one that never comes. */
  const useHour = ({ captured }: Server, atMs: number): number => (captured ? foreverHour : toHour(atMs));

  const statementOf = (row: ActivityRow, statements: StatementIndex, hour: number): IndexedStatement | null => {
    if (row.queryid !== null) {
      const [databaseOid, roleOid] = [row.databaseOid ?? '0', row.roleOid ?? '0'];
      return statements.byKey({ databaseOid, roleOid, queryid: row.queryid, toplevel: true }, hour);
    }
    return hiddenTexts.has(row.query) ? null : statements.byFingerprint(row, fingerprint(row.query), hour);
  };

  /** Statement of a sampled row and the id of its text; a null text means: that of the statement. */
  const identify = (row: ActivityRow, statements: StatementIndex, hour: number, day: number) => {
    const statement = statementOf(row, statements, hour);
    if (statement === null) return { statementId: null, textId: null };
    const { statementId } = statement;
    statements.setNames(statement, row.databaseName, row.roleName);
    if (hiddenTexts.has(row.query) || spent(statement, day)) return { statementId, textId: null };
    const text = state.interned.text(row.query, hour);
    if (statement.textId === null) statements.setText(statement, { ...text, whole: row.query }, false);
    if (statement.normalized && text.textId === statement.textId) return { statementId, textId: null };
    rationOf(statement, day).add(text.textId);
    return { statementId, textId: text.textId };
  };

  const rationOf = (statement: IndexedStatement, day: number): Set<number> => {
    const known = state.rations.get(statement.statementId);
    if (known !== undefined && known.day === day) return known.textIds;
    const textIds = new Set<number>();
    state.rations.set(statement.statementId, { day, textIds });
    return textIds;
  };
  const spent = (statement: IndexedStatement, day: number): boolean =>
    statement.textId !== null && rationOf(statement, day).size >= textsADay;
  return {
    interned: (): Interned => state.interned,

    /** A set that is stored already (same server, same two moments) is left as it is. */
    saveDeltas(serverId: string, set: DeltaSet): void {
      const server = serverOf(serverId);
      const { serverKey, statements } = server;
      const hour = useHour(server, set.toMs);
      const moments = [serverKey, toUs(set.fromMs), toUs(set.toMs)] as const;
      const known = prepare('select 1 from interval where server_key = ? and from_us = ? and to_us = ?').get(
        ...moments,
      );
      if (known !== undefined) return;
      const rows = set.deltas
        .map(({ key, counters, discontinuity }) => ({
          statementId: statements.byKey(key, hour).statementId,
          counters,
          discontinuity,
        }))
        .sort((a, b) => a.statementId - b.statementId);
      for (const [index, { statementId }] of rows.entries()) {
        if (statementId === rows[index - 1]?.statementId) throw new Error(`statement ${statementId} comes twice`);
      }
      prepare(
        `insert into interval (server_key, from_us, to_us, deallocs, resets, coverage, idle_in_transaction_ms,
                               restarted, clock_set_by_ms, server, replication, deltas)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        ...moments,
        set.deallocs,
        set.resets,
        set.coverage,
        set.idleInTransactionMs ?? null,
        Number(set.restarted ?? false),
        set.clockSetByMs ?? 0,
        jsonOrNull(set.server),
        jsonOrNull(set.replication),
        encodeInterval(rows),
      );
      rollups.noteInterval(serverKey, set.fromMs, set.toMs);
    },

    /** A sample of a moment that is stored already is left as it is: the server's clock counts microseconds. */
    saveSample(serverId: string, sample: ActivitySample): void {
      const server = serverOf(serverId);
      const { serverKey, statements } = server;
      const hour = useHour(server, sample.atMs);
      const day = Math.floor(toHour(sample.atMs) / 24);
      const atUs = toUs(sample.atMs);
      if (prepare('select 1 from sample where server_key = ? and at_us = ?').get(serverKey, atUs) !== undefined) return;
      const rows = sample.rows.map((row): PackedSampleRow => {
        const { statementId, textId } = identify(row, statements, hour, day);
        return {
          pid: row.pid,
          leaderPid: row.leaderPid,
          originId: state.interned.origin(row, hour),
          waitId: state.interned.wait(row),
          statementId,
          textId,
          queryAgeUs: row.queryStartMs === null ? null : atUs - toUs(row.queryStartMs),
          transactionAgeUs: row.xactStartMs === null ? null : atUs - toUs(row.xactStartMs),
          xminAge: row.backendXminAge,
          blockers: [...new Set(row.blockedByPids)],
        };
      });
      prepare('insert into sample (server_key, at_us, packed) values (?, ?, ?)').run(
        serverKey,
        atUs,
        encodeSample(rows),
      );
      rollups.noteSample(serverKey, sample.atMs);
    },

    saveLastSnapshot(serverId: string, snapshot: EncodedSnapshot): void {
      prepare(
        `insert into last_snapshot (server_key, at_us, dealloc, stats_reset_us, active_time_ms,
           idle_in_transaction_ms, server, server_reset_us, server_started_at_us, after_interval_id, entries)
         values (@serverKey, @atUs, @dealloc, @statsResetUs, @activeTimeMs, @idleMs, @server, @serverResetUs, @startedUs,
           coalesce((select max(interval_id) from interval where server_key = @serverKey), 0), @entries)
         on conflict (server_key) do update set at_us = excluded.at_us, dealloc = excluded.dealloc,
           stats_reset_us = excluded.stats_reset_us, active_time_ms = excluded.active_time_ms,
           idle_in_transaction_ms = excluded.idle_in_transaction_ms, server = excluded.server,
           server_reset_us = excluded.server_reset_us,
           server_started_at_us = excluded.server_started_at_us,
           after_interval_id = excluded.after_interval_id, entries = excluded.entries`,
      ).run({
        serverKey: serverKeyOf(prepare, serverId),
        atUs: toUs(snapshot.atMs),
        dealloc: snapshot.dealloc,
        statsResetUs: usOrNull(snapshot.statsResetMs),
        activeTimeMs: snapshot.activeTimeMs,
        idleMs: snapshot.idleInTransactionMs ?? null,
        server: jsonOrNull(snapshot.server),
        serverResetUs: usOrNull(snapshot.serverResetMs),
        startedUs: usOrNull(snapshot.serverStartedAtMs),
        entries: deflateRawSync(snapshot.entries, { level: 1 }),
      });
    },

    saveTexts(serverId: string, texts: readonly StatementText[], atMs: number): void {
      const server = serverOf(serverId);
      const { statements } = server;
      const hour = useHour(server, atMs);
      for (const { key, text, databaseName, roleName } of texts) {
        const statement = statements.byKey(key, hour);
        statements.setText(statement, { ...state.interned.text(text, hour), whole: text }, true);
        statements.setNames(statement, databaseName, roleName);
      }
    },

    setClassOverride(serverId: string, print: string, value: StatementClass | null, nowMs: number): void {
      const serverKey = serverKeyOf(prepare, serverId);
      if (value === null) {
        prepare('delete from class_override where server_key = ? and fingerprint = ?').run(serverKey, print);
        return;
      }
      prepare(
        `insert into class_override (server_key, fingerprint, class, set_at_ms) values (?, ?, ?, ?)
         on conflict (server_key, fingerprint) do update set class = excluded.class, set_at_ms = excluded.set_at_ms`,
      ).run(serverKey, print, value, nowMs);
    },

    /** After a rollback, and when retention removed statements or texts, what is in memory may not be in the file. */
    forget(): void {
      Object.assign(state, emptyState(prepare));
      rollups.forget();
    },
  };
}

function emptyState(prepare: Prepare) {
  return {
    interned: createInterned(prepare),
    servers: new Map<number, Server>(),
    rations: new Map<number, { readonly day: number; readonly textIds: Set<number> }>(),
  };
}
