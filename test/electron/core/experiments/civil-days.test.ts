import { describe, expect, it } from 'vitest';
import {
  civilDayAt,
  civilDaysFrom,
  isCivilDay,
  momentOf,
  nextCivilDay,
} from '../../../../electron/core/experiments/civil-days.ts';

describe('a civil day', () => {
  it('is one that the calendar has', () => {
    expect(['2028-02-29', '2026-12-31'].every(isCivilDay)).toBe(true);
    expect(['2026-02-29', '2026-13-01', '2026-1-1', 'tomorrow', ''].some(isCivilDay)).toBe(false);
  });

  it('begins where its clocks say so', () => {
    const atMs = Date.UTC(2026, 10, 20, 23, 30);
    expect(civilDayAt(atMs, 'Europe/Berlin')).toBe('2026-11-21');
    expect(civilDayAt(atMs, 'America/New_York')).toBe('2026-11-20');
    expect(() => civilDayAt(0, 'Europe/Atlantis')).toThrow(RangeError);
  });

  it('is followed by the next, and by the next working day', () => {
    expect(nextCivilDay('2026-12-31')).toBe('2027-01-01');
    expect(civilDaysFrom('2026-11-27', 3, true)).toEqual(['2026-11-27', '2026-11-30', '2026-12-01']);
    expect(civilDaysFrom('2026-11-28', 2, false)).toEqual(['2026-11-28', '2026-11-29']);
  });
});

describe('a minute of a civil day', () => {
  it('is the moment at which the clocks of the zone show it, in summer and in winter', () => {
    expect(momentOf('2026-11-23', 480, 'Europe/Berlin')).toBe(Date.UTC(2026, 10, 23, 7));
    expect(momentOf('2026-07-23', 480, 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 23, 6));
    expect(momentOf('2026-07-23', 480, 'Asia/Kathmandu')).toBe(Date.UTC(2026, 6, 23, 2, 15));
    expect(momentOf('2026-07-23', 1440, 'UTC')).toBe(Date.UTC(2026, 6, 24));
  });

  it('is right on the days on which the clocks change', () => {
    expect(momentOf('2026-03-29', 60, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 0));
    expect(momentOf('2026-03-29', 480, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 6));
    expect(momentOf('2026-10-25', 480, 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 7));
  });
});
