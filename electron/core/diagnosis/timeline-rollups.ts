import type { Timeline } from '../../../shared/model/diagnosis.ts';
import type { PackedRollup, SeenColumns } from '../history/history.ts';
import { readSeen } from '../history/rollup-blob.ts';
import { fewestIntervals, mostIntervals, quietOf, type UsualBetween } from './baseline.ts';
import { leastExcess } from './diagnose.ts';
import { coresFrom, type Point } from './estimate-cores.ts';
import { weightedMedian } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import { isSaving } from './roles.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';
import type { TimelineOptions } from './timeline.ts';
import { countOrigins, layers, passes, worstStretch, type Bucket } from './timeline-parts.ts';
import { studyRollups, totalCalls, type RolledHistory } from './timeline-study.ts';
import { statementTable, type StatementTable } from './timeline-table.ts';
import { groupSums, sumGroups, usualOfStretches, type GroupSums, type UsualColumns } from './timeline-usual.ts';

export interface RolledTimelineInput extends RolledHistory, TimeWindow {
  readonly cores: Cores;
}

/**
 * The timeline of a long window out of minutes (or hours): the same layers, latency and damage as `buildTimeline`, by
 * two passes over columns. Calls that were in flight at a minute's border are not moved: over minutes it makes no
 * difference that one could see.
 *
 * `rollups` covers the window and what was before it, for the usual latencies.
 */
export function buildRolledTimeline(input: RolledTimelineInput, options: TimelineOptions): Timeline {
  const { rollups, statements } = input;
  const end = statements.reduce((most, { statementId }) => Math.max(most, Number(statementId)), 0) + 1;
  const whole = { fromMs: rollups[0]?.fromMs ?? input.fromMs, toMs: rollups.at(-1)?.toMs ?? input.toMs };
  const { catalog, totals } = studyRollups(input, whole, end);
  const table = statementTable(input, catalog, end);
  const unit = findSaveUnit([totalCalls(totals, table)]);
  const looked = look(input, table);
  const { usual, between, found } = quietTimes(looked, input.cores, table, unit);
  const measured = measure(looked, { usual, between }, table, unit);
  const cores = input.cores.value === null ? coresFrom(pointsOf(measured)) : input.cores;
  const buckets = bucketsOf(input, options, table, measured, found);
  return {
    fromMs: input.fromMs,
    toMs: input.toMs,
    bucketMs: options.bucketMs,
    cores: cores.value,
    coresSource: cores.source,
    buckets,
    storedFromMs: options.stored?.fromMs ?? null,
    storedToMs: options.stored?.toMs ?? null,
    origins: seenOrigins(input, looked),
    suggestion: worstStretch(buckets, options.bucketMs, input),
  };
}

/** One minute as its samples tell it. */
interface Looked {
  readonly rollup: PackedRollup;
  readonly seen: SeenColumns;
  /** Average sessions of suspects that use something. */
  readonly exposure: number;
  /** Time between the statements of saving transactions, ms; null where the server does not count it. */
  readonly betweenMs: number | null;
}

function look(input: RolledTimelineInput, table: StatementTable): Looked[] {
  const seen = input.rollups.map((rollup) => readSeen(rollup, false));
  const betweens = betweenTimes(input, seen, table);
  return input.rollups.map((rollup, place) => {
    const columns = seen[place] ?? noneSeen;
    return { rollup, seen: columns, exposure: exposureOf(rollup, columns, table), betweenMs: betweens[place] ?? null };
  });
}

const noneSeen: SeenColumns = {
  statementIds: new Int32Array(0),
  originIds: new Int32Array(0),
  working: new Float64Array(0),
  lockWaits: new Float64Array(0),
  others: new Float64Array(0),
  pauses: new Float64Array(0),
  longestWorkingMs: new Float64Array(0),
};

function exposureOf({ samples }: PackedRollup, seen: SeenColumns, table: StatementTable): number {
  let rows = 0;
  for (let index = 0; index < seen.statementIds.length; index += 1) {
    if (table.blameable[seen.statementIds[index] ?? 0] !== 1) continue;
    rows += (seen.working[index] ?? 0) + (seen.lockWaits[index] ?? 0);
  }
  return samples === 0 ? 0 : rows / samples;
}

/** The server books a pause when its transaction ends, and hands it over a little later. */
const bookedWithinMs = 60_000;

