import { defaultLocale } from './number-formats.ts';
import { dateTimeFormat } from './zoned-time.ts';

/** A moment on the reader's clock: "15:05" or "3:05 PM", and how a morning is told, where no AM is needed: "7:30". */
export interface ClockText {
  readonly text: string;
  readonly morning: string;
}

/** Whether the clock has twelve or twenty-four hours is the locale's custom. */
export function clockOf(atMs: number, timeZone: string, locale: string = defaultLocale): ClockText {
  const parts = dateTimeFormat(locale, { timeZone, hour: 'numeric', minute: '2-digit' }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string | undefined =>
    parts.find((candidate) => candidate.type === type)?.value;
  const [hour = '', minute = '', period] = [part('hour'), part('minute'), part('dayPeriod')];
  const morning = `${hour.replace(/^0(?=\d)/, '')}:${minute}`;
  return period === undefined
    ? { text: `${hour.padStart(2, '0')}:${minute}`, morning }
    : { text: `${morning} ${period}`, morning };
}

/** How an hour is written there: 07:30 where the day has twenty-four, 7:30 AM where it has twice twelve. */
export function hourOf(locale: string): '2-digit' | 'numeric' {
  const { hourCycle } = dateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions();
  return hourCycle === 'h11' || hourCycle === 'h12' ? 'numeric' : '2-digit';
}

/**
 * The locale that Daybreak's own words are formatted for: they are English, in the customs of the reader's region. A
 * German reader gets "Mon 16 Nov 15:05", an American one "Mon Nov 16 3:05 PM".
 */
export function readerLocale(language: string): string {
  try {
    const { region } = new Intl.Locale(language).maximize();
    const english = region === undefined ? defaultLocale : `en-${region}`;
    const { hourCycle } = new Intl.DateTimeFormat(language, { hour: 'numeric' }).resolvedOptions();
    return hourCycle === undefined ? english : `${english}-u-hc-${hourCycle}`;
  } catch {
    return defaultLocale;
  }
}
