import { numbersOf, type CronFields } from '../format/cron-text.ts';

type Days = Pick<CronFields, 'day' | 'month' | 'weekday'>;

/** Days that every month has. */
const daysOfAllMonths = 28;

/**
 * The days of a cron text, each by so many days later (or earlier, below 0); null where no text says that exactly: the end
 * of a month is on another number in each, and what names only some months would have to leave them.
 */
export function movedDays(days: Days, by: number): Days | null {
  const { day, month, weekday } = days;
  if (by === 0 || (day === '*' && month === '*' && weekday === '*')) return days;
  const movedDay = day === '*' ? day : movedDaysOfMonth(day, by);
  const movedWeekday = weekday === '*' ? weekday : movedWeekdays(weekday, by);
  if (movedDay === null || movedWeekday === null) return null;
  // Within one month a day of the month stays in it, and a weekday does not.
  if (month !== '*' && (day === '*' || weekday !== '*')) return null;
  return { day: movedDay, month, weekday: movedWeekday };
}

function movedDaysOfMonth(field: string, by: number): string | null {
  const days = numbersOf(field, 31);
  if (days === null) return null;
  const stay = days.every((day) => day >= 1 && day <= daysOfAllMonths && day + by >= 1 && day + by <= daysOfAllMonths);
  return stay ? listOf(days.map((day) => day + by)) : null;
}

/** Cron counts Sunday as 0 and as 7. */
function movedWeekdays(field: string, by: number): string | null {
  const days = numbersOf(field, 7);
  if (days === null) return null;
  const moved = new Set(days.map((day) => (((day + by) % 7) + 7) % 7));
  return listOf([...moved].toSorted((a, b) => a - b));
}

/** [1, 2, 3, 5] -> '1-3,5' */
function listOf(numbers: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === number - 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs
    .map(({ first, last }) =>
      first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');
}
