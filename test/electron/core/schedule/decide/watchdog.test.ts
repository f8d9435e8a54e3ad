import { describe, expect, test } from 'vitest';
import { indexModels } from '../../../../../electron/core/schedule/decide/needs.ts';
import { nextDue } from '../../../../../electron/core/schedule/decide/next-due.ts';
import type { ModelState } from '../../../../../electron/core/schedule/decide/tick-state.ts';
import { why, type Why } from '../../../../../electron/core/schedule/decide/why.ts';
import { missingAfterMs, watch } from '../../../../../electron/core/schedule/decide/watchdog.ts';
import type { AlertEpisode, AlertStep } from '../../../../../shared/model/alert.ts';
import type { RunnerHeartbeat } from '../../../../../shared/model/schedule.ts';
import { hourMs, minuteMs, modelState } from '../../../../support/schedule/model-state.ts';

function watchAt(
  nowMs: number,
  models: readonly ModelState[],
  open: readonly AlertEpisode[] = [],
  {
    holds = null,
    runners = [],
    upSinceMs,
  }: { holds?: Why | null; runners?: readonly RunnerHeartbeat[]; upSinceMs?: number } = {},
): readonly AlertStep[] {
  const index = indexModels(models);
  return watch(
    models.map((model) => ({ model, due: nextDue(model, index), holds })),
    index,
    runners,
    open,
    nowMs,
    upSinceMs,
  );
}
const only = (steps: readonly AlertStep[]): AlertStep => {
  const [step, ...more] = steps;
  if (step === undefined || more.length > 0) throw new Error(`${steps.length} steps`);
  return step;
};

