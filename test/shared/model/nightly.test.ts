import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zonedMoment, zonedTime } from '../../../shared/format/zoned-time.ts';
import { budgetSchema, dueAtMs, freshnessState, staleAtMs } from '../../../shared/model/freshness.ts';
import { nextNightMs } from '../../../shared/model/nightly.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);
const nightly = { nightly: { at: '04:00', timeZone: berlin } };
/** With and without changes of the clocks, by an hour and by half an hour, on both sides of the date line. */
const zones = [
  'UTC',
  berlin,
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
] as const;
const moments = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
const clocks = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });

describe('a budget', () => {
  test('is live, in minutes, or nightly; what was stored before nights were known is read as before', () => {
    for (const budget of ['live', { minutes: 30 }, nightly]) expect(budgetSchema.parse(budget)).toEqual(budget);
    for (const budget of [
      { minutes: 0 },
      { nightly: { at: '24:00', timeZone: berlin } },
      { nightly: { at: '04:00', timeZone: 'Middle/Earth' } },
    ]) {
      expect(budgetSchema.safeParse(budget).success).toBe(false);
    }
  });

  test('of a night is kept until the next night’s refresh is due where the business is', () => {
    const asOfMs = at('2026-11-20T04:00:03+01:00');
    const state = (iso: string) => freshnessState(asOfMs, nightly, at(iso), false);
    expect(state('2026-11-20T23:59:00+01:00')).toBe('fresh');
    expect(state('2026-11-21T03:59:59+01:00')).toBe('fresh');
    expect(state('2026-11-21T04:00:01+01:00')).toBe('due');
    expect(state('2026-11-22T03:59:59+01:00')).toBe('due');
    expect(state('2026-11-22T04:00:01+01:00')).toBe('stale');
  });

  test('of a night ends with that night, however late in it a number was made', () => {
    expect(dueAtMs(at('2026-11-20T03:59:00+01:00'), nightly)).toBe(at('2026-11-20T04:00:00+01:00'));
    expect(dueAtMs(at('2026-11-20T04:00:00+01:00'), nightly)).toBe(at('2026-11-21T04:00:00+01:00'));
  });
});

describe('when the clocks change', () => {
  const night = (iso: string, time: string) => nextNightMs(at(iso), { at: time, timeZone: berlin });

  test('a night is as long as it is', () => {
    // 28 to 29 March 2026 has 23 hours in Berlin, 24 to 25 October has 25.
    expect(night('2026-03-28T04:00:00+01:00', '04:00')).toBe(at('2026-03-29T04:00:00+02:00'));
    expect(night('2026-10-24T04:00:00+02:00', '04:00')).toBe(at('2026-10-25T04:00:00+01:00'));
  });

  test('a time that is skipped is due after the skip, one that comes twice is due once', () => {
    expect(night('2026-03-28T12:00:00+01:00', '02:30')).toBe(at('2026-03-29T03:30:00+02:00'));
    expect(night('2026-10-24T12:00:00+02:00', '02:30')).toBe(at('2026-10-25T02:30:00+02:00'));
    expect(night('2026-10-25T02:30:00+02:00', '02:30')).toBe(at('2026-10-26T02:30:00+01:00'));
  });

  test.each(zones)('a moment on the wall is found again in %s', (timeZone) => {
    fc.assert(
      fc.property(moments, (atMs) => {
        const whole = Math.floor(atMs / 1000) * 1000;
        const found = zonedMoment(zonedTime(whole, timeZone), timeZone);
        // The hour that comes twice is found as its first coming.
        expect(zonedTime(found, timeZone)).toEqual(zonedTime(whole, timeZone));
        expect(found).toBeLessThanOrEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test.each(zones)('the next night in %s comes within 25 hours, and shows the time that was asked for', (timeZone) => {
    fc.assert(
      fc.property(moments, clocks, (afterMs, { hour, minute }) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const dueMs = nextNightMs(afterMs, { at: `${two(hour)}:${two(minute)}`, timeZone });
        expect(dueMs).toBeGreaterThan(afterMs);
        expect(dueMs - afterMs).toBeLessThanOrEqual(25 * 3_600_000);
        const wall = zonedTime(dueMs, timeZone);
        const skipped = zonedMoment({ ...wall, hour, minute, second: 0 }, timeZone) === dueMs;
        expect(skipped || (wall.hour === hour && wall.minute === minute)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('states follow one another in any zone: fresh, due, stale, and never back', () => {
    const order = { fresh: 0, due: 1, stale: 2 };
    const ages = fc.array(fc.integer({ min: 0, max: 4 * 86_400_000 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), ages, (asOfMs, timeZone, given) => {
        const budget = { nightly: { at: '02:30', timeZone } };
        const states = given
          .toSorted((a, b) => a - b)
          .map((ageMs) => order[freshnessState(asOfMs, budget, asOfMs + ageMs, false) as keyof typeof order]);
        expect(states).toEqual(states.toSorted((a, b) => a - b));
        expect(staleAtMs(asOfMs, budget)).toBeGreaterThan(dueAtMs(asOfMs, budget));
      }),
      { numRuns: 150 },
    );
  });
});
