import { z } from 'zod';
import { isTimeZone } from './night.ts';

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 07:00');
const endTimeSchema = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day up to 24:00');
export const civilDaySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, such as 2026-12-24');

/** ISO 8601: Monday is 1, Sunday is 7. */
export const weekdaySchema = z.number().int().min(1).max(7);

/**
 * A day of any month. Counted from its start ({count: 'day', nth: 3}: the 3rd) or its end (nth 1: the last), over all
 * days or working days alone. What a short month does not have is its nearest day.
 */
export const monthDaySchema = z.object({
  count: z.enum(['day', 'working_day', 'day_from_end', 'working_day_from_end']),
  nth: z.number().int().min(1).max(31),
});
export type MonthDay = z.infer<typeof monthDaySchema>;

/**
 * From and to on the wall clock of the calendar's zone, each day that a rule names. A `to` that is not after `from` is
 * that time of the next day: 22:00 to 06:00 is a night, 07:00 to 07:00 a whole day.
 */
const daily = { from: timeSchema, to: endTimeSchema };

export const calendarRuleSchema = z.discriminatedUnion('kind', [
  /** Every month, first and last day included. A `toDay` before `fromDay` lies in the next month. */
  z.object({
    kind: z.literal('monthly'),
    fromDay: monthDaySchema,
    toDay: monthDaySchema,
    workingDaysOnly: z.boolean().default(false),
    ...daily,
  }),
  z.object({ kind: z.literal('weekly'), weekdays: z.array(weekdaySchema).min(1), ...daily }),
  /** Once, first and last day included. */
  z.object({ kind: z.literal('dates'), fromDate: civilDaySchema, toDate: civilDaySchema, ...daily }),
]);
export type CalendarRule = z.infer<typeof calendarRuleSchema>;

/** A named calendar of skip windows: month-end closing, payroll, stock taking. */
export const skipCalendarSchema = z.object({
  name: z.string().min(1).max(80),
  /** Whose days and clock these are, e.g. 'Europe/Berlin'. */
  timeZone: z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin'),
  rules: z.array(calendarRuleSchema).min(1),
  /** Days of the week that are no working days. */
  weekend: z.array(weekdaySchema).default([6, 7]),
  /** Other days that are no working days. */
  holidays: z.array(civilDaySchema).default([]),
  /** No refresh runs while a window is open; one that runs when it opens is cancelled. */
  noRefresh: z.boolean(),
  /** No other version is switched to while a window is open. */
  noSwap: z.boolean(),
  /** Null: to every read model of the server. */
  readModels: z.array(z.string()).nullable(),
});
export type SkipCalendar = z.infer<typeof skipCalendarSchema>;

/** One opening of a calendar, or several that follow each other without a gap. */
export const skipWindowSchema = z.object({ calendar: z.string(), fromMs: z.number(), toMs: z.number() });
export type SkipWindow = z.infer<typeof skipWindowSchema>;
