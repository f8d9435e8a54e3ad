import type { DayOfWeek } from '@mantine/dates';
import { dateTimeFormat } from '../../../../shared/format/zoned-time.ts';

/** A day of a calendar, 'yyyy-mm-dd' with or without a time, as the reader's language writes it. */
const written = (locale: string, options: Intl.DateTimeFormatOptions) => (day: string) =>
  dateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.parse(`${day.slice(0, 10)}T00:00:00Z`));

/** What a calendar needs to speak the reader's language, without a table of words for each. */
export const calendarWords = (locale: string) => ({
  monthLabelFormat: written(locale, { month: 'long', year: 'numeric' }),
  monthsListFormat: written(locale, { month: 'short' }),
  yearLabelFormat: written(locale, { year: 'numeric' }),
  yearsListFormat: written(locale, { year: 'numeric' }),
  weekdayFormat: written(locale, { weekday: 'short' }),
  getDayAriaLabel: written(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  ariaLabels: {
    previousMonth: 'Previous month',
    nextMonth: 'Next month',
    previousYear: 'Previous year',
    nextYear: 'Next year',
    previousDecade: 'Previous ten years',
    nextDecade: 'Next ten years',
  },
});

/** Not in TypeScript's library yet; engines have the method or, before that, the property. */
interface WithWeek {
  readonly getWeekInfo?: () => { readonly firstDay: number };
  readonly weekInfo?: { readonly firstDay: number };
}

/** 0 is Sunday. */
export function firstDayOfWeek(locale: string): DayOfWeek {
  const known = new Intl.Locale(locale) as WithWeek;
  const { firstDay } = known.getWeekInfo?.() ?? known.weekInfo ?? { firstDay: 1 };
  return (firstDay % 7) as DayOfWeek;
}
