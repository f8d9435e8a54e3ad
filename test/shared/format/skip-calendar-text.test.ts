import { describe, expect, test } from 'vitest';
import { calendarText, frozenText, ordinal, ruleText } from '../../../shared/format/skip-calendar-text.ts';
import { skipCalendarSchema, type CalendarRule, type MonthDay } from '../../../shared/model/schedule.ts';

const monthly = (fromDay: MonthDay, toDay: MonthDay, workingDaysOnly = false): CalendarRule => ({
  kind: 'monthly',
  fromDay,
  toDay,
  workingDaysOnly,
  from: '07:00',
  to: '20:00',
});
const lastWorking = (nth: number): MonthDay => ({ count: 'working_day_from_end', nth });
const day = (nth: number): MonthDay => ({ count: 'day', nth });

describe('a rule in words', () => {
  test.each<[CalendarRule, string]>([
    [monthly(lastWorking(2), day(3)), 'last 2 working days to the 3rd, 07:00 to 20:00'],
    [monthly(lastWorking(2), lastWorking(1)), 'last 2 working days, 07:00 to 20:00'],
    [monthly(lastWorking(1), lastWorking(1)), 'the last working day, 07:00 to 20:00'],
    [monthly(day(1), day(3), true), 'the 1st to the 3rd, working days only, 07:00 to 20:00'],
    [monthly(lastWorking(1), day(2)), 'the last working day to the 2nd, 07:00 to 20:00'],
    [
      { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], from: '22:00', to: '06:00' },
      'Mon to Fri, 22:00 to 06:00 of the next day',
    ],
    [{ kind: 'weekly', weekdays: [7, 1], from: '00:00', to: '24:00' }, 'Mon, Sun, all day'],
    [{ kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '12:00', to: '13:00' }, 'every day, 12:00 to 13:00'],
    [
      { kind: 'dates', fromDate: '2026-12-24', toDate: '2026-12-31', from: '00:00', to: '24:00' },
      '24 Dec 2026 to 31 Dec 2026, all day',
    ],
  ])('%#', (rule, text) => {
    expect(ruleText(rule)).toBe(text);
  });

  test('counts days as people say them', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30].map(ordinal).join(' ')).toBe(
      '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 30th',
    );
  });
});

test('a calendar says what it holds back, and when', () => {
  const calendar = skipCalendarSchema.parse({
    name: 'Month-end',
    timeZone: 'Europe/Berlin',
    rules: [monthly(lastWorking(2), day(3))],
    noRefresh: true,
    noSwap: true,
    readModels: null,
  });
  expect(calendarText(calendar)).toBe(
    'Month-end: no refresh and no swap, last 2 working days to the 3rd, 07:00 to 20:00 (Europe/Berlin)',
  );
});

test('what a window holds back is frozen since, and until', () => {
  const at = (iso: string) => Date.parse(iso);
  const window = {
    calendar: 'month-end',
    fromMs: at('2026-11-30T07:00:00+01:00'),
    toMs: at('2026-11-30T20:00:00+01:00'),
  };
  expect(frozenText(window, at('2026-11-30T09:00:00+01:00'), 'Europe/Berlin')).toBe(
    'frozen for month-end since 7:00 this morning, until 20:00 today',
  );
});
