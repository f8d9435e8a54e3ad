import type { Baseline } from '../baseline.ts';
import type { StatementGroup } from '../catalog.ts';
import { pausesOfDays } from '../day-pauses.ts';
import type { DiagnosisInput, TimeWindow } from '../input.ts';
import type { Study } from '../study.ts';
import { clockOf, slotsFor } from './clock.ts';
import { DayCells } from './day-cells.ts';
import { scaledTo, type Panel, type PanelRow } from './panel.ts';
import type { Done } from './work-done.ts';

/** With fewer, clock and day effects leave nothing to compare. */
export const fewestDays = 3;

/**
 * The same part of several days as rows: raw intervals where they are stored, minutes of earlier days elsewhere. Excess
 * per OLTP call is the outcome and calls are the weight, so that a row weighs what its damage weighs. Working days are
 * not compared with weekends. Null with fewer than three days.
 */
export function daysPanel(
  input: Pick<DiagnosisInput, 'days' | 'origins' | 'calendar' | 'timeZone'>,
  studied: Study,
  baseline: Baseline,
  window: TimeWindow,
  done: ReadonlyMap<StatementGroup, Done>,
): Panel | null {
  const suspects = [...done.keys()];
  const { intervals, catalog, unit } = studied;
  const { calendar, days = [], timeZone } = input;
  const clock = clockOf(calendar, timeZone);
  const longestMs = Math.max(0, ...intervals.map(({ seconds }) => seconds * 1000));
  const slots = slotsFor(window, calendar, clock, calendar === undefined ? 0 : longestMs);
  if (slots === null) return null;
  const { weekend } = clock(window.fromMs);
  const comparable = (atMs: number): boolean => clock(atMs).weekend === weekend;
  const daysOf = (spans: readonly TimeWindow[]) => spans.map(({ fromMs }) => fromMs).filter(comparable);
  const known = new Set([...daysOf(intervals), ...daysOf(days)].map((atMs) => clock(atMs).day));
  if (known.size < fewestDays) return null;
  const table = new DayCells({ catalog, baseline, unit, suspects, clock, slots });
  for (const interval of intervals) if (comparable(interval.fromMs)) table.addInterval(interval);
  const rawFromMs = intervals[0]?.fromMs ?? Infinity;
  const rawToMs = intervals.at(-1)?.toMs ?? -Infinity;
  const isRaw = ({ fromMs, toMs }: TimeWindow) => toMs > rawFromMs && fromMs < rawToMs;
  const work = [...done.values()].map((own) => own.work);
  for (const [suspect, own] of work.entries()) for (const span of own?.spans ?? []) table.addWork(suspect, span);
  const minutes = days.filter((minute) => !isRaw(minute) && comparable(minute.fromMs));
  table.addRollups(
    minutes,
    work.map((own) => own?.unit ?? null),
    pausesOfDays(input, catalog),
  );

  const cells = table.cells().filter(({ looks, seconds }) => looks > 0 && seconds > 0);
  const told = cells.map((cell) => ({ cell, excess: table.excessOf(cell) })).filter(({ excess }) => excess.calls > 0);
  const dayNumbers = [...new Set(told.map(({ cell }) => cell.day))];
  if (dayNumbers.length < fewestDays) return null;
  const dayIndex = new Map(dayNumbers.map((day, index) => [day, index]));
  const rows = told.map(({ cell, excess }): PanelRow => {
    const shared = Math.min(cell.toMs, window.toMs) - Math.max(cell.fromMs, window.fromMs);
    return {
      fromMs: cell.fromMs,
      toMs: cell.toMs,
      day: dayIndex.get(cell.day) ?? 0,
      slot: cell.slot,
      weight: excess.calls,
      outcome: excess.seconds / excess.calls,
      load: excess.workSeconds / cell.seconds,
      inWindow: Math.max(0, shared) / (cell.toMs - cell.fromMs),
    };
  });
  const columns = suspects.map((group, index) => {
    const exposure = Float64Array.from(told, ({ cell }) => (cell.sessions[index] ?? 0) / cell.looks);
    const perSecond = Float64Array.from(told, ({ cell }) => (cell.work[index] ?? 0) / cell.seconds);
    // Minutes know calls and blocks, but no single runs.
    const unit = work[index]?.unit ?? null;
    const testable = unit !== null && (unit !== 'runs' || minutes.length === 0);
    return { groups: [group], exposure, work: testable ? scaledTo(exposure, perSecond, rows) : null };
  });
  return { kind: 'days', rows, columns, days: dayNumbers.length, slots: slots.count, bucketMs: slots.lengthMs };
}
