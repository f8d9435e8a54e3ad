import { describe, expect, test } from 'vitest';
import { dueNow } from '../../../../../electron/core/schedule/decide/due-now.ts';
import { indexModels } from '../../../../../electron/core/schedule/decide/needs.ts';
import { firstMemory, tick } from '../../../../../electron/core/schedule/decide/tick.ts';
import type { ModelState } from '../../../../../electron/core/schedule/decide/tick-state.ts';
import { dayMs, hourMs, minuteMs, modelState, tickState } from '../../../../support/schedule/model-state.ts';

/** The clock was a day further when these rows were written. */
const nowMs = 10 * dayMs;
const ahead = nowMs + dayMs;
const written = { setAtMs: 0, asOfMs: ahead, lastStartedMs: ahead, lastEndedMs: ahead };

const due = (model: ModelState) => dueNow(model, indexModels([model]), nowMs).dueMs;
const startsOf = (...models: readonly ModelState[]) =>
  tick(tickState({ models }), firstMemory, nowMs).commands.flatMap((command) =>
    command.kind === 'start' ? [command.readModel] : [],
  );

describe('after the server’s clock was set back', () => {
  test('rows from the future are refreshed at once', () => {
    expect(due(modelState(written))).toBe(0);
    expect(startsOf(modelState(written))).toEqual(['sales']);
    expect(due(modelState({ ...written, schedule: { kind: 'hand' } }))).toBeNull();
  });

  test('what is built on others is refreshed when these were, and not before', () => {
    const child = modelState({ ...written, readModel: 'aging', reads: ['sales'] });
    const parent = modelState({ asOfMs: nowMs - minuteMs, lastStartedMs: nowMs - minuteMs, lastEndedMs: nowMs });
    expect(startsOf(child, parent)).toEqual(['aging']);
    const paused = modelState({ ...written, paused: { atMs: 0, by: 'Ada', why: '' } });
    expect(startsOf(child, paused)).toEqual([]);
  });

  test('a schedule that was set in the future counts from the last refresh, and owes one of its times', () => {
    const set = { setAtMs: ahead, lastStartedMs: nowMs - 2 * hourMs, asOfMs: nowMs - 2 * hourMs };
    const cron = { kind: 'cron', expression: '30 * * * *', timeZone: 'UTC' } as const;
    expect(due(modelState({ ...set, schedule: cron }))).toBe(nowMs - 90 * minuteMs);
    const refreshed = { ...set, lastStartedMs: nowMs - minuteMs, asOfMs: nowMs - minuteMs };
    expect(due(modelState({ ...refreshed, schedule: cron }))).toBe(nowMs + 30 * minuteMs);
    // It was set after the last refresh, and its rows are from the future as well: due at once, and written once.
    const all = modelState({ ...written, setAtMs: ahead });
    expect(due(all)).toBe(nowMs);
    expect(due({ ...all, nextDueMs: nowMs - hourMs })).toBe(nowMs - hourMs);
    const never = { asOfMs: null, lastStartedMs: null, lastEndedMs: null };
    expect(due(modelState({ ...never, setAtMs: ahead }))).toBe(nowMs);
  });

  test('a pause that was set before it does not last until the clock has caught up', () => {
    const failed = { failures: 6, gaveUp: true, lastError: 'It failed.', retryAtMs: ahead + hourMs } as const;
    expect(startsOf(modelState({ ...failed, lastFailedMs: ahead }))).toEqual(['sales']);
    expect(startsOf(modelState({ ...failed, lastFailedMs: nowMs - minuteMs }))).toEqual([]);
    // One of a few minutes is waited for: it may be of now.
    expect(startsOf(modelState({ ...written, retryAtMs: nowMs + minuteMs }))).toEqual([]);
  });
});
