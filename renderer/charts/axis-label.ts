import { formatMoneyShort } from '../../shared/format/decimal.ts';
import { formatCountShort } from '../../shared/format/count.ts';
import { formatPercent } from '../../shared/format/ratio.ts';
import type { ColumnFormat } from '../../shared/format/cell.ts';

/** A tick that ECharts computed, without the dust of binary fractions: 0.30000000000000004 -> '0.3'. */
export function tickText(tick: number): string {
  return String(Number(tick.toPrecision(12)));
}

/** Label of a latency axis: '5 ms', '1.5 s'. */
export function latencyTick(ms: number): string {
  return ms < 1000 ? `${tickText(ms)} ms` : `${tickText(ms / 1000)} s`;
}

/** Label of a value axis: short, and money through its exact text. */
export function axisLabel(tick: number, format: ColumnFormat, currency: string | null): string {
  switch (format) {
    case 'money':
      return formatMoneyShort(tickText(tick), currency);
    case 'percent':
      return tick === 0 ? '0 %' : formatPercent(Number(tickText(tick)));
    default:
      return formatCountShort(Number(tickText(tick)));
  }
}
