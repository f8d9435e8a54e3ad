import { decimalText, formatDecimal, parseDecimal } from './decimal.ts';
import { defaultLocale } from './number-formats.ts';

/** From a second value to a first, exactly: the difference, and the share of the second that it is. */
export interface Change {
  /** `value - base`, with all the digits of both. */
  readonly difference: string;
  /** Difference in tenths of a percent of the base's amount, rounded half away from zero; null where the base is 0. */
  readonly permille: bigint | null;
  readonly direction: 'up' | 'down' | 'same';
}

/** null where one of them is no decimal. */
export function changeOf(value: string | null, base: string | null): Change | null {
  const [now, before] = [value === null ? null : parseDecimal(value), base === null ? null : parseDecimal(base)];
  if (now === null || before === null) return null;
  const scale = Math.max(now.scale, before.scale);
  const at = (decimal: typeof now): bigint => decimal.units * 10n ** BigInt(scale - decimal.scale);
  const [units, baseUnits] = [at(now) - at(before), at(before)];
  return {
    difference: decimalText({ units, scale }),
    permille: baseUnits === 0n ? null : rounded(units * 1000n, baseUnits < 0n ? -baseUnits : baseUnits),
    direction: units > 0n ? 'up' : units < 0n ? 'down' : 'same',
  };
}

/** `of / by` to the nearest whole, half away from zero. `by` > 0. */
function rounded(of: bigint, by: bigint): bigint {
  const amount = ((of < 0n ? -of : of) * 2n + by) / (by * 2n);
  return of < 0n ? -amount : amount;
}

/** '+12.3 %', '-0.4 %', '0.0 %'; '' where the base is 0. */
export function changePercent({ permille }: Change, locale: string = defaultLocale): string {
  if (permille === null) return '';
  const amount = permille < 0n ? -permille : permille;
  const sign = permille > 0n ? '+' : permille < 0n ? '−' : '';
  return `${sign}${formatDecimal(decimalText({ units: amount, scale: 1 }), 1, locale)} %`;
}
