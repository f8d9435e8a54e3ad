import { inflateRawSync } from 'node:zlib';
import { statementClassSchema, type StatementClass } from '../../../shared/model/statement.ts';
import type { ReplicationState, ServerCounters, Snapshot } from '../../../shared/model/sampling.ts';
import { counterColumns, countersAt } from './counters.ts';
import type {
  CountedColumns,
  DetailedRollup,
  PackedRollup,
  RollupHead,
  StoredDeltas,
  StoredOrigin,
  StoredRollup,
  StoredSample,
} from './history.ts';
import { decodeCounted, decodeInterval } from './interval-blob.ts';
import { Kept } from './kept.ts';
import { mergedStatements } from './merged-statements.ts';
import { fromUs, toUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { keepRollups, packedWithin, readOrigins, rollupExtent } from './read-rollups.ts';
import { createRowReader, type Later } from './read-sample-rows.ts';
import { knownServerKey } from './servers.ts';
import { decodeEntries } from './snapshot-blob.ts';

/** Intervals and samples that are read before the engine's other work gets its turn: some 10 ms. */
const atATime = 20;
const samplesAtATime = 200;
const asIs = (statementId: number): number => statementId;
const rollupsAtATime = 500;
const takeTurns = () => new Promise<void>((resolve) => setImmediate(resolve));

interface IntervalRow {
  readonly interval_id: number;
  readonly from_us: number;
  readonly to_us: number;
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idle_in_transaction_ms: number | null;
  readonly restarted: number;
  readonly clock_set_by_ms: number;
  readonly server: string | null;
  readonly replication: string | null;
  readonly deltas: Buffer | null;
}

type IntervalHead = Omit<StoredDeltas, 'deltas' | 'columns'>;

const headOf = (interval: IntervalRow): IntervalHead => ({
  fromMs: fromUs(interval.from_us),
  toMs: fromUs(interval.to_us),
  deallocs: interval.deallocs,
  resets: interval.resets,
  coverage: interval.coverage,
  idleInTransactionMs: interval.idle_in_transaction_ms,
  server: interval.server === null ? null : (JSON.parse(interval.server) as ServerCounters),
  ...(interval.replication === null ? {} : { replication: JSON.parse(interval.replication) as ReplicationState[] }),
  ...(interval.restarted === 0 ? {} : { restarted: true }),
  ...(interval.clock_set_by_ms === 0 ? {} : { clockSetByMs: interval.clock_set_by_ms }),
});

/** Rows and columns are unpacked when somebody asks: a verdict reads columns only, and few questions read both. */
function storedDeltas(
  prepare: Prepare,
  interval: IntervalRow,
  idOf: (id: number) => number,
  later: Later,
): StoredDeltas {
  const head = headOf(interval);
  const packed = interval.deltas;
  if (packed === null) return { ...head, deltas: deltasBefore6(prepare, interval.interval_id) };
  let columns: CountedColumns | null = null;
  const stored = { ...head, deltas: [] };
  Object.defineProperties(stored, {
    deltas: { enumerable: true, get: () => later(() => decodeInterval(packed, idOf)) },
    columns: { enumerable: false, get: () => (columns ??= later(() => decodeCounted(packed, idOf))) },
  });
  return stored;
}

/** Deltas that a store of version 5 wrote. */
function deltasBefore6(prepare: Prepare, intervalId: number): StoredDeltas['deltas'] {
  return prepare<number[]>(
    `select statement_id, discontinuity, ${counterColumns.join(', ')} from delta where interval_id = ?`,
  )
    .raw()
    .all(intervalId)
    .map((row) => ({ statementId: String(row[0]), counters: countersAt(row, 2), discontinuity: row[1] === 1 }));
}

/**
 * From the first moment to that of what was stored last. A server whose clock ran ahead for a while has later ones as
 * well, but "now" is where its clock stands since.
 */
function rawExtent(prepare: Prepare, serverKey: number | null): { fromMs: number; toMs: number } | null {
  const row = prepare<{ from_us: number | null; to_us: number | null }>(
    `select min(from_us) as from_us, max(to_us) as to_us from (
       select (select from_us from interval where server_key = @server order by to_us limit 1) as from_us,
              (select to_us from interval where server_key = @server order by interval_id desc limit 1) as to_us
       union all
       select (select min(at_us) from sample where server_key = @server),
              (select at_us from sample where server_key = @server order by sample_id desc limit 1))`,
  ).get({ server: serverKey });
  if (row === undefined || row.from_us === null || row.to_us === null) return null;
  return { fromMs: fromUs(row.from_us), toMs: fromUs(row.to_us) };
}

/** Some hundred rollups, then the engine's other work, and so on. */
async function bySteps<R extends RollupHead>(
  prepare: Prepare,
  serverId: string,
  tier: StoredRollup['tier'],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  read: (prepare: Prepare, serverKey: number | null, tier: StoredRollup['tier'], fromUs: number, toUs: number) => R[],
): Promise<R[]> {
  const serverKey = knownServerKey(prepare, serverId);
  const stored = rollupExtent(prepare, serverKey, tier);
  if (stored === null) return [];
  const found: R[] = [];
  const endMs = Math.min(toMs, stored.toMs);
  const stepMs = rollupsAtATime * stored.lengthMs;
  for (let atMs = Math.max(fromMs, stored.fromMs); atMs < endMs; atMs += stepMs) {
    const next = read(prepare, serverKey, tier, toUs(atMs), toUs(Math.min(atMs + stepMs, endMs)));
    // One that lies across two steps is in both.
    found.push(...next.filter((one) => one.fromMs > (found.at(-1)?.fromMs ?? -Infinity)));
    await takeTurns();
  }
  return found;
}

/** Rows of samples: four hours of ten sessions every second, 30 MB. */
const mostSampledRows = 150_000;
/** What intervals take packed, bytes: seven hours of 500 statements every minute. Unpacked it is four times as much. */
const mostPackedBytes = 5_000_000;

/** The ids that the statements of one server have; what was unpacked under others is not found again. */
interface Naming {
  readonly number: number;
  readonly merged: ReadonlyMap<number, number>;
  readonly idOf: (id: number) => number;
}
const isSame = (a: Naming['merged'], b: Naming['merged']): boolean =>
  a.size === b.size && [...a].every(([id, into]) => b.get(id) === into);

export function createSampleReader(prepare: Prepare, later: Later) {
  const kept = new Kept<StoredSample>(mostSampledRows);
  const intervals = new Kept<StoredDeltas>(mostPackedBytes);
  const keptRollups = keepRollups();
  const namings = new Map<number | null, Naming>();
  let numbers = 0;
  const namingOf = (serverKey: number | null): Naming => {
    const merged = mergedStatements(prepare, serverKey);
    const before = namings.get(serverKey);
    if (before !== undefined && isSame(before.merged, merged)) return before;
    const idOf = merged.size === 0 ? asIs : (id: number) => merged.get(id) ?? id;
    const naming = { number: numbers++, merged, idOf };
    namings.set(serverKey, naming);
    return naming;
  };
  return {
    lastSnapshot(serverId: string): Snapshot | null {
      const row = prepare<{
        at_us: number;
        dealloc: number;
        stats_reset_us: number | null;
        active_time_ms: number | null;
        idle_in_transaction_ms: number | null;
        server: string | null;
        server_reset_us: number | null;
        server_started_at_us: number | null;
        entries: Buffer;
      }>(
        // A newer interval means that the engine was killed between writing deltas and their snapshot: going on from
        // here would count that interval twice.
        `select at_us, dealloc, stats_reset_us, active_time_ms, idle_in_transaction_ms, server, server_reset_us,
                server_started_at_us, entries from last_snapshot
         where server_key = ? and not exists
           (select 1 from interval where interval.server_key = last_snapshot.server_key
              and case when after_interval_id is null then to_us > at_us else interval_id > after_interval_id end)`,
      ).get(knownServerKey(prepare, serverId));
      if (row === undefined) return null;
      const entries = decodeEntries(inflateRawSync(row.entries));
      if (entries === null) return null;
      return {
        atMs: fromUs(row.at_us),
        entries,
        dealloc: row.dealloc,
        statsResetMs: row.stats_reset_us === null ? null : fromUs(row.stats_reset_us),
        activeTimeMs: row.active_time_ms,
        idleInTransactionMs: row.idle_in_transaction_ms,
        ...(row.server === null ? {} : { server: JSON.parse(row.server) as ServerCounters }),
        ...(row.server_reset_us === null ? {} : { serverResetMs: fromUs(row.server_reset_us) }),
        ...(row.server_started_at_us === null ? {} : { serverStartedAtMs: fromUs(row.server_started_at_us) }),
      };
    },

    async deltas(serverId: string, fromMs: number, toMs: number): Promise<StoredDeltas[]> {
      const serverKey = knownServerKey(prepare, serverId);
      const naming = namingOf(serverKey);
      // By batches of rows that are read in one go: no statement stays open while others take their turn.
      const heads = prepare<{ interval_id: number; from_us: number; to_us: number }>(
        `select interval_id, from_us, to_us from interval where server_key = ? and to_us >= ? and from_us <= ?
         order by to_us, interval_id`,
      ).all(serverKey, toUs(fromMs), toUs(toMs));
      const read = prepare<IntervalRow>(
        `select interval_id, from_us, to_us, deallocs, resets, coverage, idle_in_transaction_ms, restarted,
                clock_set_by_ms, server, replication, deltas
         from interval where interval_id = ?`,
      );
      const found: StoredDeltas[] = [];
      let unpacked = 0;
      for (const { interval_id: intervalId, from_us: fromUs, to_us: toUs } of heads) {
        const key = `${serverKey} ${naming.number} ${intervalId} ${fromUs} ${toUs}`;
        let stored = intervals.get(key);
        if (stored === undefined) {
          unpacked += 1;
          if (unpacked % atATime === 0) await takeTurns();
          const interval = read.get(intervalId);
          // Retention may take it between two turns.
          if (interval === undefined) continue;
          stored = storedDeltas(prepare, interval, naming.idOf, later);
          intervals.set(key, stored, interval.deltas?.length ?? 0);
        }
        found.push(stored);
      }
      return found;
    },

    async samples(serverId: string, fromMs: number, toMs: number): Promise<StoredSample[]> {
      const serverKey = knownServerKey(prepare, serverId);
      const heads = prepare<{ sample_id: number; at_us: number }>(
        'select sample_id, at_us from sample where server_key = ? and at_us between ? and ? order by at_us, sample_id',
      ).all(serverKey, toUs(fromMs), toUs(toMs));
      const naming = namingOf(serverKey);
      const rowsOf = createRowReader(prepare, naming.idOf, later);
      const read = prepare<{ packed: Buffer | null }>('select packed from sample where sample_id = ?');
      const found: StoredSample[] = [];
      let unpacked = 0;
      for (const { sample_id: sampleId, at_us: atUs } of heads) {
        const key = `${serverKey} ${naming.number} ${sampleId} ${atUs}`;
        let stored = kept.get(key);
        if (stored === undefined) {
          unpacked += 1;
          if (unpacked % samplesAtATime === 0) await takeTurns();
          const sample = read.get(sampleId);
          if (sample === undefined) continue;
          stored = { atMs: fromUs(atUs), rows: rowsOf(sampleId, atUs, sample.packed) };
          kept.set(key, stored, stored.rows.length + 1);
        }
        found.push(stored);
      }
      return found;
    },

    rollups: (serverId: string, tier: StoredRollup['tier'], fromMs: number, toMs: number): Promise<DetailedRollup[]> =>
      bySteps(prepare, serverId, tier, { fromMs, toMs }, keptRollups),

    packedRollups: (
      serverId: string,
      tier: StoredRollup['tier'],
      fromMs: number,
      toMs: number,
    ): Promise<PackedRollup[]> => bySteps(prepare, serverId, tier, { fromMs, toMs }, packedWithin),

    origins: (): Map<number, StoredOrigin> => readOrigins(prepare),

    /** Raw history, and before it the minutes and hours that outlive it. */
    extent(serverId: string): { fromMs: number; toMs: number } | null {
      const serverKey = knownServerKey(prepare, serverId);
      const raw = rawExtent(prepare, serverKey);
      const rolled = (['hour', 'minute'] as const).flatMap((tier) => rollupExtent(prepare, serverKey, tier) ?? []);
      const [first] = rolled.toSorted((a, b) => a.fromMs - b.fromMs);
      if (raw === null) {
        return first === undefined ? null : { ...first, toMs: Math.max(...rolled.map(({ toMs }) => toMs)) };
      }
      // The first minute and the first hour begin before the first sample, and say nothing of that time.
      const older = rolled.filter(({ fromMs, lengthMs }) => fromMs + lengthMs <= raw.fromMs);
      return { fromMs: Math.min(raw.fromMs, ...older.map(({ fromMs }) => fromMs)), toMs: raw.toMs };
    },

    classOverrides(serverId: string): ReadonlyMap<string, StatementClass> {
      const rows = prepare<{ fingerprint: string; class: string }>(
        'select fingerprint, class from class_override where server_key = ? order by set_at_ms desc, fingerprint',
      ).all(knownServerKey(prepare, serverId));
      return new Map(rows.map((row) => [row.fingerprint, statementClassSchema.parse(row.class)]));
    },
  };
}
