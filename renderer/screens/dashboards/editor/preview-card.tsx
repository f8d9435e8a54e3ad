import { Button, Skeleton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../../app/freshness-label.tsx';
import { Card } from '../../../app/page.tsx';
import { WidgetChart } from '../../../charts/widget-chart.tsx';
import { WidgetTable } from '../../../charts/widget-table.tsx';
import { LiveRefusal, liveCheckOf } from './live-refusal.tsx';
import type { UsedEditor } from './use-editor.ts';
import styles from './editor.module.css';

interface PreviewCardProps {
  readonly editor: UsedEditor;
  /** The draft as it would stand on the dashboard. */
  readonly widget: Widget;
  /** The page says already why it may not be live. */
  readonly refusedAbove: boolean;
  readonly onPropose: () => void;
  readonly onMinutes: () => void;
}

/** The widget as it would be, with the numbers of now. The last good picture stays while the next one is read. */
export function PreviewCard({ editor, widget, refusedAbove, onPropose, onMinutes }: PreviewCardProps): ReactNode {
  const [asTable, setAsTable] = useState(false);
  const { preview, problem, columns } = editor;
  const { value } = preview;
  const refusal = liveCheckOf(preview.problem);
  const table = asTable || widget.kind === 'table';
  return (
    <Card
      title="Preview"
      className={styles.preview}
      tags={value !== null && <FreshnessLabel freshness={value.data.freshness} />}
      aside={
        <>
          {preview.loading && <span role="status">reading …</span>}
          {!preview.loading && value?.data.tookMs != null && <span>{formatDuration(value.data.tookMs)}</span>}
          {value !== null && widget.kind !== 'table' && (
            <Button size="compact-xs" onClick={() => setAsTable(!asTable)} aria-pressed={asTable}>
              As a table
            </Button>
          )}
        </>
      }
    >
      {refusal !== null && !refusedAbove && <LiveRefusal check={refusal} onPropose={onPropose} onMinutes={onMinutes} />}
      {refusal === null && preview.problem !== null && (
        <FailureNotice problem={preview.problem} onRetry={editor.previewAgain} />
      )}
      {problem !== null && columns.value !== null && (
        <p className={styles.hint} role="status">
          {problem}
        </p>
      )}
      <div className={styles.picture} data-kind={widget.kind}>
        {value === null && (preview.loading || columns.loading) && preview.problem === null && (
          <Skeleton height="100%" aria-label="Reading the first numbers" />
        )}
        {value === null && !preview.loading && !columns.loading && preview.problem === null && (
          <EmptyState title="Nothing to show yet">
            Choose where the numbers come from; the picture appears here and follows every change.
          </EmptyState>
        )}
        {value !== null &&
          (table ? (
            <WidgetTable widget={widget} data={value.data} />
          ) : (
            <WidgetChart widget={widget} data={value.data} />
          ))}
      </div>
      {value?.liveCheck != null && (
        <p className={styles.hint}>
          Cheap enough to be live: cost {formatCount(value.liveCheck.cost)} of at most{' '}
          {formatCount(value.liveCheck.costLimit)}
          {value.liveCheck.tookMs !== null &&
            `, measured ${formatDuration(value.liveCheck.tookMs)} of at most ${formatDuration(value.liveCheck.limitMs)}`}
          .
        </p>
      )}
    </Card>
  );
}
