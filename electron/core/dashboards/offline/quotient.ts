import { decimalText, parseDecimal, type Decimal } from '../../../../shared/format/decimal.ts';

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
 * The quotient of two exact numerics with the digits that PostgreSQL gives it (select_div_scale of numeric.c), rounded half
 * away from zero. The divisor is not 0.
 */
export function quotient(dividend: Decimal, divisor: Decimal): Decimal {
  const negative = dividend.units < 0n !== divisor.units < 0n;
  const [above, below] = [absolute(dividend.units), absolute(divisor.units)];
  const [first, second] = [leading(above, dividend.scale), leading(below, divisor.scale)];
  const weight = first.weight - second.weight - (first.digit <= second.digit ? 1 : 0);
  const wanted = Math.max(0, dividend.scale, divisor.scale, leastSignificant - weight * digitWidth);
  const scale = Math.min(mostScale, wanted);
  const units = above * 10n ** BigInt(scale + divisor.scale);
  const parts = below * 10n ** BigInt(dividend.scale);
  const rounded = (2n * units + parts) / (2n * parts);
  return { units: negative ? -rounded : rounded, scale };
}

const absolute = (units: bigint): bigint => (units < 0n ? -units : units);

/** `sum / count` of exact numerics, as PostgreSQL prints an average. */
export function averageText(sum: string, count: number): string {
  const value = parseDecimal(sum);
  if (value === null) throw new Error(`${sum} is no decimal`);
  return decimalText(quotient(value, { units: BigInt(count), scale: 0 }));
}
