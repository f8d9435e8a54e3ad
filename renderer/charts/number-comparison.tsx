import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { columnTitle } from '../../shared/charts/widget-shape.ts';
import { formatCell, type ColumnFormat } from '../../shared/format/cell.ts';
import { changeOf, changePercent } from '../../shared/format/change.ts';
import type { Comparison } from '../../shared/model/chart-options.ts';
import styles from './number-comparison.module.css';

interface NumberComparisonProps {
  readonly comparison: Comparison;
  readonly value: string | null;
  readonly base: string | null;
  readonly format: ColumnFormat;
  readonly currency: string | null;
  readonly locale: string | undefined;
}

const icons = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconArrowRight } as const;

/** Good news and bad news are told by words and an arrow besides their colour. */
function toneOf({ better }: Comparison, direction: 'up' | 'down' | 'same'): 'good' | 'bad' | 'plain' {
  if (better === undefined || direction === 'same') return 'plain';
  return (better === 'higher') === (direction === 'up') ? 'good' : 'bad';
}

/** What a number was, or should be, and how far it is from it: exact decimals, whatever their size. */
export function NumberComparison(props: NumberComparisonProps): ReactNode {
  const { comparison, value, base, format, currency, locale } = props;
  const label = comparison.label ?? columnTitle(comparison.column);
  const second = formatCell(base, format, currency, locale);
  const change = changeOf(value, base);
  if (change === null) {
    return (
      <div className={styles.comparison}>
        <span className="db-dim">
          {label}: {second}
        </span>
      </div>
    );
  }
  const Icon = icons[change.direction];
  const amount = change.difference.replace(/^-/, '');
  const sign = change.direction === 'up' ? '+' : change.direction === 'down' ? '−' : '';
  const percent = changePercent(change, locale);
  return (
    <div className={styles.comparison}>
      <span className={styles.change} data-tone={toneOf(comparison, change.direction)}>
        <Icon size={15} aria-hidden />
        {sign}
        {formatCell(amount, format, currency, locale)}
        {percent !== '' && ` (${percent})`}
      </span>
      <span className="db-dim">
        {comparison.with === 'target' ? 'against' : 'from'} {second} {label}
      </span>
    </div>
  );
}
