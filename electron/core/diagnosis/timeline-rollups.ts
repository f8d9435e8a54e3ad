import type { Timeline } from '../../../shared/model/diagnosis.ts';
import type { DetailedRollup } from '../history/history.ts';
import { findBaseline, type Baseline } from './baseline.ts';
import { leastExcess } from './diagnose.ts';
import { estimateFrom } from './estimate-cores.ts';
import type { Cores, TimeWindow } from './input.ts';
import { isSaving } from './roles.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';
import type { TimelineOptions } from './timeline.ts';
import { countOrigins, layers, passes, worstStretch, type Bucket } from './timeline-parts.ts';
import { intervalOf, totalInterval } from './timeline-intervals.ts';
import { catalogOfRollups, idsEnd, type RolledHistory } from './timeline-study.ts';
import { statementTable, type StatementTable } from './timeline-table.ts';

export interface RolledTimelineInput extends RolledHistory, TimeWindow {
  readonly cores: Cores;
}

/** Quiet minutes that the usual latencies are read from, and busy ones for the estimate of the cores. */
const mostQuiet = 120;
const mostBusy = 120;
/** As in baseline.ts: sessions of suspects up to which a minute counts as quiet. */
const quietSessions = 0.3;

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
  const catalog = catalogOfRollups(input, whole, end);
  const table = statementTable(input, catalog, end);
  const unit = findSaveUnit([totalInterval(input.classedBy, whole, table)]);
  const measured = measure(input, table, unit);
  const chosen = chosenMinutes(measured);
  const intervals = [...chosen.quiet, ...chosen.busy].map((minute) =>
    intervalOf(minute.rollup, minute.betweenMs, table, input.origins),
  );
  const cores = input.cores.value === null ? estimateFrom(intervals.toSorted(byTime), catalog) : input.cores;
  const baseline = findBaseline(intervals.slice(0, chosen.quiet.length).toSorted(byTime), catalog, {
    incident: null,
    given: null,
    cores,
    unit,
  });
  const damages = baseline.origin === 'none' ? [] : damagesOf(measured, baseline, table);
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

const byTime = (a: TimeWindow, b: TimeWindow): number => a.fromMs - b.fromMs;

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

function chosenMinutes(measured: readonly Measured[]): { quiet: readonly Measured[]; busy: readonly Measured[] } {
  const telling = measured.filter(({ tells, rollup }) => tells && rollup.samples > 0);
  const quiet = telling.filter(({ exposure }) => exposure <= quietSessions);
  const chosen =
    quiet.length >= 2
      ? quiet.slice(-mostQuiet)
      : telling.toSorted((a, b) => a.exposure - b.exposure).slice(0, mostQuiet);
  const taken = new Set(chosen);
  const busy = telling
    .filter((minute) => !taken.has(minute))
    .toSorted((a, b) => b.rollup.onCpu - a.rollup.onCpu)
    .slice(0, mostBusy);
  return { quiet: chosen, busy };
}

/**
 * D_v = n * max(0, L - L*) of each minute, seconds; 0 where it is no more than ordinary noise, as in the verdict. Sums
 * by group lie in arrays that are used again for every minute: a day has a million of them.
 */
function damagesOf(measured: readonly Measured[], { usual, between }: Baseline, table: StatementTable): number[] {
  const size = table.groups.length;
  const [meanMs, usualBlocks] = [new Float64Array(size), new Float64Array(size)];
  for (const [position, group] of table.groups.entries()) {
    const before = table.suffers[position] === 1 ? usual.get(group) : undefined;
    meanMs[position] = before?.meanMs ?? 0;
    usualBlocks[position] = before?.blocks ?? 0;
  }
  const [calls, execMs, blocks] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const touched = new Int32Array(size);
  return measured.map((minute) => {
    const { rollup } = minute;
    const [ids, n, ms, read] = [rollup.statementIds, rollup.calls, rollup.execMs, rollup.blocks];
    let count = 0;
    for (let index = 0; index < ids.length; index += 1) {
      const position = table.positionOf[ids[index] ?? 0] ?? -1;
      const more = n[index] ?? 0;
      if (more === 0 || position < 0 || meanMs[position] === 0) continue;
      if (calls[position] === 0) touched[count++] = position;
      calls[position] = (calls[position] ?? 0) + more;
      execMs[position] = (execMs[position] ?? 0) + (ms[index] ?? 0);
      blocks[position] = (blocks[position] ?? 0) + (read[index] ?? 0);
    }
    let waitedMs = 0;
    let expectedMs = 0;
    for (let place = 0; place < count; place += 1) {
      const position = touched[place] ?? 0;
      const before = usualBlocks[position] ?? 0;
      const growth = before > 0 ? (blocks[position] ?? 0) / (calls[position] ?? 1) / before : 1;
      const expected = (calls[position] ?? 0) * (meanMs[position] ?? 0) * Math.max(1, growth);
      expectedMs += expected;
      waitedMs += Math.max(0, (execMs[position] ?? 0) - expected);
      calls[position] = execMs[position] = blocks[position] = 0;
    }
    if (between !== null && minute.betweenMs !== null && minute.saves > 0) {
      const growth = between.callsPerSave === 0 ? 1 : minute.savingCalls / minute.saves / between.callsPerSave;
      const expected = minute.saves * between.meanMs * Math.max(1, growth);
      expectedMs += expected;
      waitedMs += Math.max(0, minute.betweenMs - expected);
    }
    const felt = expectedMs === 0 ? waitedMs > 0 : waitedMs / expectedMs >= leastExcess;
    return felt ? waitedMs / 1000 : 0;
  });
}

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
