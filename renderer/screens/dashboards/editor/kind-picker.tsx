import {
  IconChartBar,
  IconChartBarPopular,
  IconChartHistogram,
  IconChartLine,
  IconChartAreaLine,
  IconGridDots,
  IconNumber123,
  IconTable,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { widgetKindSchema, type WidgetKind } from '../../../../shared/model/dashboard.ts';
import styles from './editor.module.css';

interface KindWords {
  readonly name: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  /** What it is good for. */
  readonly hint: string;
}

export const kindWords: Readonly<Record<WidgetKind, KindWords>> = {
  number: { name: 'Number', icon: IconNumber123, hint: 'One figure, compared with what it was or should be' },
  bar: { name: 'Bars', icon: IconChartBar, hint: 'Amounts side by side' },
  line: { name: 'Lines', icon: IconChartLine, hint: 'How something moves' },
  stacked: { name: 'Stacked', icon: IconChartAreaLine, hint: 'A whole and its parts, as bars or areas' },
  combined: { name: 'Combined', icon: IconChartHistogram, hint: 'Bars, and lines of another unit' },
  table: { name: 'Table', icon: IconTable, hint: 'All columns, row by row' },
  aging: { name: 'Aging', icon: IconChartBarPopular, hint: 'Buckets from harmless to overdue' },
  heatmap: { name: 'Heat map', icon: IconGridDots, hint: 'Two categories, one colour scale' },
};

interface KindPickerProps {
  readonly value: WidgetKind;
  readonly onChange: (kind: WidgetKind) => void;
}

/** The kinds as one group of radio buttons: arrow keys go through them. */
export function KindPicker({ value, onChange }: KindPickerProps): ReactNode {
  return (
    <fieldset className={styles.kinds}>
      <legend className={styles.legend}>Kind</legend>
      {widgetKindSchema.options.map((kind) => {
        const { name, icon: Icon, hint } = kindWords[kind];
        return (
          <label key={kind} className={styles.kind} title={hint} data-checked={kind === value || undefined}>
            <input
              type="radio"
              name="widget-kind"
              value={kind}
              checked={kind === value}
              onChange={() => onChange(kind)}
              className={styles.kindInput}
            />
            <Icon size={20} aria-hidden />
            <span>{name}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
