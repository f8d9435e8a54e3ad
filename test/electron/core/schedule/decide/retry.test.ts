import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterEnd,
  afterwards,
  endedByCancel,
  endedByServer,
  type Ended,
} from '../../../../../electron/core/schedule/decide/after-end.ts';
import {
  afterFailure,
  errorClass,
  retriesAtMost,
  retryPauseMs,
} from '../../../../../electron/core/schedule/decide/retry.ts';
import { windowsNow } from '../../../../../electron/core/schedule/decide/skip-windows.ts';
import type { ModelState } from '../../../../../electron/core/schedule/decide/tick-state.ts';
import type { FailureCode } from '../../../../../shared/model/failure.ts';
import { hourMs, minuteMs, modelState } from '../../../../support/schedule/model-state.ts';
import { calendarOf } from '../../../../support/schedule/world-arbitrary.ts';

describe('an error', () => {
  const classOf = (sqlstate: string) => errorClass('server_error', sqlstate, false);

  test.each(['55P03', '40001', '40P01', '57014', '53300', '53100', '08006', '57P01', '57P02', '57P03', '25006'])(
    '%s passes',
    (sqlstate) => {
      expect(classOf(sqlstate)).toBe('passes');
    },
  );

  test.each(['42703', '42P01', '42501', '21000', '23505', '23502', '0A000', '54000', 'XX001'])(
    '%s is permanent',
    (sqlstate) => {
      expect(classOf(sqlstate)).toBe('permanent');
    },
  );

  test.each(['22012', '22P02', 'P0001', '58030', '99999'])('%s is not known to be either', (sqlstate) => {
    expect(classOf(sqlstate)).toBe('unknown');
  });

  test.each<[FailureCode, string]>([
    ['connection_lost', 'passes'],
    ['lock_not_granted', 'passes'],
    ['busy', 'passes'],
    ['statement_refused', 'permanent'],
    ['server_error', 'unknown'],
    ['permission_denied', 'own'],
    ['storage_failed', 'own'],
  ])('without a SQLSTATE is told by its code: %s', (code, found) => {
    expect(errorClass(code, null, false)).toBe(found);
  });

  test('that says it may succeed later passes, except where this runner stands in its own way', () => {
    expect(errorClass('statement_refused', null, true)).toBe('passes');
    expect(errorClass('storage_failed', null, true)).toBe('own');
    expect(errorClass('server_error', '42703', true)).toBe('permanent');
  });
});

describe('pauses between retries', () => {
  test('grow, stay within bounds, and are not the same for all', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), fc.nat(), (readModel, failures, endedAtMs) => {
        const wholeMs = Math.min(10 * minuteMs, 5_000 * 2 ** (failures - 1));
        const pauseMs = retryPauseMs(readModel, failures, endedAtMs);
        expect(pauseMs).toBeGreaterThanOrEqual(wholeMs / 2 - 1);
        expect(pauseMs).toBeLessThanOrEqual(wholeMs);
      }),
    );
    const pauses = Array.from({ length: 50 }, (_, index) => retryPauseMs(`m${index}`, 3, 0));
    expect(new Set(pauses).size).toBeGreaterThan(40);
  });

  test('come to an end: then the next turn is waited for', () => {
    const kinds = Array.from({ length: retriesAtMost + 2 }, (_, index) => {
      const failed = {
        readModel: 'sales',
        code: 'server_error',
        sqlstate: '40001',
        retryable: false,
        before: Array.from({ length: index }, () => '40001'),
        endedAtMs: 0,
      } as const;
      return afterFailure(failed).kind;
    });
    expect(kinds).toEqual([...Array.from({ length: retriesAtMost }, () => 'retry'), 'wait', 'wait']);
  });
});

