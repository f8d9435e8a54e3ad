/** Formatters are slow to make and pure: one per locale and options, for the life of the program. */
const made = new Map<string, Intl.NumberFormat>();

export const defaultLocale = 'en-GB';

export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = made.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options);
    made.set(key, format);
  }
  return format;
}

/** By locale and digits: durations are written by the thousand. */
const fixedFormats = new Map<string, Intl.NumberFormat>();

/** `value` with exactly `digits` digits after the decimal separator, grouped. */
export function fixed(value: number, digits: number, locale: string = defaultLocale): string {
  const key = `${locale} ${digits}`;
  let format = fixedFormats.get(key);
  if (format === undefined) {
    format = numberFormat(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: 'negative',
    });
    fixedFormats.set(key, format);
  }
  return format.format(value);
}
