import { civilDayAt, momentOnDay } from '../format/civil-day.ts';
import { cronFields, type CronFields } from '../format/cron-text.ts';
import { zonedTime } from '../format/zoned-time.ts';
import { movedDays } from './moved-days.ts';
import type { Schedule } from './schedule.ts';

/** A planned run that somebody wants at another time. */
export interface RunMove {
  readonly schedule: Schedule;
  readonly fromMs: number;
  readonly toMs: number;
  /** Between two planned runs as they stand, ms; null: there is but one. */
  readonly everyMs: number | null;
  /** Whose clock the new time is on, unless its schedule has a zone already. */
  readonly timeZone: string;
}

export type MovedRun =
  | { readonly ok: true; readonly schedule: Extract<Schedule, { kind: 'cron' }> }
  | { readonly ok: false; readonly why: string };

const minutesADay = 1440;

/** The day on which a minute lies that is counted from one midnight: 0 that day, -1 the one before. */
const dayOf = (minute: number): number => Math.floor(minute / minutesADay);

const shownAgain: MovedRun = {
  ok: false,
  why: 'The clocks show that hour twice, and a schedule is due at its first: drop it before or after.',
};

/** Steps that divide a day, so that a cron text keeps an even rhythm, minutes. */
const rhythms = [5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440] as const;

/**
 * The schedule under which a planned run happens at another time of the day.
 *
 * A cron moves as a whole: all its times by the same stretch, over midnight with their days. Where no cron text is due
 * exactly there, and at the others of its times moved alike, it stays. What follows its budget becomes a cron that begins at
 * the new time and is due at least as often as before.
 */
export function movedRun({ schedule, fromMs, toMs, everyMs, timeZone }: RunMove): MovedRun {
  switch (schedule.kind) {
    case 'cron':
      return movedCron(schedule, fromMs, toMs);
    case 'budget': {
      const minutes = everyMs === null ? 1440 : everyMs / 60_000;
      if (isShownAgain(toMs, timeZone)) return shownAgain;
      const rhythm = rhythms.findLast((step) => step <= minutes);
      if (rhythm === undefined) {
        return {
          ok: false,
          why: `It is refreshed every ${Math.max(1, Math.round(minutes))} min: no time is quieter for that.`,
        };
      }
      return { ok: true, schedule: cronEvery(rhythm, minuteOfDay(toMs, timeZone), timeZone) };
    }
    case 'after':
      return {
        ok: false,
        why: `It follows ${schedule.parents.join(' and ')}: move those, or give it a time of its own.`,
      };
    case 'hand':
      return { ok: false, why: 'It is refreshed by hand: give it a schedule first.' };
  }
}

function movedCron(
  { expression, timeZone }: Extract<Schedule, { kind: 'cron' }>,
  fromMs: number,
  toMs: number,
): MovedRun {
  const fields = cronFields(expression);
  if (fields === null) {
    return {
      ok: false,
      why: `The cron text ${expression} names more than times of the day: change it in the schedule.`,
    };
  }
  const byMinutes = minuteOfCalendar(toMs, timeZone) - minuteOfCalendar(fromMs, timeZone);
  if (byMinutes % minutesADay === 0) {
    return { ok: false, why: 'It is due at that time of the day already: its days are changed in the schedule.' };
  }
  if (isShownAgain(toMs, timeZone)) return shownAgain;
  const moved = fields.timesOfDay.map((at) => at + byMinutes);
  const times = moved.map((at) => at - minutesADay * dayOf(at)).toSorted((a, b) => a - b);
  // Of a time that the clocks skip the run is planned at another, from which it cannot be moved by a stretch.
  if (!times.includes(minuteOfDay(toMs, timeZone))) {
    return { ok: false, why: 'The clocks change when it is planned: move a run of another day.' };
  }
  const everyDay = [fields.day, fields.month, fields.weekday].every((field) => field === '*');
  const byDays = everyDay ? [0] : distinct(moved.map(dayOf));
  const days = byDays.length === 1 ? movedDays(fields, byDays[0] ?? 0) : null;
  if (days === null) {
    const why =
      byDays.length > 1
        ? 'Only some of its times of the day would be on another day then, which one cron text cannot hold: change them in the schedule.'
        : `Its days (${daysText(fields)}) cannot be moved to another day in one cron text: drop it on the day that it has, or change them in the schedule.`;
    return { ok: false, why };
  }
  const clock = clockFields(times);
  if (clock === null) {
    return { ok: false, why: 'Its times of the day cannot be moved by that in one cron text: move it by whole hours.' };
  }
  return {
    ok: true,
    schedule: { kind: 'cron', expression: `${clock} ${days.day} ${days.month} ${days.weekday}`, timeZone },
  };
}

/** Every so many minutes around the day, one of them at `atMinute`. */
function cronEvery(step: number, atMinute: number, timeZone: string): Extract<Schedule, { kind: 'cron' }> {
  const first = atMinute % step;
  const times = Array.from({ length: 1440 / step }, (_, index) => first + index * step);
  return {
    kind: 'cron',
    expression: `${clockFields(times) ?? `${atMinute % 60} ${Math.floor(atMinute / 60)}`} * * *`,
    timeZone,
  };
}

/** Minute and hour of a cron text that is due at just these minutes of the day; null: no such text is. */
export function clockFields(times: readonly number[]): string | null {
  const minutes = distinct(times.map((at) => at % 60));
  const hours = distinct(times.map((at) => Math.floor(at / 60)));
  if (minutes.length * hours.length !== distinct(times).length) return null;
  return `${fieldOf(minutes, 60)} ${fieldOf(hours, 24)}`;
}

function fieldOf(numbers: readonly number[], size: number): string {
  if (numbers.length === size) return '*';
  const [first = 0, second] = numbers;
  const step = second === undefined ? null : second - first;
  const even = step !== null && numbers.every((value, index) => value === first + index * step);
  if (even && numbers.length > 2 && numbers.length * step === size) {
    return first === 0 ? `*/${step}` : `${first}-${size - 1}/${step}`;
  }
  return numbers.join(',');
}

const daysText = ({ day, month, weekday }: Pick<CronFields, 'day' | 'month' | 'weekday'>): string =>
  [
    day === '*' ? '' : `day ${day} of the month`,
    month === '*' ? '' : `month ${month}`,
    weekday === '*' ? '' : `weekdays ${weekday}`,
  ]
    .filter((text) => text !== '')
    .join(', ');

const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].toSorted((a, b) => a - b);

/** Whether the clocks show this minute for the second time. */
const isShownAgain = (atMs: number, timeZone: string): boolean =>
  atMs - momentOnDay(civilDayAt(atMs, timeZone), minuteOfDay(atMs, timeZone), timeZone) >= 60_000;

/** Minutes of all days together, as the clocks of a zone show them. */
const minuteOfCalendar = (atMs: number, timeZone: string): number =>
  civilDayAt(atMs, timeZone) * minutesADay + minuteOfDay(atMs, timeZone);

function minuteOfDay(atMs: number, timeZone: string): number {
  const { hour, minute } = zonedTime(atMs, timeZone);
  return hour * 60 + minute;
}
