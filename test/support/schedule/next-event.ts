import { staleAfterMs } from '../../../electron/core/schedule/decide/lease.ts';
import { lateFromMs } from '../../../electron/core/schedule/decide/nights.ts';
import { windowsNow } from '../../../electron/core/schedule/decide/skip-windows.ts';
import { missingAfterMs } from '../../../electron/core/schedule/decide/watchdog.ts';
import type { World } from './world.ts';

/** Nothing is waited for longer than this. */
const longestStepMs = 2 * 3_600_000;
/** What the guard holds back is looked at again this often. */
const guardStepMs = 60_000;

/** From a claim to its run. */
const claimStepMs = 1_000;

/** The next moment at which somebody could have something to do: then all runners tick. In between they would find nothing. */
export function nextEventMs(world: World): number {
  const { nowMs, shiftMs, plan } = world;
  let nextMs = Math.min(plan.endMs + shiftMs, nowMs + longestStepMs);
  const event = (atMs: number | null | undefined): void => {
    if (atMs !== null && atMs !== undefined && atMs > nowMs && atMs < nextMs) nextMs = Math.ceil(atMs);
  };
  const awake = new Set(world.awake.map(({ name }) => name));
  for (const model of world.models.values()) {
    event(model.nextDueMs);
    event(model.retryAtMs);
    event(model.held?.untilMs);
    event(model.running?.endByMs);
    if (model.held?.state === 'postponed') event(nowMs + guardStepMs);
    const { holder, heartbeatAtMs, deadlineMs } = model.lease;
    if (heartbeatAtMs !== null && !awake.has(holder ?? '')) event(heartbeatAtMs + staleAfterMs + 1);
    if (deadlineMs !== null) event(deadlineMs + staleAfterMs + 1);
    for (const { budget } of model.budgets) event(lateFromMs(model.asOfMs ?? model.setAtMs, budget) + 1);
  }
  if (world.claims.length > 0) event(nowMs + claimStepMs);
  for (const job of world.jobs.values()) event(job.serverEndMs);
  for (const { down } of plan.runners) {
    for (const { fromMs, toMs } of down) {
      event(fromMs + shiftMs);
      event(toMs + shiftMs);
    }
  }
  for (const { runner, heartbeatAtMs } of world.heartbeats.values()) {
    if (!awake.has(runner)) event(heartbeatAtMs + missingAfterMs + 1);
  }
  for (const { fromMs, toMs } of plan.loads) {
    event(fromMs + shiftMs);
    event(toMs + shiftMs);
    if (fromMs + shiftMs <= nowMs && nowMs < toMs + shiftMs + 2 * guardStepMs) event(nowMs + guardStepMs);
  }
  for (const { atMs } of plan.acts) event(atMs + shiftMs);
  for (const { atMs } of plan.jumps) event(atMs + shiftMs);
  for (const { windows } of windowsNow(world.calendars, nowMs).calendars) {
    for (const { fromMs, toMs } of windows) {
      event(fromMs);
      event(toMs);
    }
  }
  return nextMs;
}
