import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveMonthDay, workingDays } from '../../../../../electron/core/schedule/decide/month-days.ts';
import {
  nextWindow,
  openWindow,
  windowsBetween,
  windowsNow,
} from '../../../../../electron/core/schedule/decide/skip-windows.ts';
import { civilDay, civilDayText } from '../../../../../shared/format/civil-day.ts';
import { zonedTime } from '../../../../../shared/format/zoned-time.ts';
import { skipCalendarSchema, type CalendarRule, type SkipCalendar } from '../../../../../shared/model/schedule.ts';
import { dayMs } from '../../../../support/schedule/model-state.ts';

const at = (iso: string): number => Date.parse(iso);
const berlin = 'Europe/Berlin';

const calendar = (rules: readonly CalendarRule[], changes: Partial<SkipCalendar> = {}): SkipCalendar =>
  skipCalendarSchema.parse({
    name: 'month-end',
    timeZone: berlin,
    rules,
    noRefresh: true,
    noSwap: false,
    readModels: null,
    ...changes,
  });

const monthEnd: CalendarRule = {
  kind: 'monthly',
  fromDay: { count: 'working_day_from_end', nth: 2 },
  toDay: { count: 'day', nth: 3 },
  workingDaysOnly: false,
  from: '07:00',
  to: '20:00',
};
const weekly = (weekdays: number[], from: string, to: string): CalendarRule => ({ kind: 'weekly', weekdays, from, to });

const isOpen = (one: SkipCalendar, iso: string): boolean =>
  openWindow(windowsNow([one], at(iso)), 'sales', 'noRefresh') !== null;

describe('the last 2 working days to the 3rd, 07:00 to 20:00', () => {
  const closing = calendar([monthEnd], { holidays: ['2026-12-31', '2027-01-01'] });

  test('names days of two months, without weekends and holidays', () => {
    const days = windowsBetween(closing, at('2026-12-15T00:00:00Z'), at('2027-01-15T00:00:00Z')).map(({ fromMs }) =>
      new Date(fromMs).toISOString().slice(0, 10),
    );
    // Thursday 31 December is a holiday: the last two working days are Tuesday and Wednesday.
    expect(days).toEqual(['2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02', '2027-01-03']);
  });

  test('is open from its first minute to before its last, on the wall clock', () => {
    expect(isOpen(closing, '2026-12-29T06:59:59+01:00')).toBe(false);
    expect(isOpen(closing, '2026-12-29T07:00:00+01:00')).toBe(true);
    expect(isOpen(closing, '2026-12-29T19:59:59+01:00')).toBe(true);
    expect(isOpen(closing, '2026-12-29T20:00:00+01:00')).toBe(false);
    expect(isOpen(closing, '2026-12-28T12:00:00+01:00')).toBe(false);
    expect(isOpen(closing, '2027-01-04T12:00:00+01:00')).toBe(false);
  });

  test('says when it ends, and when it opens next', () => {
    const now = windowsNow([closing], at('2026-12-29T12:00:00+01:00'));
    expect(openWindow(now, 'sales', 'noRefresh')?.toMs).toBe(at('2026-12-29T20:00:00+01:00'));
    expect(nextWindow(now, 'sales', 'noRefresh')?.fromMs).toBe(at('2026-12-30T07:00:00+01:00'));
    expect(openWindow(now, 'sales', 'noSwap')).toBeNull();
  });
});

