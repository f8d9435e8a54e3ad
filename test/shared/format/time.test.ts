import { describe, expect, test } from 'vitest';
import { formatMonthShort, formatWeekShort, isoWeek } from '../../../shared/format/calendar.ts';
import { asOfText } from '../../../shared/format/as-of-text.ts';
import { freshnessExact, freshnessLabel } from '../../../shared/format/freshness-label.ts';
import { formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);

describe('the label of a number', () => {
  const now = at('2026-11-20T08:40:00+01:00');
  const read = (asOf: string | null, state: Freshness['state']): Freshness => ({ asOf, source: 'live', state });

  test.each<[Freshness, string]>([
    [read('2026-11-20T08:39:59+01:00', 'live'), 'Live'],
    [read('2026-11-20T07:30:12+01:00', 'fresh'), 'as of 7:30 this morning'],
    [read('2026-11-20T00:05:00+01:00', 'due'), 'as of 0:05 this morning · due'],
    [read('2026-11-19T23:00:00+01:00', 'stale'), 'as of yesterday 23:00 · stale'],
    [read('2026-11-20T07:30:12+01:00', 'refreshing'), 'as of 7:30 this morning · refreshing'],
    [read('2026-11-16T08:30:00+01:00', 'offline'), 'as of Mon 16 Nov 08:30 · offline'],
    [read('2025-12-31T23:59:00+01:00', 'offline'), 'as of Wed 31 Dec 2025 23:59 · offline'],
    [read(null, 'unknown'), 'age unknown'],
    [read(null, 'offline'), 'age unknown · offline'],
  ])('%j', (freshness, label) => {
    expect(freshnessLabel(freshness, now, berlin)).toBe(label);
  });

  test('in the afternoon a number of the same day says so', () => {
    expect(asOfText(at('2026-11-20T15:05:00+01:00'), at('2026-11-20T18:00:00+01:00'), berlin)).toBe(
      'as of 15:05 today',
    );
  });

  test('is told in the zone of the reader, whatever zone the server printed', () => {
    const asOf = read('2026-11-20T01:30:00+05:30', 'fresh');
    expect(freshnessLabel(asOf, now, berlin)).toBe('as of yesterday 21:00');
    expect(freshnessLabel(asOf, now, 'Asia/Kolkata')).toBe('as of 1:30 this morning');
    expect(freshnessLabel(asOf, now, 'Pacific/Kiritimati')).toBe('as of 10:00 this morning');
  });

  test('yesterday is a day of the calendar, not 24 hours, when the clocks change', () => {
    // 25 October 2026 has 25 hours in Berlin, 29 March 2026 has 23.
    expect(asOfText(at('2026-10-24T23:30:00+02:00'), at('2026-10-25T23:45:00+01:00'), berlin)).toBe(
      'as of yesterday 23:30',
    );
    expect(asOfText(at('2026-03-28T23:30:00+01:00'), at('2026-03-30T00:15:00+02:00'), berlin)).toBe(
      'as of Sat 28 Mar 23:30',
    );
    expect(asOfText(at('2026-10-25T00:10:00+02:00'), at('2026-10-25T23:50:00+01:00'), berlin)).toBe(
      'as of 0:10 this morning',
    );
  });

  test('hovering tells the exact moment with its zone, and the source', () => {
    expect(freshnessExact(read('2026-11-20T07:30:12+01:00', 'fresh'), berlin)).toBe(
      '20 November 2026, 07:30:12 CET, server clock · from the database',
    );
    // The hour that comes twice is told apart by its zone.
    expect(freshnessExact(read('2026-10-25T00:30:00Z', 'live'), berlin)).toContain('02:30:00 CEST');
    expect(freshnessExact(read('2026-10-25T01:30:00Z', 'live'), berlin)).toContain('02:30:00 CET');
    expect(
      freshnessExact({ asOf: null, source: 'cache', state: 'offline', reason: 'the server cannot be reached' }, berlin),
    ).toBe('the moment it was read is unknown · from the local cache · the server cannot be reached');
  });
});

test('a week belongs to the year of its Thursday', () => {
  expect(isoWeek('2026-12-31')).toEqual({ year: 2026, week: 53 });
  expect(isoWeek('2027-01-03')).toEqual({ year: 2026, week: 53 });
  expect(isoWeek('2027-01-04')).toEqual({ year: 2027, week: 1 });
  expect(isoWeek('2024-12-30')).toEqual({ year: 2025, week: 1 });
  expect(formatWeekShort('2026-11-16')).toBe('w47');
});

test('a printed month is never moved into another zone', () => {
  expect(formatMonthShort('2026-11-01 00:00:00+13')).toBe('Nov');
  expect(formatMonthShort('2026-13-01')).toBe('2026-13-01');
});

test('clock times are those of the zone', () => {
  expect(formatClockSeconds(at('2026-11-20T06:05:09Z'), 'America/St_Johns')).toBe('02:35:09');
});
