import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../../electron/core/schedule/decide/command.ts';
import { firstMemory, tick } from '../../../../../electron/core/schedule/decide/tick.ts';
import type { ModelState, RunningRefresh, TickState } from '../../../../../electron/core/schedule/decide/tick-state.ts';
import type { Lease } from '../../../../../shared/model/schedule.ts';
import {
  freeLease,
  guardedSettings,
  hourMs,
  minuteMs,
  modelState,
  tickState,
  type ModelChanges,
} from '../../../../support/schedule/model-state.ts';
import { calendarOf } from '../../../../support/schedule/world-arbitrary.ts';
import { calmLoad } from '../../../../support/schedule/world-plan.ts';

const nowMs = hourMs - 2 * minuteMs;
const due = (changes: ModelChanges = {}): ModelState => modelState(changes);
const commandsAt = (atMs: number, state: Partial<TickState>) => tick(tickState(state), firstMemory, atMs).commands;
const ofKind = <K extends Command['kind']>(commands: readonly Command[], kind: K) =>
  commands.filter((command): command is Extract<Command, { kind: K }> => command.kind === kind);

const lease: Lease = { readModel: 'sales', epoch: 4, holder: 'agent-1', heartbeatAtMs: nowMs, deadlineMs: 2 * hourMs };
const running: RunningRefresh = {
  runId: 'r1',
  runner: 'agent-1',
  epoch: 4,
  startedAtMs: nowMs - minuteMs,
  endByMs: 2 * hourMs,
  effort: { workers: 2 },
  cancelAsked: null,
};

describe('a tick', () => {
  test('writes the due time once, and starts what is due', () => {
    const [plan] = ofKind(commandsAt(0, { models: [due()] }), 'plan');
    expect(plan?.nextDueMs).toBeGreaterThan(50 * minuteMs);
    const planned = due({ nextDueMs: plan?.nextDueMs ?? null });
    expect(commandsAt(0, { models: [planned] })).toEqual([]);
    expect(commandsAt(nowMs, { models: [planned] })).toMatchObject([
      {
        kind: 'start',
        readModel: 'sales',
        claim: { expectedEpoch: 0, epoch: 1, takenFrom: null },
        dueMs: plan?.nextDueMs,
        endByMs: nowMs + 10 * minuteMs,
        effort: { workers: 2 },
        reason: { code: 'due' },
      },
    ]);
  });

  test('leaves to others what its own runner cannot do, without a line for it, and tries again later', () => {
    const starts = (readModel: string | null, untilMs: number) => {
      const cannot = [{ readModel, text: 'no rights', sinceMs: 0, untilMs }];
      return commandsAt(nowMs, { models: [due({ askedAtMs: 1 })], cannot }).flatMap(({ kind }) =>
        kind === 'plan' ? [] : [kind],
      );
    };
    expect(starts('sales', nowMs + 1)).toEqual([]);
    expect(starts(null, nowMs + 1)).toEqual([]);
    expect(starts('costs', nowMs + 1)).toEqual(['start']);
    expect(starts('sales', nowMs)).toEqual(['start']);
  });

  test('gives the same answer to everybody who asks the same', () => {
    const state = { models: [due(), due({ readModel: 'costs', asOfMs: null })] };
    expect(commandsAt(nowMs, state)).toEqual(commandsAt(nowMs, structuredClone(state)));
  });

  test('starts nothing that runs, is paused, stopped or suspended; by hand all but the suspended', () => {
    const starts = (changes: Partial<ModelState>) =>
      ofKind(commandsAt(nowMs, { models: [due(changes)] }), 'start').length;
    const paused = { paused: { atMs: 0, by: 'Ada', why: 'stock taking' } };
    const stopped = { stopped: { atMs: 0, sqlstate: '42703', error: 'x', runId: null } };
    expect([
      starts({}),
      starts({ lease, running }),
      starts(paused),
      starts(stopped),
      starts({ suspended: true }),
    ]).toEqual([1, 0, 0, 0, 0]);
    const asked = { askedAtMs: nowMs };
    expect([
      starts({ ...paused, ...asked }),
      starts({ ...stopped, ...asked }),
      starts({ suspended: true, ...asked }),
    ]).toEqual([1, 1, 0]);
  });

  test('after a long sleep starts each model once, and says that it makes up for what was missed', () => {
    const model = due({
      schedule: { kind: 'cron', expression: '*/10 * * * *', timeZone: 'UTC' },
      durationsMs: [1_000],
    });
    const starts = ofKind(commandsAt(50 * hourMs, { models: [model] }), 'start');
    expect(starts).toMatchObject([{ reason: { code: 'catch_up' }, dueMs: 10 * minuteMs }]);
    const served = { ...model, asOfMs: 50 * hourMs, lastStartedMs: 50 * hourMs };
    expect(ofKind(commandsAt(50 * hourMs + 1_000, { models: [served] }), 'start')).toEqual([]);
  });

  test('takes over from a runner that is gone, under the next epoch', () => {
    const gone = due({ lease: { ...lease, heartbeatAtMs: nowMs - minuteMs }, running });
    const commands = commandsAt(nowMs, { runner: 'agent-2', models: [gone] });
    expect(commands.map(({ kind }) => kind).filter((kind) => kind !== 'plan')).toEqual(['abandon', 'start']);
    expect(ofKind(commands, 'start')[0]).toMatchObject({
      claim: { expectedEpoch: 4, epoch: 5, takenFrom: 'agent-1' },
      reason: { code: 'taken_over' },
    });
    expect(ofKind(commands, 'abandon')[0]).toMatchObject({ runId: 'r1', epoch: 4, after: { failures: 1 } });
  });

  test('does not take over at once what has killed its runners again and again', () => {
    const gone = due({ lease: { ...lease, heartbeatAtMs: nowMs - minuteMs }, running, failures: 3 });
    const commands = commandsAt(nowMs, { models: [gone] });
    expect(ofKind(commands, 'start')).toEqual([]);
    expect(ofKind(commands, 'hold')).toMatchObject([{ state: 'queued', reason: { code: 'retry_waits' } }]);
  });

  test('refreshes at once what is from the future, for the clock was set back', () => {
    const commands = commandsAt(nowMs, { models: [due({ asOfMs: 3 * hourMs })] });
    expect(ofKind(commands, 'start')[0]?.reason).toEqual({
      code: 'catch_up',
      text: "the server's clock was set back by 2 h 2 min or more",
    });
  });

  test('retries when the pause is over, and not before', () => {
    const failed = { failures: 1, lastError: 'Deadlock.', retryAtMs: nowMs + 1 };
    expect(ofKind(commandsAt(nowMs, { models: [due(failed)] }), 'start')).toEqual([]);
    expect(ofKind(commandsAt(nowMs + 1, { models: [due(failed)] }), 'start')[0]?.reason).toEqual({
      code: 'retry',
      text: 'after 1 failure: Deadlock.',
    });
  });

  test('does not refresh what would be no newer, because nothing that it is built on is', () => {
    const base = modelState({ readModel: 'base', asOfMs: 0, schedule: { kind: 'hand' } });
    const top = due({ readModel: 'top', reads: ['base'] });
    const commands = commandsAt(2 * hourMs, { models: [base, top] });
    expect(ofKind(commands, 'start')).toEqual([]);
    expect(ofKind(commands, 'hold')[0]?.reason).toEqual({
      code: 'parents_not_newer',
      text: 'base, which it is built on, is as of 1970-01-01T00:00:00.000Z',
    });
    expect(ofKind(commandsAt(2 * hourMs, { models: [{ ...base, asOfMs: 1 }, top] }), 'start')).toHaveLength(1);
  });
});

