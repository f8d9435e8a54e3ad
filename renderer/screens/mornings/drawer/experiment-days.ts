import { formatDate } from '../../../../shared/format/calendar.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { defaultLocale } from '../../../../shared/format/number-formats.ts';
import { dateTimeFormat, twoDigits, zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { Experiment } from '../../../../shared/model/experiment.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';

/** "07:52" -> 472; null: no time of day. */
export function minuteOf(text: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= 1440 ? minute : null;
}

/** Whether a text names a day of the calendar: "2026-02-30" does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

export const clockOf = (minute: number): string => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;

/** The clock times of the incident, as the part of each morning to watch. A window over midnight ends with its day. */
export function minutesOf(
  window: TimeWindow,
  timeZone: string,
): { readonly fromMinute: number; readonly toMinute: number } {
  const from = zonedTime(window.fromMs, timeZone);
  const to = zonedTime(window.toMs, timeZone);
  const fromMinute = from.hour * 60 + from.minute;
  const toMinute = to.hour * 60 + to.minute;
  return { fromMinute, toMinute: toMinute > fromMinute ? toMinute : 1440 };
}

/** The smallest p that n days can reach, half of them without the suspect: 1 / (n over n/2). */
export function smallestP(days: number): number {
  let ways = 1;
  for (let k = 1; k <= days / 2; k += 1) ways = (ways * (days / 2 + k)) / k;
  return 1 / ways;
}

/** How far it is: measured days of each kind. */
export function progressText({ days }: Experiment): string {
  const measured = days.filter(({ saves, excluded }) => saves !== null && excluded === null);
  const live = measured.filter(({ arm }) => arm === 'live').length;
  return `${measured.length} of ${days.length} mornings measured: ${live} with it, ${measured.length - live} without it.`;
}

/** "Mon 23 Nov 2026": which day of the week it is decides who is at work. */
export function dayText(day: string): string {
  const weekday = dateTimeFormat(defaultLocale, { weekday: 'short', timeZone: 'UTC' });
  return `${weekday.format(Date.parse(`${day}T00:00:00Z`))} ${formatDate(day)}`;
}

/** What the next morning shall be; null: none is to come. */
export function nextText(
  { days, toMinute, timeZone }: Pick<Experiment, 'days' | 'toMinute' | 'timeZone'>,
  nowMs: number,
): string | null {
  const { year, month, day: dayOfMonth, hour, minute } = zonedTime(nowMs, timeZone);
  const today = `${year}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
  const over = hour * 60 + minute >= toMinute;
  const next = days.find(({ day, excluded }) => excluded === null && (over ? day > today : day >= today));
  if (next === undefined) return null;
  const arm = next.arm === 'live' ? 'with it: leave it as it is' : 'without it: see to it that it does not run';
  return `Next is ${dayText(next.day)}, ${arm}.`;
}

/** A morning's damage, or why there is none to see: while it may still be left out, nobody shall choose by it. */
export function damageText({ damagePerSaveMs, saves }: Experiment['days'][number]): string {
  if (damagePerSaveMs !== null) return formatDuration(damagePerSaveMs);
  return saves === null ? 'not yet' : 'at the end';
}

export function resultText({ result }: Experiment): string | null {
  if (result === null) return null;
  const [low, high] = result.interval;
  return (
    `With it a save waited ${formatDuration(result.effectMs)} longer ` +
    `(${formatDuration(low)} to ${formatDuration(high)}); p = ${result.p.toFixed(3)}, ` +
    `the best that these days can reach is ${result.smallestP.toFixed(3)}. ${result.text}`
  );
}
