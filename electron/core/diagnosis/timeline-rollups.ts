import type { Timeline } from '../../../shared/model/diagnosis.ts';
import type { DetailedRollup } from '../history/history.ts';
import { fewestIntervals, mostIntervals, quietOf, type UsualBetween } from './baseline.ts';
import { leastExcess } from './diagnose.ts';
import { coresFrom, type Point } from './estimate-cores.ts';
import { weightedMedian } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import { isSaving } from './roles.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';
import type { TimelineOptions } from './timeline.ts';
import { countOrigins, layers, passes, worstStretch, type Bucket } from './timeline-parts.ts';
import { idsEnd, studyRollups, totalCalls, type RolledHistory } from './timeline-study.ts';
import { statementTable, type StatementTable } from './timeline-table.ts';
import { groupSums, sumGroups, usualOf, type UsualColumns } from './timeline-usual.ts';

export interface RolledTimelineInput extends RolledHistory, TimeWindow {
  readonly cores: Cores;
}

/**
 * The timeline of a long window out of minutes (or hours): the same layers, latency and damage as `buildTimeline`, by
 * passes over columns. Calls that were in flight at a minute's border are not moved: over minutes it makes no
 * difference that one could see.
 *
 * `rollups` covers the window and what was before it, for the usual latencies.
 */
export function buildRolledTimeline(input: RolledTimelineInput, options: TimelineOptions): Timeline {
  const { rollups } = input;
  const end = Math.max(idsEnd(rollups), idsEnd(input.classedBy));
  const whole = { fromMs: rollups[0]?.fromMs ?? input.fromMs, toMs: rollups.at(-1)?.toMs ?? input.toMs };
  const { catalog, totals } = studyRollups(input, whole, end);
  const table = statementTable(input, catalog, end);
  const unit = findSaveUnit([totalCalls(totals, table)]);
  const measured = measure(input, table, unit);
  const quiet = quietMinutes(measured, input.cores);
  const usual = usualOf(
    quiet.map(({ rollup }) => rollup),
    table,
  );
  const between = unit.kind === 'saves' ? usualBetween(quiet) : null;
  const excesses = excessesOf(measured, usual, between, table);
  const cores = input.cores.value === null ? coresFrom(pointsOf(measured, excesses)) : input.cores;
  const damages = quiet.length === 0 ? [] : excesses.map(feltSeconds);
  const buckets = bucketsOf(input, options, table, measured, damages);
  return {
    fromMs: input.fromMs,
    toMs: input.toMs,
    bucketMs: options.bucketMs,
    cores: cores.value,
    coresSource: cores.source,
    buckets,
    storedFromMs: options.stored?.fromMs ?? null,
    storedToMs: options.stored?.toMs ?? null,
    origins: seenOrigins(input),
    suggestion: worstStretch(buckets, options.bucketMs, input),
  };
}

/** One minute with what its latency is made of. */
interface Measured {
  readonly rollup: DetailedRollup;
  /** Average sessions of suspects that use something. */
  readonly exposure: number;
  /** Time between the statements of saving transactions, ms; null where the server does not count it. */
  readonly betweenMs: number | null;
  readonly saves: number;
  /** Calls of the statements of saves. */
  readonly savingCalls: number;
  readonly spentMs: number;
  readonly tells: boolean;
}

function measure(input: RolledTimelineInput, table: StatementTable, unit: SaveUnit): Measured[] {
  const betweens = betweenTimes(input, table);
  const belongs = Uint8Array.from(table.groups, (group) => Number(unit.belongs(group)));
  const marks = Uint8Array.from(table.groups, (group) => Number(unit.kind === 'statements' || unit.markers.has(group)));
  return input.rollups.map((rollup, place) => {
    const { statementIds, calls, execMs } = rollup;
    const betweenMs = betweens[place] ?? null;
    let saves = 0;
    let savingCalls = 0;
    let spentMs = unit.kind === 'saves' ? (betweenMs ?? 0) : 0;
    let tells = false;
    for (let index = 0; index < statementIds.length; index += 1) {
      const n = calls[index] ?? 0;
      const position = table.positionOf[statementIds[index] ?? 0] ?? -1;
      if (n === 0 || position < 0) continue;
      if (table.suffers[position] === 1) tells = true;
      if (belongs[position] !== 1) continue;
      spentMs += execMs[index] ?? 0;
      savingCalls += n;
      if (marks[position] === 1) saves += n;
    }
    return { rollup, exposure: exposureOf(rollup, table), betweenMs, saves, savingCalls, spentMs, tells };
  });
}