describe('a calendar', () => {
  test('holds back the models that it names, and no others', () => {
    const payroll = calendar([weekly([1, 2, 3, 4, 5, 6, 7], '00:00', '24:00')], { readModels: ['salaries'] });
    const now = windowsNow([payroll], at('2026-11-20T12:00:00Z'));
    expect(openWindow(now, 'salaries', 'noRefresh')).not.toBeNull();
    expect(openWindow(now, 'sales', 'noRefresh')).toBeNull();
  });

  test('may last over midnight, into a day that it does not name', () => {
    const friday = calendar([weekly([5], '22:00', '03:30')]);
    expect(isOpen(friday, '2026-11-20T21:59:00+01:00')).toBe(false);
    expect(isOpen(friday, '2026-11-20T23:00:00+01:00')).toBe(true);
    expect(isOpen(friday, '2026-11-21T03:29:00+01:00')).toBe(true);
    expect(isOpen(friday, '2026-11-21T03:30:00+01:00')).toBe(false);
    expect(isOpen(friday, '2026-11-20T01:00:00+01:00')).toBe(false);
  });

  test('has one window where days follow each other without a gap', () => {
    const stock = calendar([
      { kind: 'dates', fromDate: '2026-12-28', toDate: '2026-12-30', from: '00:00', to: '24:00' },
    ]);
    expect(windowsBetween(stock, at('2026-12-01T00:00:00Z'), at('2027-01-10T00:00:00Z'))).toEqual([
      { calendar: 'month-end', fromMs: at('2026-12-28T00:00:00+01:00'), toMs: at('2026-12-31T00:00:00+01:00') },
    ]);
  });

  test('is as long as the clock says on days on which the clocks change', () => {
    const sunday = calendar([weekly([7], '01:00', '04:00')]);
    const lengthOn = (iso: string) => {
      const [window] = windowsBetween(sunday, at(`${iso}T00:00:00Z`), at(`${iso}T12:00:00Z`));
      return ((window?.toMs ?? 0) - (window?.fromMs ?? 0)) / 3_600_000;
    };
    expect(lengthOn('2026-03-22')).toBe(3);
    expect(lengthOn('2026-03-29')).toBe(2);
    expect(lengthOn('2026-10-25')).toBe(4);
  });

  test('covers both passes of an hour that is shown twice', () => {
    const sunday = calendar([weekly([7], '01:00', '02:30')]);
    expect(isOpen(sunday, '2026-10-25T02:15:00+02:00')).toBe(true);
    expect(isOpen(sunday, '2026-10-25T02:15:00+01:00')).toBe(true);
    expect(isOpen(sunday, '2026-10-25T02:30:00+01:00')).toBe(false);
  });

  test('is open whenever the wall clock is between its times, in every zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(berlin, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'),
        fc.integer({ min: 0, max: 23 * 60 }),
        fc.integer({ min: 1, max: 24 * 60 }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-06-01T00:00:00Z') }),
        (timeZone, from, length, nowMs) => {
          const to = Math.min(24 * 60, from + length);
          const text = (minute: number) =>
            `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
          const daily = calendar([weekly([1, 2, 3, 4, 5, 6, 7], text(from), text(to))], { timeZone });
          const { hour, minute } = zonedTime(nowMs, timeZone);
          const inside = hour * 60 + minute >= from && hour * 60 + minute < to;
          const open = openWindow(windowsNow([daily], nowMs), 'sales', 'noRefresh') !== null;
          // The other way round it need not hold: a skipped time moves on, a repeated hour is inside as a whole.
          if (inside) expect(open).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('and its windows agree, wherever they are looked at from', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }), (nowMs) => {
        const both = calendar([monthEnd, weekly([5], '22:00', '03:30')]);
        const listed = windowsBetween(both, nowMs - 20 * dayMs, nowMs + 20 * dayMs);
        const now = windowsNow([both], nowMs);
        expect(openWindow(now, 'sales', 'noRefresh')).toEqual(
          listed.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs) ?? null,
        );
        const next = listed.find(({ fromMs }) => fromMs > nowMs);
        if (next !== undefined) expect(nextWindow(now, 'sales', 'noRefresh')).toEqual(next);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a day of the month', () => {
  const plain = workingDays(calendar([monthEnd]));
  const day = (
    count: 'day' | 'working_day' | 'day_from_end' | 'working_day_from_end',
    nth: number,
    year: number,
    month: number,
  ) => civilDayText(resolveMonthDay({ count, nth }, year, month, plain));

  test('is counted from either end, over all days or working days', () => {
    expect(day('day', 3, 2026, 2)).toBe('2026-02-03');
    expect(day('day_from_end', 1, 2026, 2)).toBe('2026-02-28');
    expect(day('working_day', 1, 2026, 8)).toBe('2026-08-03');
    expect(day('working_day_from_end', 2, 2026, 5)).toBe('2026-05-28');
  });

  test('that a short month does not have is its nearest', () => {
    expect(day('day', 31, 2026, 2)).toBe('2026-02-28');
    expect(day('working_day', 31, 2026, 2)).toBe('2026-02-27');
    expect(day('day_from_end', 31, 2026, 2)).toBe('2026-02-01');
    expect(resolveMonthDay({ count: 'working_day', nth: 1 }, 2026, 2, () => false)).toBe(civilDay(2026, 2, 28));
  });
});
