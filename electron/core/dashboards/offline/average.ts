import { decimalText, parseDecimal } from '../../../../shared/format/decimal.ts';

/** PostgreSQL's numbers are made of digits of 10,000, and a quotient has at least so many decimal digits that count. */
const digitWidth = 4;
const leastSignificant = 16;
const mostScale = 1000;

interface Leading {
  /** Power of 10,000 of the first digit that is not zero. */
  readonly weight: number;
  readonly digit: number;
}

/** Of the absolute value. */
function leading(units: bigint, scale: number): Leading {
  if (units === 0n) return { weight: 0, digit: 0 };
  const text = units.toString();
  // Decimal places before the point; negative: zeros behind it.
  const before = text.length - scale;
  const weight = Math.ceil(before / digitWidth) - 1;
  const width = before - weight * digitWidth;
  return { weight, digit: Number(text.slice(0, width).padEnd(width, '0')) };
}

/**
 * `sum / count` with the digits that PostgreSQL gives an average of exact numbers (select_div_scale of numeric.c),
 * rounded half away from zero.
 */
export function averageText(sum: string, count: number): string {
  const value = parseDecimal(sum);
  if (value === null) throw new Error(`${sum} is no decimal`);
  const negative = value.units < 0n;
  const units = negative ? -value.units : value.units;
  const [dividend, divisor] = [leading(units, value.scale), leading(BigInt(count), 0)];
  const weight = dividend.weight - divisor.weight - (dividend.digit <= divisor.digit ? 1 : 0);
  const scale = Math.min(mostScale, Math.max(0, value.scale, leastSignificant - weight * digitWidth));
  const parts = BigInt(count) * 10n ** BigInt(value.scale);
  const scaled = units * 10n ** BigInt(scale);
  const rounded = (2n * scaled + parts) / (2n * parts);
  return decimalText({ units: negative ? -rounded : rounded, scale });
}
