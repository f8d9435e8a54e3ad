import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Models } from './needs.ts';
import { nextDue, type Due } from './next-due.ts';
import type { ModelState } from './tick-state.ts';
import { why } from './why.ts';

/** What lies further ahead than clocks differ was written before the server's clock was set back. */
const setBackMs = 60_000;

/** Whether a moment in the registry's rows is one that the server's clock has still before it, and has had already. */
export const isAhead = (atMs: number | null, nowMs: number): boolean => atMs !== null && atMs > nowMs + setBackMs;

/**
 * When it is due, and what the registry should say. Rows from the future would never be due, so they are at once; of a
 * schedule that was set in the future nothing is known but that it is there.
 */
export function dueNow(model: ModelState, models: Models, nowMs: number): Due {
  const { asOfMs, lastStartedMs, setAtMs, schedule } = model;
  if (schedule.kind === 'hand') return nextDue(model, models);
  const latestMs = Math.max(asOfMs ?? -Infinity, lastStartedMs ?? -Infinity);
  if (isAhead(latestMs, nowMs)) {
    const text = (): string => `the server's clock was set back by ${formatDuration(latestMs - nowMs)} or more`;
    const dueMs = momentBehind(model, nowMs);
    return { ...nextDue(model, models), dueMs, latestStartMs: dueMs, reason: why('catch_up', text) };
  }
  if (!isAhead(setAtMs, nowMs)) return nextDue(model, models);
  const sinceMs = latestMs === -Infinity ? momentBehind(model, nowMs) : latestMs;
  return nextDue({ ...model, setAtMs: sinceMs }, models);
}

/** The same at every tick, so that it is written once: when its schedule was set, or the due time that is written already. */
function momentBehind({ setAtMs, nextDueMs }: ModelState, nowMs: number): number {
  if (setAtMs <= nowMs) return setAtMs;
  return nextDueMs !== null && nextDueMs <= nowMs ? nextDueMs : nowMs;
}
