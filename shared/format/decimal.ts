import { defaultLocale, numberFormat } from './number-formats.ts';

/**
 * Exact decimals as PostgreSQL prints them ("61731172.5040", "-0.5", "1e+20" of a float8). They stay text, or become
 * integers of 10^-scale; never a float, so that a total on the screen is the total in the ERP to the last digit.
 */
export interface Decimal {
  /** value = units / 10^scale */
  readonly units: bigint;
  readonly scale: number;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** null for what is no finite decimal: '', 'NaN', 'Infinity', text. */
export function parseDecimal(text: string): Decimal | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(`${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  const units = scale < 0 ? digits * 10n ** BigInt(-scale) : digits;
  return { units: sign === '-' ? -units : units, scale: Math.max(0, scale) };
}

export function decimalText({ units, scale }: Decimal): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

/** Exact sum with the largest scale of its parts; texts that are no decimals (and nulls) do not count, as in SQL. */
export function sumDecimals(values: Iterable<string | null>): string {
  let total: Decimal = { units: 0n, scale: 0 };
  for (const text of values) {
    const value = text === null ? null : parseDecimal(text);
    if (value === null) continue;
    const scale = Math.max(total.scale, value.scale);
    total = { units: unitsAt(total, scale) + unitsAt(value, scale), scale };
  }
  return decimalText(total);
}

/** Negative, 0 or positive, by value; what is no decimal sorts last. */
export function compareDecimals(a: string | null, b: string | null): number {
  const left = a === null ? null : parseDecimal(a);
  const right = b === null ? null : parseDecimal(b);
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const scale = Math.max(left.scale, right.scale);
  const difference = unitsAt(left, scale) - unitsAt(right, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** For positions of pixels only: what is printed beside them comes from the text. */
export function decimalToNumber(text: string | null): number | null {
  if (text === null) return null;
  const value = parseDecimal(text);
  return value === null ? null : Number(decimalText(value));
}

/** Digits after the point as the server printed them: '61731172.5040' -> 4. */
const fractionDigitsOf = (value: Decimal): number => Math.min(value.scale, 100);

/**
 * Grouped, rounded half away from zero to `fractionDigits` (left out: as many as the text has). What is no decimal
 * comes back as it is. Intl formats decimal strings exactly (ECMA-402, NumberFormat v3), no float in between.
 */
export function formatDecimal(text: string, fractionDigits?: number, locale: string = defaultLocale): string {
  return exactly(text, locale, (value) => {
    const digits = fractionDigits ?? fractionDigitsOf(value);
    return { minimumFractionDigits: digits, maximumFractionDigits: digits };
  });
}

/** "€184,220.40"; without a currency two digits and no sign. `fractionDigits` left out: the currency's own. */
export function formatMoney(
  text: string,
  currency: string | null,
  locale: string = defaultLocale,
  fractionDigits?: number,
): string {
  if (currency === null) return formatDecimal(text, fractionDigits ?? 2, locale);
  return exactly(text, locale, () => ({
    style: 'currency',
    currency,
    ...(fractionDigits === undefined
      ? {}
      : { minimumFractionDigits: fractionDigits, maximumFractionDigits: fractionDigits }),
  }));
}

/** For axes and tiles: "€12.3m", "€840k". */
export function formatMoneyShort(text: string, currency: string | null, locale: string = defaultLocale): string {
  return exactly(text, locale, () => ({
    notation: 'compact',
    maximumFractionDigits: 1,
    ...(currency === null ? {} : { style: 'currency', currency }),
  }));
}

function exactly(text: string, locale: string, options: (value: Decimal) => Intl.NumberFormatOptions): string {
  const value = parseDecimal(text);
  if (value === null) return text;
  const format = numberFormat(locale, { signDisplay: 'negative', ...options(value) });
  return format.format(decimalText(value) as Intl.StringNumericLiteral);
}