/** As in between-statements.ts: without what stood idle for long, and the part of it that saving roles made. */
function betweenTimes(
  { rollups, origins }: RolledTimelineInput,
  seen: readonly SeenColumns[],
  table: StatementTable,
): (number | null)[] {
  const roles = new Set(
    table.groups
      .filter(isSaving)
      .flatMap(({ statement, roleNames }) => roleNames.map((role) => JSON.stringify([statement.databaseName, role]))),
  );
  const saves = new Set(
    [...origins.values()]
      .filter(({ databaseName, roleName }) => roles.has(JSON.stringify([databaseName, roleName])))
      .map(({ originId }) => originId),
  );
  let standing: { readonly untilMs: number; leftMs: number }[] = [];
  return rollups.map(({ fromMs, toMs, idleInTransactionMs, endedIdleMs }, place) => {
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
    const { pauses, originIds } = seen[place] ?? noneSeen;
    for (let index = 0; index < pauses.length; index += 1) {
      const rows = pauses[index] ?? 0;
      all += rows;
      if (saves.has(originIds[index] ?? 0)) saving += rows;
    }
    return (left * saving) / all;
  });
}

/** What is usual, out of the latest quiet minutes, as the verdict would choose them. */
function quietTimes(looked: readonly Looked[], cores: Cores, table: StatementTable, unit: SaveUnit) {
  const rated = looked
    .filter(({ rollup }) => rollup.samples > 0)
    .map((minute) => ({ one: minute, exposure: minute.exposure, onCpu: minute.rollup.onCpu }));
  const sums = groupSums(table.groups.length);
  const all = new Uint8Array(table.groups.length).fill(1);
  const stretches = usualOfStretches(table);
  const pauses: { mean: number; calls: number; weight: number }[] = [];
  let telling = 0;
  for (const { rollup, betweenMs } of quietOf(rated, cores).toReversed()) {
    sumGroups(sums, rollup, table, all);
    const { saves, savingCalls, tells } = savingIn(sums, table, unit);
    if (!tells) continue;
    stretches.add(sums);
    if (betweenMs !== null && saves > 0 && unit.kind === 'saves') {
      pauses.push({ mean: betweenMs / saves, calls: savingCalls / saves, weight: saves });
    }
    telling += 1;
    if (telling === mostIntervals) break;
  }
  const meanMs = weightedMedian(pauses.map(({ mean: value, weight }) => ({ value, weight })));
  const callsPerSave = weightedMedian(pauses.map(({ calls: value, weight }) => ({ value, weight })));
  const between: UsualBetween | null = meanMs === null || callsPerSave === null ? null : { meanMs, callsPerSave };
  return { usual: stretches.usual(), between, found: telling >= fewestIntervals };
}

interface Saving {
  readonly saves: number;
  readonly savingCalls: number;
  readonly spentMs: number;
  /** Some victim ran: it says something about latency. */
  readonly tells: boolean;
}

function savingIn({ count, touched, calls, execUs }: GroupSums, table: StatementTable, unit: SaveUnit): Saving {
  const { belongs, marks } = table.saving(unit);
  let [saves, savingCalls, spentUs] = [0, 0, 0];
  let tells = false;
  for (let place = 0; place < count; place += 1) {
    const position = touched[place] ?? 0;
    if (table.suffers[position] === 1) tells = true;
    if (belongs[position] !== 1) continue;
    const n = calls[position] ?? 0;
    savingCalls += n;
    spentUs += execUs[position] ?? 0;
    if (marks[position] === 1) saves += n;
  }
  return { saves, savingCalls, spentMs: spentUs / 1000, tells };
}

/** What the victims of one minute took, beside what they usually take. */
interface Measured extends Looked {
  readonly saves: number;
  readonly spentMs: number;
  readonly excess: Excess;
}
interface Excess {
  calls: number;
  spentMs: number;
  /** n * L0 */
  usualMs: number;
  /** n * L*, L* = L0 * max(1, W / W0) */
  expectedMs: number;
  /** D_v = n * max(0, L - L*), all victims together. */
  waitedMs: number;
}

function measure(
  looked: readonly Looked[],
  { usual, between }: { readonly usual: UsualColumns; readonly between: UsualBetween | null },
  table: StatementTable,
  unit: SaveUnit,
): Measured[] {
  const sums = groupSums(table.groups.length);
  const { belongs } = table.saving(unit);
  const wanted = belongs.map((one, position) => Number(one === 1 || usual.meanMs[position] !== 0));
  return looked.map((minute) => {
    sumGroups(sums, minute.rollup, table, wanted);
    const excess: Excess = { calls: 0, spentMs: 0, usualMs: 0, expectedMs: 0, waitedMs: 0 };
    const { count, touched, calls, execUs, blocks } = sums;
    for (let place = 0; place < count; place += 1) {
      const position = touched[place] ?? 0;
      const meanMs = usual.meanMs[position] ?? 0;
      if (meanMs === 0) continue;
      const n = calls[position] ?? 0;
      const work = usual.blocks[position] ?? 0;
      excess.calls += n;
      add(excess, (execUs[position] ?? 0) / 1000, n * meanMs, work > 0 ? (blocks[position] ?? 0) / n / work : 1);
    }
    const { saves, savingCalls, spentMs } = savingIn(sums, table, unit);
    const { betweenMs } = minute;
    if (between !== null && betweenMs !== null && saves > 0) {
      const growth = between.callsPerSave === 0 ? 1 : savingCalls / saves / between.callsPerSave;
      add(excess, betweenMs, saves * between.meanMs, growth);
    }
    return { ...minute, saves, spentMs: spentMs + (unit.kind === 'saves' ? (betweenMs ?? 0) : 0), excess };
  });
}

