import type { DetailedRollup, PackedRollup, RollupHead, StoredOrigin, StoredRollup } from './history.ts';
import { Kept } from './kept.ts';
import { followMerged } from './merged-statements.ts';
import { fromUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { readRollup, uncountedDeallocs } from './rollup-blob.ts';

interface RollupRow {
  readonly from_us: number;
  readonly samples: number;
  readonly deallocs: number;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idle_in_transaction_ms: number | null;
  readonly ended_idle_ms: number;
  readonly lock_waits: number;
  readonly on_cpu: number;
  readonly body: Buffer;
}
interface WholeRow extends RollupRow {
  readonly more: Buffer;
}

const headColumns =
  'from_us, samples, deallocs, resets, coverage, idle_in_transaction_ms, ended_idle_ms, lock_waits, on_cpu, body';
const within = 'from rollup where server_key = ? and minutes = ? and from_us > ? and from_us < ? order by from_us';
const minutesOf = { minute: 1, hour: 60 } as const satisfies Record<StoredRollup['tier'], number>;

type Span = readonly [serverKey: number | null, tier: StoredRollup['tier'], fromUs: number, toUs: number];

/** Those that overlap [fromUs, toUs), oldest first. */
export function rollupsWithin(prepare: Prepare, ...span: Span): DetailedRollup[] {
  const idOf = followMerged(prepare, span[0]);
  return wholeWithin(prepare, span).map((row) => rollupOf(row, span[1], idOf));
}

/** Two days of hours, 20 MB with 5,000 statements in each; and the minutes that are no whole hour yet. */
const mostKept = { hour: 50, minute: 90 } as const satisfies Record<StoredRollup['tier'], number>;

/**
 * As `rollupsWithin`; the same object for the same hour or minute while nothing of it changed, so that its columns are
 * unpacked once. One that was made anew has other bytes.
 */
export function keepRollups(): typeof rollupsWithin {
  const keep = (most: number) => new Kept<{ readonly row: WholeRow; readonly rollup: DetailedRollup }>(most);
  const kept = { hour: keep(mostKept.hour), minute: keep(mostKept.minute) };
  return (prepare, ...span) => {
    const [serverKey, tier] = span;
    const idOf = followMerged(prepare, serverKey);
    // What was merged since has another id in the same bytes.
    if (idOf !== null) return wholeWithin(prepare, span).map((row) => rollupOf(row, tier, idOf));
    return wholeWithin(prepare, span).map((row) => {
      const key = `${serverKey} ${row.from_us}`;
      const before = kept[tier].get(key);
      if (before !== undefined && isSame(before.row, row)) return before.rollup;
      const rollup = rollupOf(row, tier, null);
      kept[tier].set(key, { row, rollup });
      return rollup;
    });
  };
}

const wholeWithin = (prepare: Prepare, span: Span): WholeRow[] =>
  prepare<WholeRow>(`select ${headColumns}, more ${within}`).all(...valuesOf(span));

function rollupOf(row: WholeRow, tier: StoredRollup['tier'], idOf: PackedRollup['idOf']): DetailedRollup {
  const head = headOf(row, tier);
  return readRollup({ ...head, body: row.body, idOf }, head, row.more);
}

const isSame = ({ body, more, ...head }: WholeRow, other: WholeRow): boolean =>
  body.equals(other.body) &&
  more.equals(other.more) &&
  Object.entries(head).every(([name, value]) => value === other[name as keyof typeof head]);

/** The same, with what a timeline needs only: the other half of the bytes is not read. */
export function packedWithin(prepare: Prepare, ...span: Span): PackedRollup[] {
  const idOf = followMerged(prepare, span[0]);
  return prepare<RollupRow>(`select ${headColumns} ${within}`)
    .all(...valuesOf(span))
    .map((row) => ({ ...headOf(row, span[1]), body: row.body, idOf }));
}

function valuesOf([serverKey, tier, fromMoment, toMoment]: Span): (number | null)[] {
  const minutes = minutesOf[tier];
  return [serverKey, minutes, fromMoment - minutes * 60_000_000, toMoment];
}

function headOf(row: RollupRow, tier: StoredRollup['tier']): RollupHead {
  const fromMs = fromUs(row.from_us);
  return {
    fromMs,
    toMs: fromMs + minutesOf[tier] * 60_000,
    tier,
    samples: row.samples,
    deallocs: row.deallocs === uncountedDeallocs ? null : row.deallocs,
    resets: row.resets,
    coverage: row.coverage,
    idleInTransactionMs: row.idle_in_transaction_ms,
    endedIdleMs: row.ended_idle_ms,
    lockWaits: row.lock_waits,
    onCpu: row.on_cpu,
  };
}

/** From the first to the end of the last one; null: none is stored. */
export function rollupExtent(
  prepare: Prepare,
  serverKey: number | null,
  tier: StoredRollup['tier'],
): { readonly fromMs: number; readonly toMs: number; readonly lengthMs: number } | null {
  const minutes = minutesOf[tier];
  const row = prepare<{ from_us: number | null; last_us: number | null }>(
    `select (select min(from_us) from rollup where server_key = @server and minutes = @minutes) as from_us,
            (select max(from_us) from rollup where server_key = @server and minutes = @minutes) as last_us`,
  ).get({ server: serverKey, minutes });
  if (row === undefined || row.from_us === null || row.last_us === null) return null;
  const lengthMs = minutes * 60_000;
  return { fromMs: fromUs(row.from_us), toMs: fromUs(row.last_us) + lengthMs, lengthMs };
}

export function readOrigins(prepare: Prepare): Map<number, StoredOrigin> {
  return new Map(
    prepare<{
      origin_id: number;
      application_name: string;
      role_name: string | null;
      database_name: string | null;
      backend_type: string;
    }>('select origin_id, application_name, role_name, database_name, backend_type from origin')
      .all()
      .map((row) => [
        row.origin_id,
        {
          originId: row.origin_id,
          applicationName: row.application_name,
          roleName: row.role_name,
          databaseName: row.database_name,
          backendType: row.backend_type,
        },
      ]),
  );
}
