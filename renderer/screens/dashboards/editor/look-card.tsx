import { Autocomplete, Checkbox, SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { isLocale, usualLocales } from '../../../../shared/format/locale.ts';
import type { ChartOptions } from '../../../../shared/model/chart-options.ts';
import type { WidgetDraft } from '../../../../shared/model/dashboard.ts';
import { Card } from '../../../app/page.tsx';
import type { UsedEditor } from './use-editor.ts';
import styles from './editor.module.css';

interface LookCardProps {
  readonly editor: UsedEditor;
  /** Of the dashboard. */
  readonly dashboardLocale: string;
}

/** The few choices that matter; the order of rows is the query's. */
export function LookCard({ editor, dashboardLocale }: LookCardProps): ReactNode {
  const { draft, change } = editor;
  const { kind, options = {} } = draft;
  const put = (changes: Partial<ChartOptions>) => change({ options: { ...options, ...changes } });
  const areas = kind === 'stacked' && options.stackedAs === 'areas';
  const bars = kind === 'bar' || kind === 'aging' || (kind === 'stacked' && !areas);
  const drawn = kind !== 'number' && kind !== 'table';
  return (
    <Card title="Look">
      <div className={styles.fields}>
        {kind === 'stacked' && (
          <SegmentedControl
            aria-label="Stacked as"
            value={options.stackedAs ?? 'bars'}
            onChange={(value) => put({ stackedAs: value === 'areas' ? 'areas' : 'bars' })}
            data={[
              { value: 'bars', label: 'Stacked bars' },
              { value: 'areas', label: 'Stacked areas' },
            ]}
          />
        )}
        {bars && (
          <SegmentedControl
            aria-label="Orientation"
            value={options.orientation ?? 'auto'}
            onChange={(value) => put({ orientation: value === 'upright' || value === 'sideways' ? value : undefined })}
            data={[
              { value: 'auto', label: 'As names need' },
              { value: 'upright', label: 'Upright' },
              { value: 'sideways', label: 'Sideways' },
            ]}
          />
        )}
        {drawn && (
          <Checkbox
            label="Legend"
            checked={options.legend ?? legendByDefault(draft)}
            onChange={({ currentTarget: { checked } }) => put({ legend: checked })}
          />
        )}
        {(kind === 'line' || kind === 'combined') && (
          <Checkbox
            label={kind === 'line' ? 'Axis begins at zero' : 'Axis of the lines begins at zero'}
            checked={options.fromZero ?? kind === 'combined'}
            onChange={({ currentTarget: { checked } }) => put({ fromZero: checked })}
          />
        )}
        <Autocomplete
          label="Locale"
          description={`How numbers and dates are written; empty: as the dashboard (${dashboardLocale})`}
          data={usualLocales}
          value={draft.locale ?? ''}
          onChange={(value) => change({ locale: value.trim() === '' ? undefined : value.trim() })}
          error={draft.locale !== undefined && !isLocale(draft.locale) ? `${draft.locale} is no locale` : undefined}
        />
      </div>
    </Card>
  );
}

const legendByDefault = ({ kind, series, values }: WidgetDraft): boolean =>
  kind === 'heatmap' || series !== null || values.length > 1;
