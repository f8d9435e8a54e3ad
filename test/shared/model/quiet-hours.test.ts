import { describe, expect, test } from 'vitest';
import { quietUntilMs, type QuietTimes } from '../../../shared/model/quiet-hours.ts';

const nights: QuietTimes = {
  from: '22:00',
  to: '07:00',
  timeZone: 'Europe/Berlin',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  exceptFrom: 'critical',
};
const at = (text: string): number => Date.parse(text);

describe('quiet hours', () => {
  test('over midnight they end in the morning, before and after midnight', () => {
    const end = at('2026-11-21T07:00:00+01:00');
    expect(quietUntilMs(nights, at('2026-11-20T22:00:00+01:00'))).toBe(end);
    expect(quietUntilMs(nights, at('2026-11-21T03:30:00+01:00'))).toBe(end);
  });

  test('their end is outside, and so is the day', () => {
    expect(quietUntilMs(nights, at('2026-11-21T07:00:00+01:00'))).toBeNull();
    expect(quietUntilMs(nights, at('2026-11-20T21:59:59+01:00'))).toBeNull();
  });

  test('a night belongs to the weekday on which it begins', () => {
    const fridays = { ...nights, weekdays: [5] };
    expect(quietUntilMs(fridays, at('2026-11-21T03:00:00+01:00'))).toBe(at('2026-11-21T07:00:00+01:00'));
    expect(quietUntilMs(fridays, at('2026-11-22T03:00:00+01:00'))).toBeNull();
  });

  test('a quiet weekend with quiet nights around it is one quiet time', () => {
    const weekend: QuietTimes = { ...nights, from: '00:00', to: '00:00', weekdays: [6, 7] };
    expect(quietUntilMs(weekend, at('2026-11-21T12:00:00+01:00'))).toBe(at('2026-11-23T00:00:00+01:00'));
  });

  test('the wall clock decides where the clocks change', () => {
    // The night of 25 October 2026 has an hour more.
    expect(quietUntilMs(nights, at('2026-10-25T02:30:00+02:00'))).toBe(at('2026-10-25T07:00:00+01:00'));
    // That of 29 March 2026 has an hour less.
    expect(quietUntilMs(nights, at('2026-03-28T23:00:00+01:00'))).toBe(at('2026-03-29T07:00:00+02:00'));
  });
});
