import { defaultGuardLimits } from '../../../electron/core/schedule/decide/load-guard.ts';
import type { ModelState, ScheduleSettings, TickState } from '../../../electron/core/schedule/decide/tick-state.ts';
import type { AgedBudget } from '../../../shared/model/freshness.ts';
import type { Lease } from '../../../shared/model/schedule.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const freeLease = (readModel: string, epoch = 0): Lease => ({
  readModel,
  epoch,
  holder: null,
  heartbeatAtMs: null,
  deadlineMs: null,
});

export interface ModelChanges extends Partial<ModelState> {
  /** Of its only consumer; null: it has none. */
  readonly budget?: AgedBudget | null;
}

/** A model with a budget of an hour that was filled at 0 and has never failed. */
export function modelState({ budget = { minutes: 60 }, ...changes }: ModelChanges = {}): ModelState {
  const readModel = changes.readModel ?? 'sales';
  return {
    readModel,
    schedule: { kind: 'budget' },
    setAtMs: 0,
    paused: null,
    stopped: null,
    nextDueMs: null,
    owner: 'Finance',
    budgets: budget === null ? [] : [{ budget, consumer: 'widget:sales' }],
    reads: [],
    suspended: false,
    asOfMs: 0,
    lease: freeLease(readModel),
    running: null,
    lastStartedMs: 0,
    lastEndedMs: minuteMs,
    durationsMs: [minuteMs],
    failures: 0,
    lastFailedMs: null,
    lastError: null,
    recentFailures: [],
    gaveUp: false,
    retryAtMs: null,
    askedAtMs: null,
    held: null,
    sourceMovedAtMs: null,
    ...changes,
  };
}

export const settings: ScheduleSettings = { atOnce: 2, effort: { workers: 2 }, guard: null };
export const guardedSettings: ScheduleSettings = { ...settings, guard: defaultGuardLimits };

export const tickState = (changes: Partial<TickState> = {}): TickState => ({
  runner: 'agent-1',
  models: [],
  calendars: [],
  runners: [],
  episodes: [],
  load: null,
  cannot: [],
  settings,
  ...changes,
});
