import { civilDay, parseCivilDay, partsOf, weekdayOf, type CivilDay } from '../../../../shared/format/civil-day.ts';
import { assertNever } from '../../../../shared/model/failure.ts';
import type { CalendarRule, MonthDay, SkipCalendar } from '../../../../shared/model/schedule.ts';

type MonthlyRule = Extract<CalendarRule, { kind: 'monthly' }>;

/** Says of a day whether it is a working day of a calendar. */
export function workingDays({ weekend, holidays }: SkipCalendar): (day: CivilDay) => boolean {
  const free = new Set(holidays.map(parseCivilDay));
  return (day) => !weekend.includes(weekdayOf(day)) && !free.has(day);
}

/** The day of a month that is meant. What the month does not have is its nearest day. */
export function resolveMonthDay(
  { count, nth }: MonthDay,
  year: number,
  month: number,
  isWorking: (day: CivilDay) => boolean,
): CivilDay {
  const first = civilDay(year, month, 1);
  const last = civilDay(year, month + 1, 1) - 1;
  switch (count) {
    case 'day':
      return Math.min(first + nth - 1, last);
    case 'day_from_end':
      return Math.max(last - nth + 1, first);
    case 'working_day':
      return nthWorking(first, last, nth, isWorking) ?? last;
    case 'working_day_from_end':
      return nthWorking(last, first, nth, isWorking) ?? first;
    default:
      return assertNever(count);
  }
}

/** From one day towards another; the last working day on the way where there are fewer. */
function nthWorking(from: CivilDay, to: CivilDay, nth: number, isWorking: (day: CivilDay) => boolean): CivilDay | null {
  const step = from <= to ? 1 : -1;
  let found: CivilDay | null = null;
  let left = nth;
  for (let day = from; day !== to + step && left > 0; day += step) {
    if (!isWorking(day)) continue;
    found = day;
    left -= 1;
  }
  return found;
}

/** First and last day of the occurrence of a rule that begins in a month. */
export function monthlyRange(
  rule: MonthlyRule,
  year: number,
  month: number,
  isWorking: (day: CivilDay) => boolean,
): readonly [CivilDay, CivilDay] {
  const from = resolveMonthDay(rule.fromDay, year, month, isWorking);
  const to = resolveMonthDay(rule.toDay, year, month, isWorking);
  if (to >= from) return [from, to];
  const next = partsOf(civilDay(year, month + 1, 1));
  return [from, resolveMonthDay(rule.toDay, next.year, next.month, isWorking)];
}

/** Whether a window of the rule opens on a day. */
export function opensOn(rule: CalendarRule, day: CivilDay, isWorking: (day: CivilDay) => boolean): boolean {
  switch (rule.kind) {
    case 'weekly':
      return rule.weekdays.includes(weekdayOf(day));
    case 'dates': {
      const [from, to] = [parseCivilDay(rule.fromDate), parseCivilDay(rule.toDate)];
      return from !== null && to !== null && from <= day && day <= to;
    }
    case 'monthly': {
      if (rule.workingDaysOnly && !isWorking(day)) return false;
      const { year, month } = partsOf(day);
      // An occurrence may have begun in the month before.
      return [month, month - 1].some((start) => {
        const begun = partsOf(civilDay(year, start, 1));
        const [from, to] = monthlyRange(rule, begun.year, begun.month, isWorking);
        return from <= day && day <= to;
      });
    }
    default:
      return assertNever(rule);
  }
}
