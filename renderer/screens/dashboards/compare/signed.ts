import { parseDecimal } from '../../../../shared/format/decimal.ts';

/** A difference with its sign: "+€12.50", "−3", "0". */
export function signed(difference: string, format: (value: string) => string): string {
  const value = parseDecimal(difference);
  if (value === null || value.units === 0n) return format(difference);
  return value.units < 0n ? `−${format(difference.replace('-', ''))}` : `+${format(difference)}`;
}
