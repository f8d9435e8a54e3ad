import { isIoWorker, servedByIoWorkers } from '../diagnosis/io-workers.ts';
import { isBackground, resourceUse } from '../diagnosis/resources.ts';
import { counterColumns } from './counters.ts';
import { decodeColumns, type IntervalColumns } from './interval-blob.ts';
import { followMerged } from './merged-statements.ts';
import { observerApplicationNames } from './own-sessions.ts';
import type { Prepare } from './prepared.ts';
import { readPackedRows } from './read-sample-rows.ts';
import type { RawInterval, RawRow, RawSample } from './roll-up.ts';
import type { PackedSampleRow } from './sample-blob.ts';

interface Origin {
  readonly origin_id: number;
  readonly application_name: string;
  readonly backend_type: string;
}
interface Wait {
  readonly state: string | null;
  readonly event_type: string | null;
  readonly event: string | null;
}

/** No interval is longer (sampler/deltas.ts): looked for a minute, none that ends later than this can touch it. */
const longestIntervalUs = 3_600_000_000;

/** Raw history as numbers, for the minutes. `statementOfBackend`: the id under which a background process is known. */
export function createRawReader(prepare: Prepare, statementOfBackend: (serverKey: number, type: string) => number) {
  const origins = new Map<number, Origin>();
  const waits = new Map<number, Wait>();
  const originOf = (id: number): Origin => {
    const found =
      origins.get(id) ??
      prepare<Origin>('select origin_id, application_name, backend_type from origin where origin_id = ?').get(id);
    if (found === undefined) return { origin_id: id, application_name: '', backend_type: '' };
    origins.set(id, found);
    return found;
  };
  const waitOf = (id: number): Wait => {
    const found = waits.get(id) ?? prepare<Wait>('select state, event_type, event from wait where wait_id = ?').get(id);
    if (found === undefined) return { state: null, event_type: null, event: null };
    waits.set(id, found);
    return found;
  };

  const rawRows = (
    serverKey: number,
    rows: readonly PackedSampleRow[],
    { idOf, turn }: { readonly idOf: (id: number) => number; readonly turn: number },
  ): RawRow[] => {
    const byPid = new Map(rows.map((row) => [row.pid, row]));
    const looked = rows.flatMap((row) => {
      const { application_name: applicationName, backend_type: backendType } = originOf(row.originId);
      if (observerApplicationNames.includes(applicationName)) return [];
      const { state, event_type: waitEventType, event: waitEvent } = waitOf(row.waitId);
      const idle = state !== null && state.startsWith('idle in transaction');
      return [
        { pid: row.pid, row, idle, backendType, use: resourceUse({ state, waitEventType, waitEvent, backendType }) },
      ];
    });
    const served = servedByIoWorkers(looked, turn);
    return looked.flatMap(({ pid, row, idle, backendType, use }): RawRow[] => {
      if (use === null && !idle) return [];
      // Parallel workers are credited to the query of their leader, io workers to those who wait for what they read.
      const session = served.get(pid)?.row ?? row;
      const leader = session.leaderPid === null ? undefined : byPid.get(session.leaderPid);
      const statementId = leader?.statementId ?? session.statementId;
      const background = statementId === null && isBackground({ backendType }) && !isIoWorker({ backendType });
      return [
        {
          pid,
          statementId: background ? statementOfBackend(serverKey, backendType) : idOf(statementId ?? 0),
          originId: row.originId,
          use,
          idleUs: idle ? (row.queryAgeUs ?? 0) : null,
          queryAgeUs: row.queryAgeUs,
          parallelWorker: row.leaderPid !== null || session !== row,
        },
      ];
    });
  };

  const samplesOf = (serverKey: number, found: readonly SampleRow[], idOf: (id: number) => number): RawSample[] =>
    found.map(({ sample_id, at_us: atUs, packed }) => ({
      atUs,
      rows: rawRows(serverKey, readPackedRows(prepare, sample_id, packed), {
        idOf,
        turn: Math.floor(atUs / 1_000_000),
      }),
    }));

  return {
    forget(): void {
      origins.clear();
      waits.clear();
    },

    intervals(serverKey: number, fromUs: number, toUs: number): RawInterval[] {
      return prepare<IntervalRow>(
        `select interval_id, from_us, to_us, deallocs, resets, coverage, idle_in_transaction_ms, deltas from interval
         where server_key = ? and to_us > ? and to_us < ? and from_us < ? order by to_us`,
      )
        .all(serverKey, fromUs, toUs + longestIntervalUs, toUs)
        .map((row) => ({
          fromUs: row.from_us,
          toUs: row.to_us,
          deallocs: row.deallocs,
          resets: row.resets,
          coverage: row.coverage,
          idleInTransactionMs: row.idle_in_transaction_ms,
          columns: row.deltas === null ? columnsBefore6(prepare, row.interval_id) : decodeColumns(row.deltas),
        }));
    },

    /** The samples of [fromUs, toUs), and the first one after them that is no more than a minute later. */
    samples(serverKey: number, fromUs: number, toUs: number): { within: RawSample[]; next: RawSample | null } {
      const idOf = followMerged(prepare, serverKey) ?? ((id: number) => id);
      const select = 'select sample_id, at_us, packed from sample where server_key = ? and at_us >= ? and at_us < ?';
      const within = prepare<SampleRow>(`${select} order by at_us, sample_id`).all(serverKey, fromUs, toUs);
      const next = prepare<SampleRow>(`${select} order by at_us limit 1`).all(serverKey, toUs, toUs + 60_000_000);
      return {
        within: samplesOf(serverKey, within, idOf),
        next: samplesOf(serverKey, next, idOf)[0] ?? null,
      };
    },

    /** The first moment at or after `fromUs` of which anything is stored; null: nothing is. */
    firstMoment(serverKey: number, fromUs: number): number | null {
      const row = prepare<{ at_us: number | null }>(
        `select min(at_us) as at_us from (
           select (select min(at_us) from sample where server_key = @server and at_us >= @from) as at_us
           union all
           select (select max(from_us, @from) from interval where server_key = @server and to_us > @from
                   order by to_us limit 1))`,
      ).get({ server: serverKey, from: fromUs });
      return row?.at_us ?? null;
    },

    lastIntervalEnd(serverKey: number): number | null {
      const row = prepare<{ to_us: number | null }>(
        'select max(to_us) as to_us from interval where server_key = ?',
      ).get(serverKey);
      return row?.to_us ?? null;
    },
  };
}

interface SampleRow {
  readonly sample_id: number;
  readonly at_us: number;
  readonly packed: Buffer | null;
}
interface IntervalRow {
  readonly interval_id: number;
  readonly from_us: number;
  readonly to_us: number;
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idle_in_transaction_ms: number | null;
  readonly deltas: Buffer | null;
}

/** Deltas that a store of version 5 wrote: the same columns, as rows. */
function columnsBefore6(prepare: Prepare, intervalId: number): IntervalColumns {
  const rows = prepare<number[]>(
    `select statement_id, discontinuity, ${counterColumns.join(', ')} from delta
     where interval_id = ? order by statement_id`,
  )
    .raw()
    .all(intervalId);
  const column = (at: number) => Float64Array.from(rows, (row) => row[at] ?? 0);
  return {
    statementIds: Int32Array.from(rows, (row) => row[0] ?? 0),
    discontinuities: column(1),
    counters: counterColumns.map((_, at) => column(at + 2)),
  };
}
