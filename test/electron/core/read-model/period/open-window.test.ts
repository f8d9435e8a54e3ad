import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFrom } from '../../../../../electron/core/read-model/period/open-window.ts';
import { grainSchema, type Period } from '../../../../../shared/model/period.ts';

const period = (changes: Partial<Period> = {}): Period => ({
  column: 'month',
  grain: 'month',
  timeZone: 'UTC',
  openPeriods: 2,
  ...changes,
});
const at = (iso: string) => Date.parse(iso);
/** The window of a copy that was read at that very moment. */
const from = (iso: string, changes?: Partial<Period>) => openFrom(period(changes), at(iso), at(iso));

describe('the periods that are open', () => {
  test('are this one and the one before', () => {
    expect(from('2026-11-21T12:00:00Z', { grain: 'day' })).toBe('2026-11-20');
    expect(from('2026-11-21T12:00:00Z', { grain: 'week' })).toBe('2026-11-09');
    expect(from('2026-11-21T12:00:00Z')).toBe('2026-10-01');
    expect(from('2026-11-21T12:00:00Z', { grain: 'quarter' })).toBe('2026-07-01');
    expect(from('2026-11-21T12:00:00Z', { grain: 'year' })).toBe('2025-01-01');
  });

  test.each([
    ['2026-12-31T23:59:59.999Z', 'month', '2026-11-01'],
    ['2027-01-01T00:00:00.000Z', 'month', '2026-12-01'],
    ['2026-03-01T00:00:00Z', 'day', '2026-02-28'],
    ['2028-03-01T00:00:00Z', 'day', '2028-02-29'],
    ['2026-11-22T23:59:59Z', 'week', '2026-11-09'],
    ['2026-11-23T00:00:00Z', 'week', '2026-11-16'],
    ['2026-01-01T00:00:00Z', 'week', '2025-12-22'],
    ['2026-03-31T23:59:59Z', 'quarter', '2025-10-01'],
    ['2026-04-01T00:00:00Z', 'quarter', '2026-01-01'],
  ] as const)('at the border %s, by %s: from %s on', (iso, grain, expected) => {
    expect(from(iso, { grain })).toBe(expected);
  });

  test('begin where the business is, not where the server is', () => {
    const justAfterMidnightInBerlin = '2026-10-31T23:30:00Z';
    expect(from(justAfterMidnightInBerlin)).toBe('2026-09-01');
    expect(from(justAfterMidnightInBerlin, { timeZone: 'Europe/Berlin' })).toBe('2026-10-01');
    expect(from('2026-11-01T03:00:00Z', { timeZone: 'America/New_York' })).toBe('2026-09-01');
    expect(from('2026-03-29T00:59:59Z', { timeZone: 'Europe/Berlin', grain: 'day', openPeriods: 1 })).toBe(
      '2026-03-29',
    );
    expect(from('2026-03-29T21:59:59Z', { timeZone: 'Europe/Berlin', grain: 'day', openPeriods: 1 })).toBe(
      '2026-03-29',
    );
    expect(from('2026-03-29T22:00:00Z', { timeZone: 'Europe/Berlin', grain: 'day', openPeriods: 1 })).toBe(
      '2026-03-30',
    );
    expect(from('2026-11-21T10:30:00Z', { timeZone: 'Pacific/Kiritimati', grain: 'day', openPeriods: 1 })).toBe(
      '2026-11-22',
    );
  });

  test('are as many as the person said', () => {
    expect(from('2026-11-21T12:00:00Z', { openPeriods: 1 })).toBe('2026-11-01');
    expect(from('2026-11-21T12:00:00Z', { openPeriods: 14 })).toBe('2025-10-01');
    expect(from('2026-11-21T12:00:00Z', { openPeriods: 18, grain: 'day' })).toBe('2026-11-04');
  });

  test('reach back to what was open when the data was last read: a laptop sleeps', () => {
    expect(openFrom(period(), at('2026-08-15T12:00:00Z'), at('2026-11-21T12:00:00Z'))).toBe('2026-07-01');
    expect(openFrom(period(), 0, at('2026-11-21T12:00:00Z'))).toBe('1969-12-01');
  });

  test('do not shrink for a copy whose as-of lies ahead of a clock that was set back', () => {
    expect(openFrom(period(), at('2027-02-01T00:00:00Z'), at('2026-11-21T12:00:00Z'))).toBe('2026-10-01');
  });

  test('always hold today, and more of them never begin later', () => {
    const moment = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2090-01-01T00:00:00Z') });
    const anyPeriod = fc.record({
      grain: fc.constantFrom(...grainSchema.options),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Havana', 'Pacific/Apia', 'Asia/Kathmandu'),
      openPeriods: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(moment, anyPeriod, (nowMs, changes) => {
        const today = new Intl.DateTimeFormat('en-CA', { timeZone: changes.timeZone }).format(nowMs);
        const begins = openFrom(period(changes), nowMs, nowMs);
        expect(begins <= today).toBe(true);
        const longer = openFrom(period({ ...changes, openPeriods: changes.openPeriods + 1 }), nowMs, nowMs);
        expect(longer < begins).toBe(true);
      }),
    );
  });
});