describe('after a run', () => {
  const failed = (sqlstate: string): Ended => ({
    state: 'failed',
    runId: 'r1',
    endedAtMs: hourMs,
    code: 'server_error',
    sqlstate,
    retryable: false,
    error: 'The refresh of sales failed.',
  });
  const live = (model: ModelState, ended: Ended): ModelState => afterwards(model, afterEnd(model, ended));

  test('that was done, all trouble is over', () => {
    const troubled = modelState({
      failures: 3,
      gaveUp: true,
      lastError: 'x',
      stopped: { atMs: 0, sqlstate: '42703', error: 'x', runId: null },
    });
    expect(afterEnd(troubled, { state: 'done', runId: 'r1' })).toMatchObject({
      failures: 0,
      recentFailures: [],
      lastFailedMs: null,
      lastError: null,
      gaveUp: false,
      retryAtMs: null,
      stopped: null,
      text: null,
    });
  });

  test('that failed for good, the schedule of its model stops and says why', () => {
    const after = afterEnd(modelState(), failed('42703'));
    expect(after.stopped).toMatchObject({ atMs: hourMs, sqlstate: '42703', runId: 'r1' });
    expect(after.stopped?.error).toBe(
      'The refresh of sales failed. SQLSTATE 42703 does not pass by itself: the schedule of sales stops.',
    );
    expect(after.retryAtMs).toBeNull();
  });

  test('that failed of what nobody knows, its next turns are waited for, and then it stops', () => {
    let model = modelState();
    model = live(model, failed('22012'));
    expect(model).toMatchObject({ failures: 1, gaveUp: true, stopped: null, retryAtMs: 2 * hourMs });
    model = live(model, failed('22012'));
    expect(model.stopped).toBeNull();
    model = live(model, failed('22012'));
    expect(model.stopped?.error).toContain('22012 came 3 times in a row');
  });

  test('by hand that failed while the schedule is stopped, it stays stopped', () => {
    const stopped = { atMs: 0, sqlstate: '42703', error: 'x', runId: null };
    expect(live(modelState({ stopped }), failed('40001')).stopped).toEqual(stopped);
    expect(afterEnd(modelState({ stopped }), failed('40001')).stopped).toBeNull();
  });

  test('failures of other kinds in between do not count towards a stop, nor towards giving up', () => {
    let model = live(live(modelState(), failed('40001')), failed('40001'));
    model = live(model, failed('22012'));
    expect(model).toMatchObject({ failures: 3, stopped: null, gaveUp: true });
    model = live(live(model, failed('22012')), failed('22003'));
    expect(model.stopped?.error).toContain('errors of this kind came 3 times in a row, SQLSTATE 22003 the last');
    const after = afterEnd({ ...model, stopped: null }, failed('40001'));
    expect(after.text).toContain('retry 1 of 5');
  });

  test('that failed of its runner alone, it is as it was before the claim, for other runners', () => {
    const refused = { ...failed('42501'), code: 'permission_denied', sqlstate: null } as const;
    const before = { failures: 2, recentFailures: ['40001', '40001'], lastError: 'x', gaveUp: false };
    expect(afterEnd(modelState(before), refused)).toMatchObject({ ...before, stopped: null, retryAtMs: hourMs });
    expect(afterEnd(modelState({ askedAtMs: 5 }), refused)).toMatchObject({ askedAtMs: 5, retryAtMs: null });
  });

  test('that was cancelled, nothing has failed', () => {
    const ended = { state: 'cancelled', runId: 'r1', endedAtMs: 0, againAtMs: 77, wishStays: false } as const;
    expect(afterEnd(modelState(), ended)).toMatchObject({ failures: 0, retryAtMs: 77 });
    expect(afterEnd(modelState({ schedule: { kind: 'hand' } }), { ...ended, againAtMs: null }).retryAtMs).toBeNull();
  });

  test('that its runner’s stop or a window cancelled, what a person asked for is owed still', () => {
    const cancel = { kind: 'cancel', readModel: 'sales', runId: 'r1', runner: 'a', againAtMs: 77 } as const;
    const askedAfter = (code: 'shutdown' | 'window_opened' | 'load_latency') =>
      afterEnd(modelState({ askedAtMs: 5 }), endedByCancel({ ...cancel, reason: { code, text: '' } }, 9)).askedAtMs;
    expect(askedAfter('shutdown')).toBe(5);
    expect(askedAfter('window_opened')).toBe(5);
    expect(askedAfter('load_latency')).toBeNull();
  });

  test('whose runner died, the first is taken over at once, the next with pauses, and then it waits', () => {
    const died: Ended = { state: 'abandoned', runId: 'r1', endedAtMs: hourMs, error: 'Its runner ended.' };
    let model = live(modelState(), died);
    expect(model.retryAtMs).toBe(hourMs);
    model = live(model, died);
    expect(model.retryAtMs).toBeGreaterThan(hourMs);
    for (let more = 0; more < retriesAtMost; more += 1) model = live(model, died);
    expect(model).toMatchObject({ gaveUp: true, retryAtMs: 2 * hourMs });
  });

  test('that overran its deadline, it has failed; one that a window ended has not', () => {
    const cancel = { kind: 'cancel', readModel: 'sales', runId: 'r1', runner: 'a', againAtMs: null } as const;
    expect(endedByCancel({ ...cancel, reason: { code: 'deadline', text: 'cancelled' } }, 5).state).toBe('failed');
    expect(endedByCancel({ ...cancel, reason: { code: 'window_opened', text: '' } }, 5).state).toBe('cancelled');
  });

  test('that the server ended when a window opened, it is wanted again at the window’s end', () => {
    const allDay = calendarOf('month-end', 'UTC', [{ kind: 'weekly', weekdays: [4], from: '00:00', to: '02:00' }]);
    const timeout = failed('57014');
    if (timeout.state !== 'failed') throw new Error('unreachable');
    // 1 January 1970 was a Thursday.
    expect(endedByServer(timeout, 'sales', windowsNow([allDay], hourMs))).toMatchObject({
      state: 'cancelled',
      againAtMs: 2 * hourMs,
    });
    expect(endedByServer(timeout, 'sales', windowsNow([], hourMs)).state).toBe('failed');
  });
});
