import type { Timeline } from '../../../shared/model/diagnosis.ts';
import { fewestIntervals, quietOf, type UsualBetween } from './baseline.ts';
import { leastExcess, leastWaiting } from './diagnose.ts';
import { coresFrom, type Point } from './estimate-cores.ts';
import { weightedMedian } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';
import type { TimelineOptions } from './timeline.ts';
import { lookThrough, type Looked } from './timeline-look.ts';
import { layers, worstStretch, type Bucket } from './timeline-parts.ts';
import { studyRollups, totalCalls, type RolledHistory } from './timeline-study.ts';
import { statementTable, type StatementTable } from './timeline-table.ts';
import { groupSums, sumGroups, usualOfStretches, type GroupSums } from './timeline-usual.ts';
import type { UsualLatencies } from './usual.ts';

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
  const { looked, origins } = lookThrough(input, options, table);
  const { usual, between, found } = quietTimes(looked, input.cores, table, unit);
  const measured = measure(looked, { usual, between }, table, unit);
  const cores = input.cores.value === null ? coresFrom(pointsOf(measured)) : input.cores;
  const buckets = bucketsOf(input, options.bucketMs, measured, found);
  return {
    fromMs: input.fromMs,
    toMs: input.toMs,
    bucketMs: options.bucketMs,
    cores: cores.value,
    coresSource: cores.source,
    buckets,
    storedFromMs: options.stored?.fromMs ?? null,
    storedToMs: options.stored?.toMs ?? null,
    origins,
    suggestion: worstStretch(buckets, options.bucketMs, input),
  };
}

/** Quiet minutes that usual latencies are read from: an hour of them, half of what a verdict takes. */
const mostQuiet = 60;

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
    if (telling === mostQuiet) break;
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
  readonly calls: number;
  readonly spentMs: number;
  /** n * L0 */
  readonly usualMs: number;
  /** n * L*, L* = L0 * max(1, W / W0) */
  readonly expectedMs: number;
  /** D_v = n * max(0, L - L*), all victims together. */
  readonly waitedMs: number;
}

function measure(
  looked: readonly Looked[],
  { usual, between }: { readonly usual: UsualLatencies; readonly between: UsualBetween | null },
  table: StatementTable,
  unit: SaveUnit,
): Measured[] {
  const sums = groupSums(table.groups.length);
  const { belongs } = table.saving(unit);
  const wanted = belongs.map((one, position) => Number(one === 1 || !Number.isNaN(usual.meanMs[position])));
  return looked.map((minute) => {
    sumGroups(sums, minute.rollup, table, wanted);
    const { saves, savingCalls, spentMs } = savingIn(sums, table, unit);
    const { betweenMs } = minute;
    const excess = addPauses(excessIn(sums, usual), between, { betweenMs, saves, savingCalls });
    return { ...minute, saves, spentMs: spentMs + (unit.kind === 'saves' ? (betweenMs ?? 0) : 0), excess };
  });
}

/** Plain numbers and no objects within the loop: it runs a million times for a day. */
function excessIn({ count, touched, calls, execUs, blocks }: GroupSums, usual: UsualLatencies): Excess {
  const { meanMs, blocks: work } = usual;
  let [n, spentMs, usualMs, expectedMs, waitedMs] = [0, 0, 0, 0, 0];
  for (let place = 0; place < count; place += 1) {
    const position = touched[place] ?? 0;
    const mean = meanMs[position] ?? NaN;
    if (Number.isNaN(mean)) continue;
    const ran = calls[position] ?? 0;
    const before = work[position] ?? 0;
    const growth = before > 0 ? (blocks[position] ?? 0) / ran / before : 1;
    const spent = (execUs[position] ?? 0) / 1000;
    const expected = ran * mean * (growth > 1 ? growth : 1);
    n += ran;
    spentMs += spent;
    usualMs += ran * mean;
    expectedMs += expected;
    if (spent > expected) waitedMs += spent - expected;
  }
  return { calls: n, spentMs, usualMs, expectedMs, waitedMs };
}

function addPauses(
  excess: Excess,
  between: UsualBetween | null,
  { betweenMs, saves, savingCalls }: { betweenMs: number | null; saves: number; savingCalls: number },
): Excess {
  if (between === null || betweenMs === null || saves === 0) return excess;
  const growth = between.callsPerSave === 0 ? 1 : savingCalls / saves / between.callsPerSave;
  const usualMs = saves * between.meanMs;
  const expectedMs = usualMs * Math.max(1, growth);
  return {
    calls: excess.calls,
    spentMs: excess.spentMs + betweenMs,
    usualMs: excess.usualMs + usualMs,
    expectedMs: excess.expectedMs + expectedMs,
    waitedMs: excess.waitedMs + Math.max(0, betweenMs - expectedMs),
  };
}

/** Seconds of damage; 0 where it is no more than ordinary noise, the same line as the verdict's. */
function feltSeconds({ expectedMs, waitedMs }: Excess, lengthMs: number): number {
  if (waitedMs / lengthMs < leastWaiting) return 0;
  const felt = expectedMs === 0 ? waitedMs > 0 : waitedMs / expectedMs >= leastExcess;
  return felt ? waitedMs / 1000 : 0;
}

const pointsOf = (measured: readonly Measured[]): Point[] =>
  measured.flatMap(({ rollup, excess: { calls, spentMs, usualMs } }) => {
    if (rollup.samples === 0 || usualMs === 0) return [];
    return [{ sessions: rollup.onCpu, slowdown: spentMs / usualMs, weight: Math.sqrt(calls) }];
  });

function bucketsOf(
  { fromMs, toMs }: TimeWindow,
  bucketMs: number,
  measured: readonly Measured[],
  withDamage: boolean,
): Bucket[] {
  const buckets = new Map<number, Sums>();
  for (const { rollup, rows, saves, spentMs, excess } of measured) {
    if (rollup.toMs <= fromMs || rollup.fromMs >= toMs) continue;
    const atMs = Math.floor(rollup.fromMs / bucketMs) * bucketMs;
    const sums = buckets.get(atMs) ?? { rows: layers.map(() => 0), samples: 0, saves: 0, spentMs: 0, damageSeconds: 0 };
    buckets.set(atMs, sums);
    for (const [layer, count] of rows.entries()) sums.rows[layer] = (sums.rows[layer] ?? 0) + count;
    sums.samples += rollup.samples;
    sums.saves += saves;
    sums.spentMs += spentMs;
    if (withDamage) sums.damageSeconds += feltSeconds(excess, rollup.toMs - rollup.fromMs);
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
