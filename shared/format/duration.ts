import { defaultLocale, fixed, numberFormat } from './number-formats.ts';

/**
 * A length of time for people: "0.38 ms", "1.9 ms", "46.7 ms", "341 ms", "4.9 s", "48.9 s", "2 min 5 s", "3 h 10 min",
 * "2 d 4 h". Two or three digits carry all that a measurement of this kind can; more would pretend.
 */
export function formatDuration(durationMs: number, locale: string = defaultLocale): string {
  if (!Number.isFinite(durationMs)) return '–';
  if (durationMs < 0) return `-${formatDuration(-durationMs, locale)}`;
  if (durationMs === 0) return '0 ms';
  if (durationMs < 0.001) return '< 0.001 ms';
  if (durationMs < 0.995) return `${twoSignificant(durationMs, locale)} ms`;
  if (durationMs < 999.5) return `${shortNumber(durationMs, locale)} ms`;
  if (durationMs < 59_950) return `${shortNumber(durationMs / 1000, locale)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return pair(seconds, 60, 'min', 's', locale);
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min', locale);
  return pair(Math.round(minutes / 60), 24, 'd', 'h', locale);
}

function pair(total: number, size: number, large: string, small: string, locale: string): string {
  const rest = total % size;
  const head = `${fixed(Math.floor(total / size), 0, locale)} ${large}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

/** One decimal below 10, one decimal where there is one below 100, none above. */
function shortNumber(value: number, locale: string): string {
  const tenths = Math.round(value * 10);
  if (tenths < 100) return fixed(value, 1, locale);
  if (tenths < 1000 && tenths % 10 !== 0) return fixed(value, 1, locale);
  return fixed(value, 0, locale);
}

function twoSignificant(value: number, locale: string): string {
  return numberFormat(locale, { maximumSignificantDigits: 2 }).format(value);
}
