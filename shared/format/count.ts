import { defaultLocale, fixed, numberFormat } from './number-formats.ts';

/** A whole number of things, grouped: "1,914". */
export function formatCount(count: number, locale: string = defaultLocale): string {
  return Number.isFinite(count) ? fixed(count, 0, locale) : '–';
}

/** For axes and small places: "1.8m", "600k". */
export function formatCountShort(count: number, locale: string = defaultLocale): string {
  return Number.isFinite(count)
    ? numberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count)
    : '–';
}

/** "1 row", "2,080 rows". `plural` where adding an s is not enough. */
export function formatCounted(
  count: number,
  singular: string,
  plural = `${singular}s`,
  locale: string = defaultLocale,
) {
  return `${formatCount(count, locale)} ${Math.round(count) === 1 ? singular : plural}`;
}