describe('a model that is older than its budget', () => {
  test('opens one episode, which goes on until it is young again', () => {
    const model = modelState({ asOfMs: 0, budget: { minutes: 60 } });
    expect(watchAt(hourMs, [model])).toEqual([]);
    const opened = only(watchAt(hourMs + minuteMs, [model]));
    expect(opened).toMatchObject({
      step: 'open',
      episode: { kind: 'late', subject: 'sales', owner: 'Finance', severity: 'warning', openedAtMs: hourMs },
    });
    expect(opened.episode.text).toBe(
      'sales is as of 1970-01-01T00:00:00.000Z, 1 h 1 min ago; widget:sales accepts 1 h. It is due, and starts with the next runner that looks.',
    );
    expect(only(watchAt(2 * hourMs, [model], [opened.episode])).step).toBe('still');
    const over = only(watchAt(2 * hourMs, [{ ...model, asOfMs: 2 * hourMs - minuteMs }], [opened.episode]));
    expect(over).toMatchObject({ step: 'recovered', episode: { openedAtMs: hourMs, recoveredAtMs: 2 * hourMs } });
    expect(over.episode.recoveredText).toBe(
      'sales is as of 1970-01-01T01:59:00.000Z: within its budget again, after 1 h.',
    );
  });

  test('is told by the budget that ends first, whatever else is due before', () => {
    const asOfMs = 6 * hourMs + 2 * minuteMs;
    const budgets = [
      { budget: { nightly: { at: '07:00', timeZone: 'UTC' } }, consumer: 'the morning report' },
      { budget: { minutes: 60 }, consumer: 'sales desk' },
    ];
    const model = modelState({ asOfMs, budgets });
    expect(watchAt(asOfMs + hourMs, [model])).toEqual([]);
    const { episode } = only(watchAt(asOfMs + hourMs + 1, [model]));
    expect(episode.openedAtMs).toBe(asOfMs + hourMs);
    expect(episode.text).toContain('sales desk accepts 1 h');
    // What is older than the night, and younger than its day, is late by the night.
    const daily = [budgets[0], { budget: { minutes: 1440 }, consumer: 'sales desk' }].flatMap((each) => each ?? []);
    const { episode: night } = only(watchAt(8 * hourMs + 1, [modelState({ asOfMs, budgets: daily })]));
    expect(night.text).toContain('the morning report expects the refresh of 07:00');
  });

  test('is the same episode for all who look, whenever they do', () => {
    const model = modelState({ asOfMs: 0, budget: { minutes: 60 } });
    const [early, late] = [hourMs + 1, 3 * hourMs].map((nowMs) => only(watchAt(nowMs, [model])).episode.episodeId);
    expect(early).toBe(late);
  });

  test('on purpose, as in a window, is for information, and says the reason', () => {
    const holds = why('window', () => 'month-end since 7:00');
    const { episode } = only(watchAt(2 * hourMs, [modelState()], [], { holds }));
    expect(episode.severity).toBe('info');
    expect(episode.text).toContain('month-end since 7:00');
  });

  test('says what its schedule has to say, also where no runner has looked yet', () => {
    const textOf = (changes: Partial<ModelState>) => only(watchAt(2 * hourMs, [modelState(changes)])).episode.text;
    expect(textOf({ nextDueMs: null })).toContain('It is due, and starts with the next runner that looks.');
    expect(textOf({ schedule: { kind: 'hand' } })).toContain('Nothing makes it due: it is refreshed by hand only.');
    const nightly = { kind: 'cron', expression: '0 4 * * *', timeZone: 'UTC' } as const;
    expect(textOf({ schedule: nightly })).toContain('By its schedule it is due 1970-01-01T04:00:00.000Z.');
  });

  test('is told anew when the window ends and nothing refreshes it, in the words of then, and once', () => {
    const holds = why('window', () => 'month-end since 7:00');
    const model = modelState();
    const { episode } = only(watchAt(2 * hourMs, [model], [], { holds }));
    expect(only(watchAt(3 * hourMs, [model], [episode], { holds })).step).toBe('still');
    const raised = only(watchAt(14 * hourMs, [model], [episode]));
    expect(raised).toMatchObject({
      step: 'raised',
      episode: { episodeId: episode.episodeId, openedAtMs: hourMs, severity: 'warning' },
    });
    expect(raised.episode.text).toContain('14 h ago');
    expect(raised.episode.text).not.toContain('month-end');
    expect(only(watchAt(15 * hourMs, [model], [raised.episode])).step).toBe('still');
    // What is told to be a warning stays one, also in the next window.
    expect(only(watchAt(16 * hourMs, [model], [raised.episode], { holds })).step).toBe('still');
  });

  test('is given time to catch up after a window before that is told', () => {
    const reason = { code: 'window', text: 'month-end' } as const;
    const line = { readModel: 'sales', atMs: hourMs, state: 'skipped', dueMs: hourMs, runId: null } as const;
    const model = modelState({ held: { ...line, untilMs: 14 * hourMs, runner: 'agent-1', reason } });
    const { episode } = only(watchAt(2 * hourMs, [model], [], { holds: why('window', () => 'month-end') }));
    expect(only(watchAt(14 * hourMs + 29 * minuteMs, [model], [episode])).step).toBe('still');
    expect(only(watchAt(14 * hourMs + 30 * minuteMs, [model], [episode])).step).toBe('raised');
    const startedAtMs = 14 * hourMs + 20 * minuteMs;
    const run = { runId: 'r1', runner: 'agent-1', epoch: 1, startedAtMs, endByMs: 20 * hourMs } as const;
    const running = modelState({ running: { ...run, effort: { workers: 0 }, cancelAsked: null } });
    expect(only(watchAt(14 * hourMs + 40 * minuteMs, [running], [episode])).step).toBe('still');
    expect(only(watchAt(14 * hourMs + 51 * minuteMs, [running], [episode])).step).toBe('raised');
  });

  test('of rows from the future says so where something holds them, since nobody knows their age', () => {
    const model = modelState({ asOfMs: 30 * hourMs });
    expect(watchAt(2 * hourMs, [model])).toEqual([]);
    const { episode } = only(watchAt(2 * hourMs, [model], [], { holds: why('stopped', () => 'It stopped.') }));
    expect(episode).toMatchObject({ kind: 'late', severity: 'warning', openedAtMs: 2 * hourMs });
    expect(episode.text).toContain("which lies ahead: the server's clock was set back");
    expect(only(watchAt(2 * hourMs, [{ ...model, schedule: { kind: 'hand' } }])).episode.kind).toBe('late');
  });

  test('is known by those who only look, with every runner dead', () => {
    const running = {
      runId: 'r1',
      runner: 'agent-1',
      epoch: 1,
      startedAtMs: hourMs,
      endByMs: 9 * hourMs,
      effort: { workers: 0 },
      cancelAsked: null,
    };
    expect(only(watchAt(2 * hourMs, [modelState({ running })])).episode.text).toContain(
      'It is being refreshed by agent-1 for 1 h, usually 1 min.',
    );
  });

  test('of a night is late when the morning’s hour of grace is over', () => {
    const model = modelState({ asOfMs: 0, budget: { nightly: { at: '04:00', timeZone: 'UTC' } } });
    expect(watchAt(5 * hourMs, [model])).toEqual([]);
    expect(only(watchAt(5 * hourMs + 1, [model])).episode.kind).toBe('late');
  });

  test('is no more late when nobody expects anything, or it is gone', () => {
    const { episode } = only(watchAt(2 * hourMs, [modelState()]));
    expect(only(watchAt(2 * hourMs, [modelState({ budget: null })], [episode])).episode.recoveredText).toBe(
      'Nobody expects sales to be fresh any more.',
    );
    expect(only(watchAt(2 * hourMs, [], [episode])).episode.recoveredText).toBe('sales is no read model any more.');
  });
});

