import { assertNever } from '../model/assert-never.ts';
import type { CalendarRule, MonthDay, SkipCalendar, SkipWindow } from '../model/skip-calendar.ts';
import { formatDate } from './calendar.ts';
import { asOfText } from './as-of-text.ts';
import { defaultLocale } from './number-formats.ts';

/** "1st", "2nd", "3rd", "11th", "22nd" */
export function ordinal(value: number): string {
  const last = value % 10;
  const teen = Math.floor(value / 10) % 10 === 1;
  const ending = teen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th';
  return `${value}${ending}`;
}

/** A rule in words: "last 2 working days to the 3rd, 07:00 to 20:00", "Mon to Fri, 22:00 to 06:00 of the next day". */
export function ruleText(rule: CalendarRule, locale: string = defaultLocale): string {
  return `${daysText(rule, locale)}, ${hoursText(rule)}`;
}

function daysText(rule: CalendarRule, locale: string): string {
  switch (rule.kind) {
    case 'weekly':
      return weekdaysText(rule.weekdays);
    case 'dates': {
      const [from, to] = [formatDate(rule.fromDate, locale), formatDate(rule.toDate, locale)];
      return from === to ? from : `${from} to ${to}`;
    }
    case 'monthly': {
      const only = rule.workingDaysOnly ? ', working days only' : '';
      return `${monthDaysText(rule.fromDay, rule.toDay)}${only}`;
    }
    default:
      return assertNever(rule);
  }
}

function monthDaysText(from: MonthDay, to: MonthDay): string {
  if (sameDay(from, to)) return `the ${dayText(from)}`;
  if (to.nth === 1 && to.count === from.count && from.count.endsWith('_from_end')) return lastDaysText(from);
  if (from.count.endsWith('_from_end') && from.nth > 1) return `${lastDaysText(from)} to the ${dayText(to)}`;
  return `the ${dayText(from)} to the ${dayText(to)}`;
}

const sameDay = (a: MonthDay, b: MonthDay): boolean => a.count === b.count && a.nth === b.nth;

const lastDaysText = ({ count, nth }: MonthDay): string =>
  `last ${nth} ${count === 'working_day_from_end' ? 'working days' : 'days'}`;

function dayText({ count, nth }: MonthDay): string {
  switch (count) {
    case 'day':
      return ordinal(nth);
    case 'working_day':
      return `${ordinal(nth)} working day`;
    case 'day_from_end':
      return nth === 1 ? 'last day' : `${ordinal(nth)} last day`;
    case 'working_day_from_end':
      return nth === 1 ? 'last working day' : `${ordinal(nth)} last working day`;
    default:
      return assertNever(count);
  }
}

const shortDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const shortDay = (weekday: number): string => shortDays[weekday - 1] ?? String(weekday);

/** Days of the week (ISO 8601) for people: "Mon to Fri", "Tue, Thu", "every day". */
export function weekdaysText(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].toSorted((a, b) => a - b);
  const [first = 1] = days;
  const last = days.at(-1) ?? first;
  if (days.length === 7) return 'every day';
  if (days.length > 2 && last - first === days.length - 1) return `${shortDay(first)} to ${shortDay(last)}`;
  return days.map(shortDay).join(', ');
}

function hoursText({ from, to }: CalendarRule): string {
  if (from === '00:00' && (to === '24:00' || to === '00:00')) return 'all day';
  return to > from ? `${from} to ${to}` : `${from} to ${to} of the next day`;
}

/** What a calendar does, in a sentence: "Month-end: no refresh, last 2 working days to the 3rd, 07:00 to 20:00 (Europe/Berlin)". */
export function calendarText(calendar: SkipCalendar, locale: string = defaultLocale): string {
  const { name, noRefresh, noSwap, rules, timeZone } = calendar;
  const flags = [noRefresh ? 'no refresh' : '', noSwap ? 'no swap' : ''].filter((flag) => flag !== '');
  const what = flags.length === 0 ? 'nothing is held back' : flags.join(' and ');
  return `${name}: ${what}, ${rules.map((rule) => ruleText(rule, locale)).join('; ')} (${timeZone})`;
}

/** "month-end since 7:00 this morning" */
export function windowSinceText(
  { calendar, fromMs }: SkipWindow,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string {
  return `${calendar} since ${momentText(fromMs, nowMs, timeZone, locale)}`;
}

/** "frozen for month-end since 7:00 this morning, until 20:00 today": for what a no-refresh window holds back. */
export function frozenText(
  window: SkipWindow,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string {
  return `frozen for ${windowText(window, nowMs, timeZone, locale)}`;
}

/** "month-end since 7:00 this morning, until 20:00 today" */
export function windowText(
  window: SkipWindow,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string {
  const since = windowSinceText(window, nowMs, timeZone, locale);
  return `${since}, until ${momentText(window.toMs, nowMs, timeZone, locale)}`;
}

/** "7:00 this morning", "yesterday 23:00", "Mon 16 Nov 08:30" */
export function momentText(atMs: number, nowMs: number, timeZone: string, locale: string = defaultLocale): string {
  return asOfText(atMs, nowMs, timeZone, locale).replace(/^as of /, '');
}
