import type { Timeline } from '../../../shared/model/diagnosis.ts';
import type { PackedRollup } from '../history/history.ts';
import { readSeenInto, seenScratch, type SeenScratch } from '../history/rollup-blob.ts';
import type { TimelineOptions } from './timeline.ts';
import { isSaving } from './roles.ts';
import { countOrigins, layers, passes } from './timeline-parts.ts';
import type { RolledTimelineInput } from './timeline-rollups.ts';
import type { StatementTable } from './timeline-table.ts';

/** One minute as its samples tell it. */
export interface Looked {
  readonly rollup: PackedRollup;
  /** Average sessions of suspects that use something. */
  readonly exposure: number;
  /** Time between the statements of saving transactions, ms; null where the server does not count it. */
  readonly betweenMs: number | null;
  /** Sampled rows that the filter lets through, in the order of `layers`. */
  readonly rows: readonly number[];
}

/** The pass over what was seen; the columns of one minute are forgotten with the next. */
export function lookThrough(
  input: RolledTimelineInput,
  { filter }: TimelineOptions,
  table: StatementTable,
): { readonly looked: readonly Looked[]; readonly origins: Timeline['origins'] } {
  const { origins } = input;
  const most = [...origins.keys()].reduce((largest, id) => Math.max(largest, id), 0) + 1;
  const counted = new Uint8Array(most);
  const saves = new Uint8Array(most);
  const saving = savingRoles(table);
  const lets = passes(filter);
  for (const [id, origin] of origins) {
    counted[id] = Number(lets(origin));
    saves[id] = Number(saving.has(JSON.stringify([origin.databaseName, origin.roleName])));
  }
  const byOrigin = new Float64Array(most);
  const scratch = seenScratch();
  const pauses = pausesOfSaves();
  const looked = input.rollups.map((rollup): Looked => {
    readSeenInto(rollup, scratch);
    const within = rollup.toMs > input.fromMs && rollup.fromMs < input.toMs;
    if (within) countByOrigin(byOrigin, scratch);
    return {
      rollup,
      exposure: rollup.samples === 0 ? 0 : suspectRows(scratch, table) / rollup.samples,
      betweenMs: pauses(rollup, scratch, saves),
      rows: within ? layerRows(scratch, table, counted) : [],
    };
  });
  const named = countOrigins();
  for (const [id, origin] of origins) {
    const rows = byOrigin[id] ?? 0;
    if (rows > 0) named.add(origin, rows);
  }
  return { looked, origins: named.named() };
}

/** Database and role of everybody who saves. */
const savingRoles = ({ groups }: StatementTable): ReadonlySet<string> =>
  new Set(
    groups
      .filter(isSaving)
      .flatMap(({ statement, roleNames }) => roleNames.map((role) => JSON.stringify([statement.databaseName, role]))),
  );

function suspectRows({ length, statementIds, working, lockWaits }: SeenScratch, { blameable }: StatementTable): number {
  let rows = 0;
  for (let index = 0; index < length; index += 1) {
    if (blameable[statementIds[index] ?? 0] === 1) rows += (working[index] ?? 0) + (lockWaits[index] ?? 0);
  }
  return rows;
}

const lockLayer = layers.indexOf('lockWaits');

function layerRows(seen: SeenScratch, { layerAt }: StatementTable, counted: Uint8Array): number[] {
  const rows = layers.map(() => 0);
  // A statement that was forgotten since is drawn like one that nobody may see.
  const unknown = layerAt[0] ?? 0;
  for (let index = 0; index < seen.length; index += 1) {
    if (counted[seen.originIds[index] ?? 0] !== 1) continue;
    const layer = layerAt[seen.statementIds[index] ?? 0] ?? unknown;
    rows[layer] = (rows[layer] ?? 0) + (seen.working[index] ?? 0) + (seen.others[index] ?? 0);
    rows[lockLayer] = (rows[lockLayer] ?? 0) + (seen.lockWaits[index] ?? 0);
  }
  return rows;
}

function countByOrigin(counts: Float64Array, seen: SeenScratch): void {
  for (let index = 0; index < seen.length; index += 1) {
    const id = seen.originIds[index] ?? 0;
    const rows = (seen.working[index] ?? 0) + (seen.lockWaits[index] ?? 0) + (seen.others[index] ?? 0);
    counts[id] = (counts[id] ?? 0) + rows;
  }
}

/** The server books a pause when its transaction ends, and hands it over a little later. */
const bookedWithinMs = 60_000;

type Booking = Pick<PackedRollup, 'fromMs' | 'toMs' | 'idleInTransactionMs' | 'endedIdleMs'>;
type Pauses = Pick<SeenScratch, 'length' | 'pauses'> & { readonly originIds: ArrayLike<number> };

/** As in between-statements.ts: without what stood idle for long, and the part of it that saving roles made. */
export function pausesOfSaves(): (rollup: Booking, seen: Pauses, saves: Uint8Array) => number | null {
  let standing: { readonly untilMs: number; leftMs: number }[] = [];
  return ({ fromMs, toMs, idleInTransactionMs, endedIdleMs }, { length, pauses, originIds }, saves) => {
    standing = standing.filter(({ untilMs, leftMs }) => leftMs > 0 && untilMs >= fromMs - bookedWithinMs);
    if (endedIdleMs > 0) standing.push({ untilMs: toMs, leftMs: endedIdleMs });
    if (idleInTransactionMs === null) return null;
    let left = idleInTransactionMs;
    for (const spell of standing) {
      const taken = Math.min(left, spell.leftMs);
      spell.leftMs -= taken;
      left -= taken;
    }
    let [all, saving] = [1, 1];
    for (let index = 0; index < length; index += 1) {
      const rows = pauses[index] ?? 0;
      all += rows;
      if (saves[originIds[index] ?? 0] === 1) saving += rows;
    }
    return (left * saving) / all;
  };
}
