import { expect, test } from 'vitest';
import { nextAttemptMs, type FailedAttempt } from '../../../../electron/core/alerts/backoff.ts';
import { hourMs, minuteMs, seven } from './some-alerts.ts';

const attempt = (changes: Partial<FailedAttempt>): FailedAttempt => ({
  problem: 'unreachable',
  attempts: 1,
  plannedAtMs: seven,
  nowMs: seven,
  retryAfterMs: null,
  chance: 0,
  ...changes,
});
const waits = (changes: Partial<FailedAttempt>, attempts: readonly number[]) =>
  attempts.map((count) => (nextAttemptMs(attempt({ ...changes, attempts: count })) ?? NaN) - seven);

test('waits double up to a quarter of an hour', () => {
  expect(waits({}, [1, 2, 3, 7, 50])).toEqual([15_000, 30_000, minuteMs, 15 * minuteMs, 15 * minuteMs]);
});

test('a wrong password is not tried often enough to lock the account', () => {
  expect(waits({ problem: 'login_failed' }, [1, 2, 9])).toEqual([5 * minuteMs, 10 * minuteMs, hourMs]);
});

test('what failed together is spread by up to a fifth', () => {
  expect(waits({ chance: 1 }, [1])).toEqual([12_000]);
});

test('the other side may ask for more patience, up to an hour', () => {
  expect(waits({ problem: 'server_error', retryAfterMs: 2 * minuteMs }, [1])).toEqual([2 * minuteMs]);
  expect(waits({ problem: 'server_error', retryAfterMs: 9 * hourMs }, [1])).toEqual([hourMs]);
});

test('a no for good is not asked again, and after a day nobody wants to know any more', () => {
  expect(nextAttemptMs(attempt({ problem: 'refused' }))).toBeNull();
  expect(nextAttemptMs(attempt({ problem: 'redirected' }))).toBeNull();
  expect(nextAttemptMs(attempt({ nowMs: seven + 24 * hourMs }))).toBeNull();
  expect(nextAttemptMs(attempt({ nowMs: seven + 23 * hourMs }))).not.toBeNull();
});