function add(excess: Excess, spentMs: number, usualMs: number, growth: number): void {
  const expectedMs = usualMs * Math.max(1, growth);
  excess.spentMs += spentMs;
  excess.usualMs += usualMs;
  excess.expectedMs += expectedMs;
  excess.waitedMs += Math.max(0, spentMs - expectedMs);
}

/** Seconds of damage; 0 where it is no more than ordinary noise, the same line as the verdict's. */
function feltSeconds({ expectedMs, waitedMs }: Excess): number {
  const felt = expectedMs === 0 ? waitedMs > 0 : waitedMs / expectedMs >= leastExcess;
  return felt ? waitedMs / 1000 : 0;
}

const pointsOf = (measured: readonly Measured[]): Point[] =>
  measured.flatMap(({ rollup, excess: { calls, spentMs, usualMs } }) => {
    if (rollup.samples === 0 || usualMs === 0) return [];
    return [{ sessions: rollup.onCpu, slowdown: spentMs / usualMs, weight: Math.sqrt(calls) }];
  });

function bucketsOf(
  input: RolledTimelineInput,
  { bucketMs, filter }: TimelineOptions,
  table: StatementTable,
  measured: readonly Measured[],
  withDamage: boolean,
): Bucket[] {
  const counted = passes(filter);
  const origins = new Set([...input.origins.values()].filter(counted).map(({ originId }) => originId));
  const buckets = new Map<number, Sums>();
  for (const { rollup, seen, saves, spentMs, excess } of measured) {
    if (rollup.toMs <= input.fromMs || rollup.fromMs >= input.toMs) continue;
    const atMs = Math.floor(rollup.fromMs / bucketMs) * bucketMs;
    const sums = buckets.get(atMs) ?? { rows: layers.map(() => 0), samples: 0, saves: 0, spentMs: 0, damageSeconds: 0 };
    buckets.set(atMs, sums);
    countLayers(sums.rows, seen, table, origins);
    sums.samples += rollup.samples;
    sums.saves += saves;
    sums.spentMs += spentMs;
    if (withDamage) sums.damageSeconds += feltSeconds(excess);
  }
  return [...buckets]
    .filter(([, { samples }]) => samples > 0)
    .map(([atMs, { rows, samples, saves, spentMs, damageSeconds }]) => {
      const [oltp = 0, reporting = 0, batch = 0, maintenance = 0, lockWaits = 0] = rows.map((count) => count / samples);
      const sessions = { oltp, reporting, batch, maintenance, lockWaits };
      const oltpMeanMs = saves === 0 ? null : spentMs / saves;
      return { atMs, ...sessions, oltpMeanMs, oltpCalls: Math.round(saves), damageSeconds };
    });
}

interface Sums {
  /** Sampled rows, in the order of `layers`. */
  readonly rows: number[];
  samples: number;
  saves: number;
  spentMs: number;
  damageSeconds: number;
}

const lockLayer = layers.indexOf('lockWaits');

function countLayers(rows: number[], seen: SeenColumns, table: StatementTable, origins: ReadonlySet<number>): void {
  for (let index = 0; index < seen.statementIds.length; index += 1) {
    if (!origins.has(seen.originIds[index] ?? 0)) continue;
    const layer = table.layerAt[seen.statementIds[index] ?? 0] ?? 0;
    rows[layer] = (rows[layer] ?? 0) + (seen.working[index] ?? 0) + (seen.others[index] ?? 0);
    rows[lockLayer] = (rows[lockLayer] ?? 0) + (seen.lockWaits[index] ?? 0);
  }
}

function seenOrigins({ origins, fromMs, toMs }: RolledTimelineInput, looked: readonly Looked[]): Timeline['origins'] {
  const counts = countOrigins();
  const rows = new Map<number, number>();
  for (const { rollup, seen } of looked) {
    if (rollup.toMs <= fromMs || rollup.fromMs >= toMs) continue;
    const { originIds, working, lockWaits, others } = seen;
    for (let index = 0; index < originIds.length; index += 1) {
      const id = originIds[index] ?? 0;
      rows.set(id, (rows.get(id) ?? 0) + (working[index] ?? 0) + (lockWaits[index] ?? 0) + (others[index] ?? 0));
    }
  }
  for (const [id, count] of rows) {
    const origin = origins.get(id);
    if (origin !== undefined && count > 0) counts.add(origin, count);
  }
  return counts.named();
}
