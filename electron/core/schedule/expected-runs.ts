import type { SkipCalendar } from '../../../shared/model/schedule.ts';
import type { ExpectedRun } from '../../../shared/model/schedule-view.ts';
import { dueNow } from './decide/due-now.ts';
import type { Models } from './decide/needs.ts';
import { nextDue } from './decide/next-due.ts';
import { openWindow, windowsNow } from './decide/skip-windows.ts';
import type { ModelState } from './decide/tick-state.ts';

/** What was never measured is taken to be over at once: the moments are what is asked for. */
const unmeasuredMs = 0;

/**
 * The next refreshes as things stand, each as if the one before had begun in time and taken as long as usual. What
 * follows other models, or waits for a person, has none by the clock.
 */
export function expectedRuns(
  model: ModelState,
  models: Models,
  calendars: readonly SkipCalendar[],
  nowMs: number,
  count: number,
): ExpectedRun[] {
  const runs: ExpectedRun[] = [];
  if (model.paused !== null || model.stopped !== null || model.suspended) return runs;
  const usualMs = models.usual(model.readModel) ?? unmeasuredMs;
  let last = model;
  while (runs.length < count) {
    const { dueMs } = runs.length === 0 ? dueNow(last, models, nowMs) : nextDue(last, models);
    if (dueMs === null) break;
    const earliestMs = Math.max(dueMs, nowMs, last.retryAtMs ?? 0);
    const window = openWindow(windowsNow(calendars, earliestMs), model.readModel, 'noRefresh');
    const atMs = window?.toMs ?? earliestMs;
    runs.push({ atMs, window });
    if (model.schedule.kind === 'after') break;
    last = { ...last, asOfMs: atMs, lastStartedMs: atMs, lastEndedMs: atMs + usualMs, retryAtMs: null };
  }
  return runs;
}
