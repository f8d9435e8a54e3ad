import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asOfText } from '../../../shared/format/as-of-text.ts';
import { freshnessExact, freshnessLabel } from '../../../shared/format/freshness-label.ts';
import { readerLocale } from '../../../shared/format/reader-clock.ts';
import { calendarDaysBetween, zonedTime } from '../../../shared/format/zoned-time.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';

const berlin = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);
const nowMs = at('2026-11-20T18:00:00+01:00');
const read = (asOf: string): Freshness => ({ asOf, source: 'live', state: 'fresh' });

describe('the reader’s customs', () => {
  test.each([
    ['en-GB', 'as of 7:30 this morning', 'as of 15:05 today', 'as of yesterday 23:00', 'as of Mon 16 Nov 08:30'],
    ['de-DE', 'as of 7:30 this morning', 'as of 15:05 today', 'as of yesterday 23:00', 'as of Mon 16 Nov 08:30'],
    ['en-US', 'as of 7:30 this morning', 'as of 3:05 PM today', 'as of yesterday 11:00 PM', 'as of Mon Nov 16 8:30 AM'],
  ])('%s decides over twelve or twenty-four hours, and over day and month', (language, ...expected) => {
    const locale = readerLocale(language);
    const told = [
      '2026-11-20T07:30:12+01:00',
      '2026-11-20T15:05:00+01:00',
      '2026-11-19T23:00:00+01:00',
      '2026-11-16T08:30:00+01:00',
    ].map((asOf) => freshnessLabel(read(asOf), nowMs, berlin, locale));
    expect(told).toEqual(expected);
  });

  test('midnight and noon are told apart on a clock of twelve hours', () => {
    const locale = readerLocale('en-US');
    expect(asOfText(at('2026-11-20T00:05:00+01:00'), nowMs, berlin, locale)).toBe('as of 12:05 this morning');
    expect(asOfText(at('2026-11-20T12:05:00+01:00'), nowMs, berlin, locale)).toBe('as of 12:05 PM today');
    expect(asOfText(at('2026-11-19T00:05:00+01:00'), nowMs, berlin, locale)).toBe('as of yesterday 12:05 AM');
  });

  test('the exact moment has them too, and what is no language is told as in Britain', () => {
    const exact = freshnessExact(read('2026-11-20T15:30:12+01:00'), 'America/New_York', readerLocale('en-US'));
    expect(exact).toBe('November 20, 2026, 9:30:12 AM EST, server clock · from the database');
    expect(readerLocale('no language')).toBe('en-GB');
  });

  test('a clock that is off is said, one that is a blink off is not', () => {
    const exact = (skewMs: number) => freshnessExact(read('2026-11-20T07:30:12+01:00'), berlin, 'en-GB', skewMs);
    expect(exact(900)).toContain('server clock ·');
    expect(exact(180_000)).toContain('server clock (3 min ahead of this machine’s) ·');
    expect(exact(-7_000)).toContain('behind this machine’s) ·');
  });
});

describe('the day of a label', () => {
  const zones = [
    'UTC',
    berlin,
    'America/New_York',
    'America/St_Johns',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Kiritimati',
  ] as const;
  const start = at('2024-01-01T00:00:00Z');
  const moments = fc.integer({ min: start, max: at('2030-01-01T00:00:00Z') });
  const ages = fc.integer({ min: 0, max: 3 * 86_400_000 });
  const languages = fc.constantFrom('en-GB', 'en-US', 'de-DE', 'hi-IN', 'ja-JP');

  test('is one of the reader’s calendar, whatever the clocks do', () => {
    fc.assert(
      fc.property(moments, ages, fc.constantFrom(...zones), languages, (seenMs, ageMs, timeZone, language) => {
        const asOfMs = seenMs - ageMs;
        const label = asOfText(asOfMs, seenMs, timeZone, readerLocale(language));
        const days = calendarDaysBetween(zonedTime(asOfMs, timeZone), zonedTime(seenMs, timeZone));
        const said =
          label.endsWith(' today') || label.endsWith(' this morning') ? 0 : label.includes('yesterday') ? 1 : 2;
        expect(said).toBe(Math.min(days, 2));
        expect(label.endsWith(' this morning')).toBe(days === 0 && zonedTime(asOfMs, timeZone).hour < 12);
      }),
      { numRuns: 400 },
    );
  });

  test('turns at midnight, and again where the reader’s time zone is another', () => {
    const asOfMs = at('2026-11-19T23:30:00+01:00');
    const label = (iso: string, timeZone: string = berlin) => asOfText(asOfMs, at(iso), timeZone);
    expect(label('2026-11-19T23:59:59+01:00')).toBe('as of 23:30 today');
    expect(label('2026-11-20T00:00:00+01:00')).toBe('as of yesterday 23:30');
    expect(label('2026-11-20T00:00:00+01:00', 'Asia/Kolkata')).toBe('as of 4:00 this morning');
    expect(label('2026-11-20T00:00:00+01:00', 'America/New_York')).toBe('as of 17:30 today');
  });

  test('tells the hour that comes twice apart only on hovering, and skips no day when an hour is missing', () => {
    const seen = at('2026-10-25T09:00:00+01:00');
    const [first, second] = ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'];
    for (const asOf of [first, second]) expect(asOfText(at(asOf), seen, berlin)).toBe('as of 2:30 this morning');
    expect(freshnessExact(read(first), berlin)).toContain('02:30:00 CEST');
    expect(freshnessExact(read(second), berlin)).toContain('02:30:00 CET');
    expect(asOfText(at('2026-03-29T01:59:00+01:00'), at('2026-03-29T03:01:00+02:00'), berlin)).toBe(
      'as of 1:59 this morning',
    );
  });
});
