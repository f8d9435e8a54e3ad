import { weekdaysText } from './skip-calendar-text.ts';
import { twoDigits } from './zoned-time.ts';

/** The parts of a cron expression of five fields, or of six with the seconds at 0; null of any other. */
export interface CronFields {
  /** Minutes of the day at which it is due, ascending. */
  readonly timesOfDay: readonly number[];
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
}

/** Times beyond this are no list for people. */
const fewTimes = 4;

/** Reads numbers, lists, ranges and steps; null of names, `L`, `#` and whatever else cron texts may hold. */
export function cronFields(expression: string): CronFields | null {
  const parts = expression.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = parts.length === 6 && parts[0] === '0' ? parts.slice(1) : parts;
  if (parts.length > 6 || (parts.length === 6 && parts[0] !== '0')) return null;
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined) {
    return null;
  }
  const minutes = numbersOf(minute, 59);
  const hours = numbersOf(hour, 23);
  if (minutes === null || hours === null) return null;
  return { timesOfDay: hours.flatMap((at) => minutes.map((past) => at * 60 + past)), day, month, weekday };
}

/** The numbers that a field names, ascending; null where it is none of numbers, lists, ranges and steps up to `last`. */
export function numbersOf(field: string, last: number): readonly number[] | null {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return null;
    const [, low, high, step] = match;
    const from = Number(low ?? 0);
    const to = high !== undefined ? Number(high) : low === undefined || step !== undefined ? last : from;
    const by = Number(step ?? 1);
    if (from > to || to > last || by === 0) return null;
    for (let value = from; value <= to; value += by) found.add(value);
  }
  return [...found].toSorted((a, b) => a - b);
}

/**
 * A cron expression for people: "daily at 06:30", "Mon to Fri at 06:30 and 18:00", "every 15 min", "hourly at :05". What
 * it has no words for is the expression itself.
 */
export function cronText(expression: string): string {
  const fields = cronFields(expression);
  if (fields === null) return `cron ${expression}`;
  const days = daysText(fields);
  const times = timesText(fields.timesOfDay);
  if (days === null || times === null) return `cron ${expression}`;
  if (times.every) return days === 'daily' ? times.text : `${times.text}, ${days}`;
  return `${days} ${times.text}`;
}

function daysText({ day, month, weekday }: CronFields): string | null {
  if (month !== '*') return null;
  if (day !== '*') return weekday === '*' && /^\d{1,2}$/.test(day) ? `on day ${Number(day)} of the month` : null;
  if (weekday === '*') return 'daily';
  const days = numbersOf(weekday, 7);
  if (days === null) return null;
  // Cron counts Sunday as 0 and as 7.
  const text = weekdaysText(days.map((one) => (one === 0 ? 7 : one)));
  return text === 'every day' ? 'daily' : text;
}

function timesText(times: readonly number[]): { readonly text: string; readonly every: boolean } | null {
  const [first = 0] = times;
  const stepMinutes = evenStep(times);
  if (stepMinutes !== null && times.length > fewTimes) {
    const phase = first % 60;
    if (stepMinutes < 60) {
      const from = first === 0 ? '' : `, from ${minutePast(first)}`;
      return { text: stepMinutes === 1 ? 'every minute' : `every ${stepMinutes} min${from}`, every: true };
    }
    const hours = stepMinutes / 60;
    if (hours === 1) return { text: `hourly at ${minutePast(phase)}`, every: true };
    return { text: `every ${hours} h from ${clockText(first)}`, every: true };
  }
  return times.length > fewTimes ? null : { text: `at ${listText(times.map(clockText))}`, every: false };
}

/** Minutes between two times where all are equally far apart around the day; null: they are not. */
function evenStep(times: readonly number[]): number | null {
  const [first, second] = times;
  if (first === undefined || second === undefined) return null;
  const step = second - first;
  const even = times.every((at, index) => at === first + index * step) && times.length * step === 1440;
  return even && (step < 60 || step % 60 === 0) ? step : null;
}

const minutePast = (minuteOfDay: number): string => `:${twoDigits(minuteOfDay % 60)}`;

/** 390 -> "06:30" */
const clockText = (minuteOfDay: number): string =>
  `${twoDigits(Math.floor(minuteOfDay / 60))}:${twoDigits(minuteOfDay % 60)}`;

/** "a", "a and b", "a, b and c" */
export function listText(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
