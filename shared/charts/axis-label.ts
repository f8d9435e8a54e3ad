import { formatMoneyShort } from '../format/decimal.ts';
import { formatCountShort } from '../format/count.ts';
import { formatPercent } from '../format/ratio.ts';
import type { ColumnFormat } from '../format/cell.ts';

/** A tick that ECharts computed, without the dust of binary fractions: 0.30000000000000004 -> '0.3'. */
export function tickText(tick: number): string {
  return String(Number(tick.toPrecision(12)));
}

/** Label of a latency axis: '5 ms', '1.5 s'. */
export function latencyTick(ms: number): string {
  return ms < 1000 ? `${tickText(ms)} ms` : `${tickText(ms / 1000)} s`;
}

/** Label of a value axis: short, and money through its exact text. */
export function axisLabel(tick: number, format: ColumnFormat, currency: string | null, locale?: string): string {
  switch (format) {
    case 'money':
      return formatMoneyShort(tickText(tick), currency, locale);
    case 'percent':
      return tick === 0 ? '0 %' : formatPercent(Number(tickText(tick)), locale);
    default:
      return formatCountShort(Number(tickText(tick)), locale);
  }
}
