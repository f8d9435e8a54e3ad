import { describe, expect, test } from 'vitest';
import { Watchdog } from '../../../../electron/core/alerts/watchdog.ts';
import type { WatchedModel, WatchFacts } from '../../../../electron/core/read-model/registry/watch-facts.ts';
import type { AlertEpisode, AlertStep } from '../../../../shared/model/alert.ts';
import { hourMs, minuteMs, seven } from './some-alerts.ts';

const model = (changes: Partial<WatchedModel> = {}): WatchedModel => ({
  readModel: 'sales',
  schedule: { kind: 'budget' },
  setAtMs: seven - 30 * 24 * hourMs,
  paused: null,
  stopped: null,
  nextDueMs: null,
  owner: 'Controlling',
  budgets: [],
  reads: [],
  suspended: false,
  asOfMs: seven - 25 * hourMs,
  lease: { readModel: 'sales', epoch: 0, holder: null, heartbeatAtMs: null, deadlineMs: null },
  running: null,
  lastStartedMs: null,
  lastEndedMs: null,
  durationsMs: [],
  failures: 0,
  recentFailures: [],
  lastFailedMs: null,
  lastError: null,
  gaveUp: false,
  retryAtMs: null,
  askedAtMs: null,
  held: null,
  sourceMovedAtMs: null,
  sourceWrites: 1_000,
  ...changes,
});
const facts = (changes: Partial<WatchedModel> = {}, more: Partial<WatchFacts> = {}): WatchFacts => ({
  nowMs: seven,
  models: [model(changes)],
  upSinceMs: 0,
  runners: [],
  calendars: [],
  ...more,
});
const newWatchdog = () => new Watchdog(async () => null);
const words = (steps: readonly AlertStep[]) =>
  steps.map(({ step, episode }) => `${step} ${episode.kind} ${episode.subject}`);

describe('a watchdog without any runner', () => {
  test('sees a source that moves while the as-of stays, and keeps the episode over its own restart', () => {
    const watchdog = newWatchdog();
    // Due each hour, and nobody has refreshed it since yesterday.
    const hourly = {
      schedule: { kind: 'cron', expression: '0 * * * *', timeZone: 'UTC' },
      lastStartedMs: seven - 25 * hourMs,
    } as const;
    expect(watchdog.stepsOf('erp', facts(hourly), [], seven)).toEqual([]);
    const steps = watchdog.stepsOf('erp', facts({ ...hourly, sourceWrites: 1_010 }), [], seven + minuteMs);
    expect(words(steps)).toEqual(['open source_moved sales']);
    const open = steps.map(({ episode }): AlertEpisode => episode);
    const restarted = newWatchdog();
    expect(
      words(restarted.stepsOf('erp', facts({ ...hourly, sourceWrites: 1_010 }), open, seven + 2 * minuteMs)),
    ).toEqual(['still source_moved sales']);
    const refreshed = facts({
      ...hourly,
      sourceWrites: 1_010,
      lastStartedMs: seven + 3 * minuteMs,
      asOfMs: seven + 3 * minuteMs,
    });
    expect(words(restarted.stepsOf('erp', refreshed, open, seven + 4 * minuteMs))).toEqual([
      'recovered source_moved sales',
    ]);
  });

  test('takes counters that were reset for no change', () => {
    const watchdog = newWatchdog();
    watchdog.stepsOf('erp', facts(), [], seven);
    expect(watchdog.stepsOf('erp', facts({ sourceWrites: 3 }), [], seven + minuteMs)).toEqual([]);
  });

  test('sees a dead agent and its models grow old, and what was held back on purpose as no hurry', () => {
    const agent = {
      runner: 'agent on erp1',
      kind: 'agent' as const,
      heartbeatAtMs: seven - 5 * minuteMs,
      stoppedAtMs: null,
      cannot: [],
    };
    const late = { budgets: [{ budget: { minutes: 60 }, consumer: 'sales desk' }] };
    const steps = newWatchdog().stepsOf('erp', facts(late, { runners: [agent] }), [], seven);
    expect(words(steps)).toEqual(['open late sales', 'open agent_missing agent on erp1']);
    const paused = { atMs: seven, by: 'anna', why: 'stock taking' };
    const [step] = newWatchdog().stepsOf('erp', facts({ ...late, paused }), [], seven);
    expect(step?.episode.severity).toBe('info');
    expect(step?.episode.text).toContain('paused by anna: stock taking');
  });
});