describe('a source that moves while the as-of stands still', () => {
  const hourly = { schedule: { kind: 'cron', expression: '0 * * * *', timeZone: 'UTC' }, budget: null } as const;

  test('is noticed two intervals after the refresh was due, also without any budget', () => {
    const model = modelState({ ...hourly, sourceMovedAtMs: minuteMs });
    expect(watchAt(3 * hourMs, [model])).toEqual([]);
    expect(only(watchAt(3 * hourMs + 1, [model])).episode).toMatchObject({
      kind: 'source_moved',
      openedAtMs: 3 * hourMs,
    });
    expect(watchAt(9 * hourMs, [{ ...model, sourceMovedAtMs: 0 }])).toEqual([]);
  });

  test('is not told of a night in which nothing is due', () => {
    const office = { ...hourly, schedule: { ...hourly.schedule, expression: '*/45 6-20 * * *' } };
    const evening = 20 * hourMs + 45 * minuteMs;
    const model = modelState({ ...office, asOfMs: evening, lastStartedMs: evening, sourceMovedAtMs: 29 * hourMs });
    expect(watchAt(29 * hourMs, [model])).toEqual([]);
  });

  test('is noticed of a model that follows others an hour after they were refreshed', () => {
    const parent = modelState({ readModel: 'parent', lastEndedMs: 5 * hourMs, asOfMs: 5 * hourMs });
    const model = modelState({
      schedule: { kind: 'after', parents: ['parent'] },
      budget: null,
      sourceMovedAtMs: 5 * hourMs,
    });
    expect(watchAt(6 * hourMs, [model, { ...parent, budgets: [] }])).toEqual([]);
    expect(only(watchAt(6 * hourMs + 1, [model, { ...parent, budgets: [] }])).episode.kind).toBe('source_moved');
  });

  test('is not told a second time of a model that is late, nor of one that people hold back', () => {
    const model = modelState({ ...hourly, budget: { minutes: 60 }, sourceMovedAtMs: 9 * hourMs });
    expect(watchAt(9 * hourMs, [model]).map(({ episode }) => episode.kind)).toEqual(['late']);
    const held = { ...model, budgets: [], paused: { atMs: 0, by: 'Ada', why: '' } };
    expect(watchAt(9 * hourMs, [held])).toEqual([]);
  });
});

describe('a refresh that takes too much of its interval', () => {
  const taking = (minutes: number) =>
    modelState({ budget: { minutes: 60 }, durationsMs: [minutes * minuteMs], asOfMs: hourMs });

  test('is one episode while it hovers about the half', () => {
    const opened = only(watchAt(hourMs, [taking(22)]));
    expect(opened.episode).toMatchObject({ kind: 'slow', severity: 'info' });
    expect(opened.episode.text).toContain('sales: its refresh takes 22 min (p95), 58 % of its interval of 38 min');
    expect(only(watchAt(hourMs, [taking(18)], [opened.episode])).step).toBe('still');
    expect(only(watchAt(hourMs, [taking(10)], [opened.episode])).step).toBe('recovered');
    expect(watchAt(hourMs, [taking(18)])).toEqual([]);
  });

  test('is a warning once its interval is stretched', () => {
    const { episode } = only(watchAt(hourMs, [taking(30)]));
    expect(episode.severity).toBe('warning');
    expect(episode.text).toContain('the interval is stretched to 37 min 30 s');
  });
});

describe('a schedule', () => {
  test('that stopped is critical, and tells its owner what to do', () => {
    const model = modelState({
      asOfMs: hourMs,
      stopped: { atMs: 7, sqlstate: '42703', error: 'No column x.', runId: null },
    });
    const { episode } = only(watchAt(hourMs, [model]));
    expect(episode).toMatchObject({ kind: 'stopped', severity: 'critical', owner: 'Finance', openedAtMs: 7 });
    expect(episode.text).toContain('No column x. Its old rows are still served.');
  });

  test('whose retries were used up is told once, and its recovery', () => {
    const model = modelState({ asOfMs: hourMs, failures: 6, gaveUp: true, lastFailedMs: 9, lastError: 'Deadlock.' });
    const { episode } = only(watchAt(hourMs, [model]));
    expect(episode).toMatchObject({ kind: 'failing', openedAtMs: 9 });
    const over = only(watchAt(2 * hourMs, [modelState({ asOfMs: 2 * hourMs })], [episode]));
    expect(over.episode.recoveredText).toMatch(/^sales was refreshed, after/);
  });
});

