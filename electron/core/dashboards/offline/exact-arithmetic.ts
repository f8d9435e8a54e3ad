import type { Decimal } from '../../../../shared/format/decimal.ts';
import { exactTypes, type ExactType, type Fitting, type Operator } from './group-value.ts';
import { quotient } from './quotient.ts';
import { Untold } from './untold.ts';

/** Beyond it PostgreSQL rounds what it multiplies. */
const mostProductScale = 16_383;

const bits: Readonly<Record<Exclude<ExactType, 'numeric'>, bigint>> = { smallint: 15n, integer: 31n, bigint: 63n };

/** What both are made before they meet: the larger of two integers, numeric beside a numeric. */
export const commonType = (a: ExactType, b: ExactType): ExactType =>
  exactTypes.indexOf(a) >= exactTypes.indexOf(b) ? a : b;

/** Of two numbers of that type, with the digits that PostgreSQL prints; integers divide towards zero. */
export function operated(operator: Operator, type: ExactType, left: Decimal, right: Decimal): Decimal {
  if (operator === '/') {
    if (right.units === 0n) throw new Untold('it divides by zero, which the database refuses');
    return within(type, type === 'numeric' ? quotient(left, right) : { units: left.units / right.units, scale: 0 });
  }
  if (operator === '*') {
    const scale = left.scale + right.scale;
    if (scale > mostProductScale) throw new Untold('a product of so many digits is known to the database alone');
    return within(type, { units: left.units * right.units, scale });
  }
  const scale = Math.max(left.scale, right.scale);
  const [a, b] = [left, right].map((one) => one.units * 10n ** BigInt(scale - one.scale)) as [bigint, bigint];
  return within(type, { units: operator === '+' ? a + b : a - b, scale });
}

/** Half away from zero; more digits than there are become zeros, negative ones are places before the point. */
export function rounded({ units, scale }: Decimal, digits: number): Decimal {
  if (digits >= scale) return { units: units * 10n ** BigInt(digits - scale), scale: digits };
  const cut = 10n ** BigInt(scale - digits);
  const absolute = ((units < 0n ? -units : units) * 2n + cut) / (2n * cut);
  const whole = units < 0n ? -absolute : absolute;
  return digits >= 0 ? { units: whole, scale: digits } : { units: whole * 10n ** BigInt(-digits), scale: 0 };
}

/** As a cast to the type makes it. */
export function castTo(type: ExactType, fitting: Fitting | null, value: Decimal): Decimal {
  if (type !== 'numeric') return within(type, rounded(value, 0));
  if (fitting === null) return value;
  const fitted = rounded(value, fitting.scale);
  const most = 10n ** BigInt(fitting.precision);
  if (fitted.units >= most || fitted.units <= -most) throw tooLarge(`numeric(${fitting.precision},${fitting.scale})`);
  return fitted;
}

function within(type: ExactType, value: Decimal): Decimal {
  if (type === 'numeric') return value;
  const most = 2n ** bits[type];
  if (value.units >= most || value.units < -most) throw tooLarge(type);
  return value;
}

const tooLarge = (type: string): Untold =>
  new Untold(`it computes a number that is too large for ${type}, which the database refuses`);
