import type { Baseline } from '../baseline.ts';
import type { Catalog, StatementGroup } from '../catalog.ts';
import { measureDamage } from '../damage.ts';
import type { TimeWindow } from '../input.ts';
import { overlapShare, type Interval } from '../intervals.ts';
import type { Study } from '../study.ts';
import { scaledTo, type Panel, type PanelRow } from './panel.ts';
import type { Done, WorkDone, WorkSpan } from './work-done.ts';

/** More rows than this say nothing more, and every one of them is shifted against every other. */
const mostRows = 360;
const always: TimeWindow = { fromMs: -Infinity, toMs: Infinity };

/**
 * One morning, and what is stored around it: neighbouring intervals as rows of about equal length (background and
 * incident mode take snapshots at different distances), waiting OLTP sessions as the outcome. Rows that no sample
 * looked into are left out.
 */
export function morningPanel(
  studied: Study,
  baseline: Baseline,
  window: TimeWindow,
  done: ReadonlyMap<StatementGroup, Done>,
): Panel {
  const suspects = [...done.keys()];
  const { catalog, intervals } = studied;
  const bucketMs = rowLength(intervals);
  const damageOf = new Map(
    measureDamage(intervals, always, baseline, studied).map((damage) => [damage.interval, damage] as const),
  );
  const merged = mergeNeighbours(intervals, bucketMs).filter((parts) =>
    parts.some(({ samples }) => samples.length > 0),
  );
  const rows = merged.map((parts): PanelRow => {
    const seconds = parts.reduce((sum, one) => sum + one.seconds, 0);
    const total = (value: (interval: Interval) => number) => parts.reduce((sum, one) => sum + value(one), 0);
    return {
      fromMs: parts[0]?.fromMs ?? 0,
      toMs: parts.at(-1)?.toMs ?? 0,
      day: 0,
      slot: 0,
      weight: seconds,
      outcome: total((one) => damageOf.get(one)?.seconds ?? 0) / seconds,
      load: total((one) => damageOf.get(one)?.workSeconds ?? 0) / seconds,
      inWindow: total((one) => one.seconds * overlapShare(one, window)) / seconds,
    };
  });
  const exposures = sessionsOf(
    suspects,
    merged.map((parts) => parts.flatMap(({ samples }) => samples)),
    catalog,
  );
  const columns = suspects.map((group, index) => {
    const exposure = exposures[index] ?? new Float64Array(rows.length);
    const work = workIn(rows, done.get(group)?.work ?? null);
    return { groups: [group], exposure, work: work === null ? null : scaledTo(exposure, work, rows) };
  });
  return { kind: 'morning', rows, columns, days: 1, slots: 1, bucketMs };
}

/** Average active sessions of each group in each row. */
export function sessionsOf(
  suspects: readonly StatementGroup[],
  samplesOfRow: readonly Interval['samples'][],
  catalog: Catalog,
): Float64Array[] {
  const indexOf = new Map(suspects.map((group, index) => [group, index]));
  const exposures = suspects.map(() => new Float64Array(samplesOfRow.length));
  for (const [row, samples] of samplesOfRow.entries()) {
    for (const { rows } of samples) {
      for (const { statementId, use } of rows) {
        if (use === null) continue;
        const group = catalog.groupOf(statementId);
        const exposure = group === null ? undefined : exposures[indexOf.get(group) ?? -1];
        if (exposure !== undefined) exposure[row] = (exposure[row] ?? 0) + 1 / samples.length;
      }
    }
  }
  return exposures;
}

/** The length that nine tenths of the stored time have at most, and not so short that there are too many rows. */
function rowLength(intervals: readonly Interval[]): number {
  const ordered = intervals.toSorted((a, b) => a.seconds - b.seconds);
  const total = ordered.reduce((sum, { seconds }) => sum + seconds, 0);
  let below = 0;
  const usual = ordered.find(({ seconds }) => (below += seconds) >= 0.9 * total)?.seconds ?? 1;
  return Math.max(usual, total / mostRows) * 1000;
}

function mergeNeighbours(intervals: readonly Interval[], bucketMs: number): Interval[][] {
  const rows: Interval[][] = [];
  for (const interval of intervals) {
    const row = rows.at(-1);
    const [first] = row ?? [];
    const whole = first === undefined || (row?.at(-1)?.toMs ?? 0) - first.fromMs >= 0.9 * bucketMs;
    const gap = first !== undefined && interval.fromMs - (row?.at(-1)?.toMs ?? 0) > bucketMs / 2;
    if (row === undefined || whole || gap) rows.push([interval]);
    else row.push(interval);
  }
  return rows;
}

function workIn(rows: readonly PanelRow[], done: WorkDone | null): Float64Array | null {
  if (done === null) return null;
  const work = new Float64Array(rows.length);
  for (const span of done.spans) spread(work, rows, span);
  return work;
}

/** Adds the amount per second of each row, in proportion to what the row shares with the span. */
function spread(into: Float64Array, rows: readonly PanelRow[], span: WorkSpan): void {
  const lengthMs = Math.max(1, span.toMs - span.fromMs);
  for (let index = firstEndingAfter(rows, span.fromMs); index < rows.length; index += 1) {
    const row = rows[index];
    if (row === undefined || row.fromMs >= span.toMs) break;
    const shared = Math.min(row.toMs, span.toMs) - Math.max(row.fromMs, span.fromMs);
    into[index] = (into[index] ?? 0) + (span.amount * shared) / lengthMs / row.weight;
  }
}

function firstEndingAfter(rows: readonly PanelRow[], atMs: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.toMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