describe('a model that is built on another', () => {
  const top = due({ readModel: 'top', reads: ['base'], budget: { minutes: 50 } });

  test('waits while its parent is about to be tried again, and not when that gave up', () => {
    const base = { readModel: 'base', asOfMs: 5, failures: 2, lastError: 'Deadlock.', retryAtMs: nowMs + 9_000 };
    const starts = (changes: Partial<ModelState>) =>
      ofKind(commandsAt(nowMs, { models: [due({ ...base, ...changes }), top] }), 'start').map(
        ({ readModel }) => readModel,
      );
    expect(starts({})).toEqual([]);
    expect(starts({ gaveUp: true })).toEqual(['top']);
    expect(starts({ retryAtMs: nowMs })).toEqual(['base']);
  });

  test('is due when there are new rows for it, not before', () => {
    const dueAt = (base: Partial<ModelState>) =>
      ofKind(commandsAt(2 * hourMs, { models: [modelState({ readModel: 'base', ...base }), top] }), 'plan').find(
        ({ readModel }) => readModel === 'top',
      )?.nextDueMs;
    expect(dueAt({ asOfMs: 0 })).toBeLessThan(50 * minuteMs);
    expect(dueAt({ asOfMs: 100 * minuteMs, lastEndedMs: 101 * minuteMs })).toBe(101 * minuteMs);
  });
});