describe('a model that no runner can refresh', () => {
  const trouble = { readModel: 'sales', text: 'Role reader may not refresh sales.', sinceMs: 7, untilMs: hourMs };
  const runner = (name: string, cannot: RunnerHeartbeat['cannot'], heartbeatAtMs = 2 * hourMs): RunnerHeartbeat => ({
    runner: name,
    kind: 'desktop',
    heartbeatAtMs,
    stoppedAtMs: null,
    cannot,
  });

  test('is late for that reason', () => {
    const runners = [runner('anna', [trouble]), runner('gone', [{ ...trouble, text: 'Old.' }], 0)];
    const { episode } = only(watchAt(2 * hourMs, [modelState()], [], { runners }));
    expect(episode.kind).toBe('late');
    expect(episode.text).toContain('anna cannot refresh it: Role reader may not refresh sales.');
    expect(episode.text).not.toContain('Old.');
  });

  test('and that nobody expects to be fresh is told once it is due, and not while another runner may have it', () => {
    const model = modelState({ budget: null, nextDueMs: hourMs });
    const runners = [runner('anna', [trouble]), runner('berta', [{ ...trouble, readModel: null, sinceMs: 9 }])];
    const { episode } = only(watchAt(2 * hourMs, [model], [], { runners }));
    expect(episode).toMatchObject({ kind: 'failing', subject: 'sales', openedAtMs: 9 });
    expect(episode.text).toContain('no runner can refresh it. anna cannot');
    expect(watchAt(2 * hourMs, [model], [], { runners: [...runners, runner('cleo', [])] })).toEqual([]);
    expect(watchAt(2 * hourMs, [{ ...model, nextDueMs: 3 * hourMs }], [], { runners })).toEqual([]);
  });
});

describe('an agent', () => {
  const agent: RunnerHeartbeat = {
    runner: 'erp-agent',
    kind: 'agent',
    heartbeatAtMs: 0,
    stoppedAtMs: null,
    cannot: [],
  };

  test('that does not report is missing, until it reports again', () => {
    const missed = only(watchAt(missingAfterMs + 1, [], [], { runners: [agent] }));
    expect(missed.episode).toMatchObject({ kind: 'agent_missing', subject: 'erp-agent', severity: 'critical' });
    const back = { ...agent, heartbeatAtMs: hourMs };
    const over = only(watchAt(hourMs, [], [missed.episode], { runners: [back] }));
    expect(over.episode.recoveredText).toBe('The agent erp-agent reports again, after 58 min.');
  });

  test('is not missed because the server was down, and has its time to come back', () => {
    const runners = [agent];
    const upSinceMs = hourMs;
    expect(watchAt(hourMs + missingAfterMs, [], [], { runners, upSinceMs })).toEqual([]);
    const missed = only(watchAt(hourMs + missingAfterMs + 1, [], [], { runners, upSinceMs }));
    expect(missed.episode.openedAtMs).toBe(hourMs + missingAfterMs);
  });

  test('that was missed already is not back because the server was started anew', () => {
    const runners = [agent];
    const missed = only(watchAt(missingAfterMs + 1, [], [], { runners }));
    expect(only(watchAt(hourMs + 1, [], [missed.episode], { runners, upSinceMs: hourMs })).step).toBe('still');
  });

  test('whose last report is from the future died before the clock was set back', () => {
    const nowMs = 30 * hourMs;
    const dead = { ...agent, heartbeatAtMs: nowMs + 24 * hourMs };
    expect(only(watchAt(nowMs, [], [], { runners: [dead] })).episode).toMatchObject({
      kind: 'agent_missing',
      openedAtMs: nowMs,
    });
    expect(watchAt(nowMs, [], [], { runners: [{ ...agent, heartbeatAtMs: nowMs + missingAfterMs }] })).toEqual([]);
  });

  test('that was stopped in good order is not missed, and a desktop never is', () => {
    expect(watchAt(hourMs, [], [], { runners: [{ ...agent, stoppedAtMs: 5 }] })).toEqual([]);
    expect(watchAt(hourMs, [], [], { runners: [{ ...agent, kind: 'desktop' }] })).toEqual([]);
  });
});
