import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';

/** A read model that was read an hour before moment 0 and is due in an hour, with a budget of two. */
export const scheduledModel = (changes: Partial<ScheduledModelView> = {}): ScheduledModelView => ({
  readModel: 'sales',
  owner: 'Controlling',
  schedule: { kind: 'budget' },
  setBy: null,
  setAtMs: -24 * hourMs,
  budget: { minutes: 120 },
  consumer: 'widget:sales',
  reads: [],
  suspended: false,
  paused: null,
  stopped: null,
  asOfMs: -hourMs,
  nextDueMs: hourMs,
  dueReason: { code: 'due', text: 'its budget ends at 02:00' },
  nextRuns: [],
  lease: { readModel: 'sales', epoch: 3, holder: null, heartbeatAtMs: null, deadlineMs: null },
  running: null,
  held: null,
  usualMs: 10_000,
  pace: null,
  failures: 0,
  lastError: null,
  retryAtMs: null,
  ...changes,
});

export const hourMs = 3_600_000;
