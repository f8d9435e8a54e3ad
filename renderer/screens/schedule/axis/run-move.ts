import { formatClock } from '../../../../shared/format/zoned-time.ts';
import type { Budget } from '../../../../shared/model/freshness.ts';
import { movedRun } from '../../../../shared/model/moved-run.ts';
import { type ShownWindow, windowAt } from '../../../../shared/model/open-windows.ts';
import type { Schedule } from '../../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { sessionsOf, usualAt, type UsualLoad } from '../../../../shared/model/usual-load.ts';
import { momentShort } from '../../../app/moments.ts';

/** A planned run that somebody holds, by mouse or keyboard. */
export interface HeldRun {
  readonly readModel: string;
  /** Where it was planned. */
  readonly fromMs: number;
  /** Where it is held now. */
  readonly toMs: number;
}

export type MoveVerdict =
  | { readonly ok: true; readonly schedule: Extract<Schedule, { kind: 'cron' }> }
  | { readonly ok: false; readonly why: string };

/** What dropping a run there would do, or why it cannot be dropped. */
export function verdictOn(
  model: ScheduledModelView,
  { fromMs, toMs }: HeldRun,
  windows: readonly ShownWindow[],
  nowMs: number,
  timeZone: string,
): MoveVerdict {
  const window = windowAt(windows, model.readModel, toMs);
  if (window !== null) {
    return {
      ok: false,
      why: `${momentShort(toMs, nowMs)} lies inside ${window.calendar}, which lets nothing be refreshed until ${momentShort(window.toMs, nowMs)}.`,
    };
  }
  return movedRun({
    schedule: model.schedule,
    fromMs,
    toMs,
    everyMs: everyMs(model),
    timeZone: zoneOf(model.budget, timeZone),
  });
}

/** Between two of its planned runs, ms: the shortest, since a window may hold some back. */
export function everyMs({ nextRuns }: Pick<ScheduledModelView, 'nextRuns'>): number | null {
  const gaps = nextRuns.slice(1).map(({ atMs }, index) => atMs - (nextRuns[index]?.atMs ?? atMs));
  const apart = gaps.filter((gap) => gap > 0);
  return apart.length === 0 ? null : Math.min(...apart);
}

/** A night has a zone of its own, and so has the time that takes its place. */
const zoneOf = (budget: Budget | null, timeZone: string): string =>
  budget !== null && budget !== 'live' && 'nightly' in budget ? budget.nightly.timeZone : timeZone;

/** "05:15 instead of 07:30 · usually 0.4 active sessions instead of 4.1" */
export function heldText({ fromMs, toMs }: HeldRun, usual: UsualLoad | null, timeZone: string): string {
  const clocks =
    toMs === fromMs
      ? formatClock(toMs, timeZone)
      : `${formatClock(toMs, timeZone)} instead of ${formatClock(fromMs, timeZone)}`;
  const [there, here] = [toMs, fromMs].map((atMs) => {
    const slot = usual === null ? null : usualAt(usual, atMs, timeZone);
    return slot === null ? null : sessionsOf(slot);
  });
  if (there == null) return clocks;
  const instead = here == null || toMs === fromMs ? '' : ` instead of ${here.toFixed(1)}`;
  return `${clocks} · usually ${there.toFixed(1)} active sessions${instead}`;
}
