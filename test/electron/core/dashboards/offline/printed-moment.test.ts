import { expect, test } from 'vitest';
import { dayUs, isOnCalendar, momentUs } from '../../../../../electron/core/dashboards/offline/printed-moment.ts';

const us = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

test('a moment is the same in whatever zone it was printed', () => {
  expect(momentUs('2026-10-25 02:30:00+02')).toBe(us('2026-10-25T00:30:00Z'));
  expect(momentUs('2026-10-25 02:30:00+01')).toBe(us('2026-10-25T01:30:00Z'));
  expect(momentUs('2026-02-28 20:00:00.25-03:30')).toBe(us('2026-02-28T23:30:00.250Z'));
  expect(momentUs('1970-01-01 00:00:00.000001+00')).toBe(1n);
  // A local mean time, seconds in its offset.
  expect(momentUs('1883-11-18 08:29:52-03:30:52')).toBe(us('1883-11-18T12:00:44Z'));
});

test('years before and after those of everyday life count', () => {
  expect(momentUs('0001-01-01 00:00:00+00')).toBe(us('0001-01-01T00:00:00Z'));
  expect(momentUs('0001-12-31 00:00:00+00 BC')).toBe(us('0000-12-31T00:00:00Z'));
  expect(momentUs('0044-03-15 12:00:00+00 BC')).toBe(us('-000043-03-15T12:00:00Z'));
  expect(momentUs('12026-02-29 00:00:00+00')).toBe(us('+012026-03-01T00:00:00Z'));
  expect(dayUs('2024-02-29')).toBe(us('2024-02-29T00:00:00Z'));
});

test('infinity lies beyond all of them, and anything else is no moment', () => {
  const [before, after] = [momentUs('-infinity'), momentUs('infinity')];
  expect(before! < momentUs('4713-01-01 00:00:00+00 BC')!).toBe(true);
  expect(after! > momentUs('294276-12-31 23:59:59.999999+00')!).toBe(true);
  expect([isOnCalendar(before!), isOnCalendar(after!), isOnCalendar(0n)]).toEqual([false, false, true]);
  for (const text of ['', '2026-10-25', '2026-10-25 02:30:00', '25/10/2026 02:30:00 CET']) {
    expect(momentUs(text)).toBeNull();
  }
});