function exposureOf({ seen, samples }: DetailedRollup, table: StatementTable): number {
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
function betweenTimes({ rollups, origins }: RolledTimelineInput, table: StatementTable): (number | null)[] {
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
  return rollups.map(({ fromMs, toMs, idleInTransactionMs, endedIdleMs, seen }) => {
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
    for (let index = 0; index < seen.pauses.length; index += 1) {
      const rows = seen.pauses[index] ?? 0;
      all += rows;
      if (saves.has(seen.originIds[index] ?? 0)) saving += rows;
    }
    return (left * saving) / all;
  });
}

/** The latest quiet minutes, as the verdict would choose them. */
function quietMinutes(measured: readonly Measured[], cores: Cores): readonly Measured[] {
  const rated = measured
    .filter(({ tells, rollup }) => tells && rollup.samples > 0)
    .map((minute) => ({ one: minute, exposure: minute.exposure, onCpu: minute.rollup.onCpu }));
  const quiet = quietOf(rated, cores);
  return quiet.length < fewestIntervals ? [] : quiet.slice(-mostIntervals);
}

function usualBetween(quiet: readonly Measured[]): UsualBetween | null {
  const seen = quiet.flatMap(({ betweenMs, saves, savingCalls }) =>
    betweenMs === null || saves === 0 ? [] : [{ mean: betweenMs / saves, calls: savingCalls / saves, weight: saves }],
  );
  const meanMs = weightedMedian(seen.map(({ mean: value, weight }) => ({ value, weight })));
  const callsPerSave = weightedMedian(seen.map(({ calls: value, weight }) => ({ value, weight })));
  return meanMs === null || callsPerSave === null ? null : { meanMs, callsPerSave };
}

/** What the victims of one minute took, beside what they usually take. */
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

function excessesOf(
  measured: readonly Measured[],
  usual: UsualColumns,
  between: UsualBetween | null,
  table: StatementTable,
): Excess[] {
  const sums = groupSums(table.groups.length);
  return measured.map((minute) => {
    sumGroups(sums, minute.rollup, table, usual.known);
    const excess: Excess = { calls: 0, spentMs: 0, usualMs: 0, expectedMs: 0, waitedMs: 0 };
    for (let place = 0; place < sums.count; place += 1) {
      const position = sums.touched[place] ?? 0;
      const calls = sums.calls[position] ?? 0;
      const work = usual.blocks[position] ?? 0;
      excess.calls += calls;
      const growth = work > 0 ? (sums.blocks[position] ?? 0) / calls / work : 1;
      add(excess, sums.execMs[position] ?? 0, calls * (usual.meanMs[position] ?? 0), growth);
    }
    const { betweenMs, saves, savingCalls } = minute;
    if (between !== null && betweenMs !== null && saves > 0) {
      const growth = between.callsPerSave === 0 ? 1 : savingCalls / saves / between.callsPerSave;
      add(excess, betweenMs, saves * between.meanMs, growth);
    }
    return excess;
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

const pointsOf = (measured: readonly Measured[], excesses: readonly Excess[]): Point[] =>
  measured.flatMap(({ rollup }, place) => {
    const { calls, spentMs, usualMs } = excesses[place] ?? { calls: 0, spentMs: 0, usualMs: 0 };
    if (rollup.samples === 0 || usualMs === 0) return [];
    return [{ sessions: rollup.onCpu, slowdown: spentMs / usualMs, weight: Math.sqrt(calls) }];
  });

function bucketsOf(
  input: RolledTimelineInput,
  { bucketMs, filter }: TimelineOptions,
  table: StatementTable,
  measured: readonly Measured[],
  damages: readonly number[],
): Bucket[] {
  const counted = passes(filter);
  const origins = new Set([...input.origins.values()].filter(counted).map(({ originId }) => originId));
  const buckets = new Map<number, Sums>();
  for (const [place, { rollup, saves, spentMs }] of measured.entries()) {
    if (rollup.toMs <= input.fromMs || rollup.fromMs >= input.toMs) continue;
    const atMs = Math.floor(rollup.fromMs / bucketMs) * bucketMs;
    const sums = buckets.get(atMs) ?? { rows: layers.map(() => 0), samples: 0, saves: 0, spentMs: 0, damageSeconds: 0 };
    buckets.set(atMs, sums);
    countLayers(sums.rows, rollup, table, origins);
    sums.samples += rollup.samples;
    sums.saves += saves;
    sums.spentMs += spentMs;
    sums.damageSeconds += damages[place] ?? 0;
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

function countLayers(
  rows: number[],
  { seen }: DetailedRollup,
  table: StatementTable,
  origins: ReadonlySet<number>,
): void {
  for (let index = 0; index < seen.statementIds.length; index += 1) {
    if (!origins.has(seen.originIds[index] ?? 0)) continue;
    const layer = table.layerAt[seen.statementIds[index] ?? 0] ?? 0;
    rows[layer] = (rows[layer] ?? 0) + (seen.working[index] ?? 0) + (seen.others[index] ?? 0);
    rows[lockLayer] = (rows[lockLayer] ?? 0) + (seen.lockWaits[index] ?? 0);
  }
}

function seenOrigins({ rollups, origins, fromMs, toMs }: RolledTimelineInput): Timeline['origins'] {
  const seen = countOrigins();
  for (const rollup of rollups) {
    if (rollup.toMs <= fromMs || rollup.fromMs >= toMs) continue;
    const { originIds, working, lockWaits, others } = rollup.seen;
    for (let index = 0; index < originIds.length; index += 1) {
      const origin = origins.get(originIds[index] ?? 0);
      const rows = (working[index] ?? 0) + (lockWaits[index] ?? 0) + (others[index] ?? 0);
      if (origin !== undefined && rows > 0) seen.add(origin, rows);
    }
  }
  return seen.named();
}