describe('in a no-refresh window a tick', () => {
  // 1 January 1970 was a Thursday; the window opens at 00:58 UTC.
  const closing = calendarOf('month-end', 'UTC', [{ kind: 'weekly', weekdays: [4], from: '00:58', to: '02:00' }]);

  test('skips what is due, writes it down once, and says until when', () => {
    const [skip] = ofKind(commandsAt(nowMs, { models: [due()], calendars: [closing] }), 'hold');
    expect(skip).toMatchObject({ state: 'skipped', untilMs: 2 * hourMs, reason: { code: 'window' } });
    if (skip === undefined) throw new Error('unreachable');
    const { kind: _, ...line } = skip;
    const told = due({ held: { ...line, atMs: nowMs, runId: null, runner: 'agent-1' } });
    expect(ofKind(commandsAt(nowMs + minuteMs, { models: [told], calendars: [closing] }), 'hold')).toEqual([]);
    // At the end it is made up for, once.
    expect(ofKind(commandsAt(2 * hourMs, { models: [told], calendars: [closing] }), 'start')[0]?.reason.code).toBe(
      'after_window',
    );
  });

  test('holds back what somebody asks for, too', () => {
    const commands = commandsAt(nowMs, { models: [due({ askedAtMs: nowMs })], calendars: [closing] });
    expect(ofKind(commands, 'start')).toEqual([]);
  });

  test('cancels what still runs, whoever runs it', () => {
    const model = due({ lease: { ...lease, holder: 'agent-9' }, running: { ...running, runner: 'agent-9' } });
    expect(ofKind(commandsAt(nowMs, { models: [model], calendars: [closing] }), 'cancel')).toMatchObject([
      { runId: 'r1', runner: 'agent-9', againAtMs: 2 * hourMs, reason: { code: 'window_opened' } },
    ]);
  });

  test('and before it, lets a refresh run to its opening at most, and starts none that would not be done', () => {
    const before = nowMs - 5 * minuteMs;
    const early = { budget: { minutes: 50 }, asOfMs: 0 };
    const [start] = ofKind(commandsAt(before, { models: [due(early)], calendars: [closing] }), 'start');
    expect(start?.endByMs).toBe(nowMs);
    const long = due({ ...early, durationsMs: [6 * minuteMs] });
    const [hold] = ofKind(commandsAt(before, { models: [long], calendars: [closing] }), 'hold');
    expect(hold).toMatchObject({ state: 'skipped', untilMs: 2 * hourMs });
    expect(hold?.reason.text).toContain('month-end opens in 5 min, and it takes 6 min');
  });
});

describe('of a refresh that runs a tick', () => {
  const busy = { ...calmLoad, oltpMs: 26, atMs: nowMs };

  test('lowers the effort on a busy server, if it is its own', () => {
    const guarded = { settings: guardedSettings, load: busy };
    const own = due({ lease, running });
    expect(ofKind(commandsAt(nowMs, { ...guarded, models: [own] }), 'adjust')).toMatchObject([
      { runId: 'r1', effort: { workers: 0 }, reason: { code: 'load_latency' } },
    ]);
    expect(ofKind(commandsAt(nowMs, { ...guarded, runner: 'agent-2', models: [own] }), 'adjust')).toEqual([]);
  });

  test('cancels one that overran its deadline', () => {
    const over = due({ lease, running: { ...running, endByMs: nowMs } });
    expect(ofKind(commandsAt(nowMs, { models: [over] }), 'cancel')).toMatchObject([{ reason: { code: 'deadline' } }]);
  });

  test('leaves one alone whose place nobody else wants', () => {
    expect(ofKind(commandsAt(nowMs, { models: [due({ lease, running })] }), 'cancel')).toEqual([]);
  });

  test('does not begin anew what somebody wanted to end, when its runner dies first', () => {
    const silent = { ...lease, heartbeatAtMs: nowMs - 60_000 };
    const asked = { ...running, cancelAsked: { by: 'Ada', atMs: nowMs - 50_000 } };
    const commands = commandsAt(nowMs, { models: [due({ lease: silent, running: asked })] });
    expect(ofKind(commands, 'abandon')).toMatchObject([
      { after: { failures: 0, retryAtMs: nowMs + hourMs }, reason: { text: expect.stringMatching(/^Ada asked/) } },
    ]);
    expect(ofKind(commands, 'start')).toEqual([]);
    const [abandoned] = ofKind(commandsAt(nowMs, { models: [due({ lease: silent, running })] }), 'abandon');
    expect(abandoned?.after).toMatchObject({ failures: 1, retryAtMs: nowMs });
  });

  test('tells whose lease was taken that the run is no more', () => {
    const lost = due({ lease: { ...lease, epoch: 5, holder: 'agent-2' }, running });
    const commands = commandsAt(nowMs, { models: [lost] });
    expect(ofKind(commands, 'abandon')[0]?.reason.code).toBe('lease_lost');
    expect(ofKind(commands, 'start')).toEqual([]);
  });
});

describe('with a load guard a tick', () => {
  const stop = { ...calmLoad, oltpMs: 90, atMs: nowMs };
  const guarded = { settings: guardedSettings, load: stop };

  test('postpones while there is time, and goes anyway when there is none', () => {
    const [hold] = ofKind(commandsAt(nowMs, { ...guarded, models: [due()] }), 'hold');
    expect(hold).toMatchObject({ state: 'postponed', reason: { code: 'load_latency' } });
    const late = { ...stop, atMs: hourMs };
    const [start] = ofKind(commandsAt(hourMs, { ...guarded, load: late, models: [due()] }), 'start');
    expect(start).toMatchObject({ effort: { workers: 0 }, reason: { code: 'budget_ends' } });
  });

  test('does not make a person wait', () => {
    const asked = due({ askedAtMs: nowMs, lease: freeLease('sales') });
    const [start] = ofKind(commandsAt(nowMs, { ...guarded, models: [asked] }), 'start');
    expect(start).toMatchObject({ reason: { code: 'by_hand' }, effort: { workers: 0 } });
  });
});
