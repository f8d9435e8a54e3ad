import {
  civilDayAt,
  momentOnDay,
  wallClock,
  type CivilDay,
  type WallClock,
} from '../../../../shared/format/civil-day.ts';
import type { CalendarRule, SkipCalendar, SkipWindow } from '../../../../shared/model/schedule.ts';
import { opensOn, workingDays } from './month-days.ts';

/**
 * The windows of a calendar that touch a time span, in order; windows that meet or overlap are one. A window opens at the
 * first moment that its clock shows the time, and closes at the last: an hour that is shown twice is inside both times.
 */
export function windowsBetween(calendar: SkipCalendar, fromMs: number, toMs: number): readonly SkipWindow[] {
  const { timeZone, rules, name } = calendar;
  const isWorking = workingDays(calendar);
  const found: { fromMs: number; toMs: number }[] = [];
  // A window of the day before may last over midnight.
  const first = civilDayAt(fromMs, timeZone) - 1;
  const last = civilDayAt(toMs, timeZone);
  const clock = wallClock(timeZone);
  for (let day: CivilDay = first; day <= last; day += 1) {
    for (const rule of rules) {
      if (opensOn(rule, day, isWorking)) found.push(openingOn(rule, day, clock));
    }
  }
  found.sort((a, b) => a.fromMs - b.fromMs);
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const window of found) {
    const before = merged.at(-1);
    if (before !== undefined && window.fromMs <= before.toMs) before.toMs = Math.max(before.toMs, window.toMs);
    else merged.push(window);
  }
  return merged.flatMap((window) =>
    window.toMs > fromMs && window.fromMs <= toMs ? [{ calendar: name, fromMs: window.fromMs, toMs: window.toMs }] : [],
  );
}

const minuteOf = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
};

function openingOn(rule: CalendarRule, day: CivilDay, clock: WallClock): { fromMs: number; toMs: number } {
  const [from, to] = [minuteOf(rule.from), minuteOf(rule.to)];
  return { fromMs: clock.first(day, from), toMs: clock.last(day, to > from ? to : to + 1440) };
}

/** How far back a window that is open may have begun, and how far ahead the next is looked for: a month and its ends. */
const lookMs = 40 * 24 * 3_600_000;

/** The windows of all calendars about a moment. */
export interface WindowsNow {
  readonly nowMs: number;
  readonly calendars: readonly { readonly calendar: SkipCalendar; readonly windows: readonly SkipWindow[] }[];
}

const seen = new Map<string, readonly SkipWindow[]>();
const rememberedAtMost = 256;

/** Days are computed once for each day, not at every tick. */
function windowsAbout(calendar: SkipCalendar, nowMs: number): readonly SkipWindow[] {
  const today = civilDayAt(nowMs, calendar.timeZone);
  const key = `${today} ${JSON.stringify(calendar)}`;
  let windows = seen.get(key);
  if (windows === undefined) {
    const noonMs = momentOnDay(today, 12 * 60, calendar.timeZone);
    windows = windowsBetween(calendar, noonMs - lookMs, noonMs + lookMs);
    if (seen.size >= rememberedAtMost) seen.clear();
    seen.set(key, windows);
  }
  return windows;
}

export const windowsNow = (calendars: readonly SkipCalendar[], nowMs: number): WindowsNow => ({
  nowMs,
  calendars: calendars.map((calendar) => ({ calendar, windows: windowsAbout(calendar, nowMs) })),
});

type Flag = 'noRefresh' | 'noSwap';

const concerns = (calendar: SkipCalendar, readModel: string, flag: Flag): boolean =>
  calendar[flag] && (calendar.readModels === null || calendar.readModels.includes(readModel));

/** The window that holds a read model back now; of several the one that ends last. Its `toMs` is no more inside. */
export function openWindow({ calendars, nowMs }: WindowsNow, readModel: string, flag: Flag): SkipWindow | null {
  let open: SkipWindow | null = null;
  for (const { calendar, windows } of calendars) {
    if (!concerns(calendar, readModel, flag)) continue;
    for (const window of windows) {
      if (window.fromMs > nowMs) break;
      if (nowMs < window.toMs && (open === null || window.toMs > open.toMs)) open = window;
    }
  }
  return open;
}

/** The first window that opens after now, within forty days; null: none does. */
export function nextWindow({ calendars, nowMs }: WindowsNow, readModel: string, flag: Flag): SkipWindow | null {
  let next: SkipWindow | null = null;
  for (const { calendar, windows } of calendars) {
    if (!concerns(calendar, readModel, flag)) continue;
    const found = windows.find((window) => window.fromMs > nowMs);
    if (found !== undefined && (next === null || found.fromMs < next.fromMs)) next = found;
  }
  return next;
}
