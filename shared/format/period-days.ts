import type { Grain } from '../model/period.ts';
import { twoDigits, type ZonedTime } from './zoned-time.ts';

/** Days are 'yyyy-mm-dd' of the proleptic Gregorian calendar, years 0001 to 9999, without a time zone. */
export interface DaySpan {
  /** First day. */
  readonly from: string;
  /** Last day, it included. */
  readonly to: string;
}

export const periodPresets = ['this_month', 'last_month', 'this_year', 'last_12_months'] as const;
export type PeriodPreset = (typeof periodPresets)[number];

/** The days that a preset means on the day `today`. 'last_12_months' ends with the running month. */
export function presetDays(preset: PeriodPreset, today: string): DaySpan {
  const { year, month } = partsOf(today);
  switch (preset) {
    case 'this_month':
      return months(year, month, 1);
    case 'last_month':
      return months(year, month - 1, 1);
    case 'this_year':
      return months(year, 1, 12);
    case 'last_12_months':
      return months(year, month - 11, 12);
  }
}

function months(year: number, month: number, count: number): DaySpan {
  return { from: dayOf(Date.UTC(year, month - 1, 1)), to: dayOf(Date.UTC(year, month - 1 + count, 0)) };
}

export const dayOfZonedTime = ({ year, month, day }: ZonedTime): string =>
  `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;

/** `addDays('2026-12-31', 1)` -> '2027-01-01'. */
export const addDays = (day: string, count: number): string => {
  const { year, month, day: date } = partsOf(day);
  return dayOf(Date.UTC(year, month - 1, date + count));
};

/** Whether it is a day of the calendar: '2026-02-30' is none. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const { year, month, day } = partsOf(text);
  return month >= 1 && month <= 12 && dayOf(Date.UTC(year, month - 1, day)) === text;
}

/** Whether a period of this grain begins on the day. */
export function beginsPeriod(day: string, grain: Grain): boolean {
  const { year, month, day: date } = partsOf(day);
  switch (grain) {
    case 'day':
      return true;
    case 'week':
      return new Date(Date.UTC(year, month - 1, date)).getUTCDay() === 1;
    case 'month':
      return date === 1;
    case 'quarter':
      return date === 1 && (month - 1) % 3 === 0;
    case 'year':
      return date === 1 && month === 1;
  }
}

const partsOf = (day: string) => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return { year, month, day: date };
};

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
