import type { z } from 'zod';
import type { columnFormatSchema } from '../model/dashboard.ts';
import { formatDate, formatMonth, formatWeek } from './calendar.ts';
import { formatDecimal, formatMoney, parseDecimal } from './decimal.ts';
import { defaultLocale } from './number-formats.ts';
import { assertNever } from '../model/assert-never.ts';

export type ColumnFormat = z.infer<typeof columnFormatSchema>;

/** What a null looks like: not an empty cell, which would look like an empty text. */
export const nullText = '–';

/** One cell of a widget for reading; the cell itself stays the server's text. `percent` cells hold shares (0..1). */
export function formatCell(
  value: string | null,
  format: ColumnFormat,
  currency: string | null = null,
  locale: string = defaultLocale,
): string {
  if (value === null) return nullText;
  switch (format) {
    case 'text':
      return value;
    case 'integer':
      return formatDecimal(value, 0, locale);
    case 'decimal':
      return formatDecimal(value, undefined, locale);
    case 'money':
      return formatMoney(value, currency, locale);
    case 'percent':
      return percentText(value, locale);
    case 'date':
      return formatDate(value, locale);
    case 'month':
      return formatMonth(value, locale);
    case 'week':
      return formatWeek(value);
    default:
      return assertNever(format);
  }
}

/** A share as text, times one hundred by moving the point: exact. One digit after it. */
function percentText(value: string, locale: string): string {
  const share = parseDecimal(value);
  if (share === null) return value;
  return `${formatDecimal(`${share.units * 100n}e-${share.scale}`, 1, locale)} %`;
}

/** True for formats whose cells are numbers: they are set right-aligned, with tabular numerals. */
export function isNumericFormat(format: ColumnFormat): boolean {
  return format === 'integer' || format === 'decimal' || format === 'money' || format === 'percent';
}
