import { Button, Group, Loader, Modal, Stack } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { comparisonText } from '../../../../shared/format/comparison-text.ts';
import { formatCounted } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { exactMoment } from '../../../../shared/format/freshness-label.ts';
import type { Dashboard, Widget } from '../../../../shared/model/dashboard.ts';
import type { LiveComparison } from '../../../../shared/model/live-comparison.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { useReaderTime } from '../../../app/reader-time.ts';
import { useSelectedServer } from '../../../stores/connections.ts';
import { compareWithLive, endComparison, useLiveComparison } from '../../../stores/live-comparison.ts';
import { DifferingTable } from './differing-table.tsx';
import { TotalsTable } from './totals-table.tsx';
import styles from './compare.module.css';

interface CompareDialogProps {
  readonly serverId: string;
  readonly dashboard: Dashboard;
  /** null: nothing is compared. */
  readonly widget: Widget | null;
  readonly onClose: () => void;
}

/** A widget's number beside the same question asked of the base tables now, and what its age explains. */
export function CompareDialog({ serverId, dashboard, widget, onClose }: CompareDialogProps): ReactNode {
  return (
    <Modal
      opened={widget !== null}
      onClose={onClose}
      size={880}
      title={`${widget?.title ?? ''}: compared with live now`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {widget !== null && (
        <Comparing
          which={{ serverId, dashboardId: dashboard.dashboardId, widgetId: widget.widgetId }}
          dashboard={dashboard}
          widget={widget}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

interface ComparingProps extends Omit<CompareDialogProps, 'widget' | 'serverId'> {
  readonly which: { readonly serverId: string; readonly dashboardId: string; readonly widgetId: string };
  readonly widget: Widget;
}

/** A component of its own: it asks when the dialog opens, and ends the query on the server when it closes. */
function Comparing({ which, dashboard, widget, onClose }: ComparingProps): ReactNode {
  const { value, loading, problem } = useLiveComparison((state) => state.comparison);
  const { serverId, dashboardId, widgetId } = which;
  useEffect(() => {
    const asked = { serverId, dashboardId, widgetId };
    void compareWithLive(asked);
    return () => void endComparison(asked).catch(() => undefined);
  }, [serverId, dashboardId, widgetId]);
  return (
    <Stack gap="sm">
      {loading && (
        <div className={styles.running} role="status">
          <Loader size="xs" aria-hidden />
          Asking the base tables. It is stopped by itself when it takes too long.
        </div>
      )}
      {problem !== null && <FailureNotice problem={problem} onRetry={() => void compareWithLive(which)} />}
      {value !== null && <Compared comparison={value} dashboard={dashboard} widget={widget} />}
      <Group justify="flex-end">
        {value !== null && <Button onClick={() => void compareWithLive(which)}>Compare again</Button>}
        <Button variant={loading ? 'default' : 'filled'} onClick={onClose} data-autofocus>
          {loading ? 'Cancel' : 'Close'}
        </Button>
      </Group>
    </Stack>
  );
}

interface ComparedProps extends Pick<ComparingProps, 'dashboard' | 'widget'> {
  readonly comparison: LiveComparison;
}

function Compared({ comparison, dashboard, widget }: ComparedProps): ReactNode {
  const skewMs = useSelectedServer()?.facts?.clockSkewMs ?? 0;
  const nowMs = useReaderTime((time) => time.nowMs) + skewMs;
  const { model, live, filtering, differingRows, missingColumns } = comparison;
  const [headline, ...others] = comparisonText(comparison, widget, nowMs, localTimeZone());
  return (
    <>
      <p className={styles.headline}>{headline}</p>
      {others.map((sentence) => (
        <p key={sentence} className={styles.sentence}>
          {sentence}
        </p>
      ))}
      <div className={styles.sides}>
        <Side
          name={`Read model ${model.readModel}`}
          moment={model.asOf === null ? 'age unknown' : exactMoment(Date.parse(model.asOf), localTimeZone())}
          facts={`${formatCounted(model.rows, 'row')} · ${formatDuration(model.tookMs)}`}
        />
        <Side
          name="Live, from the base tables"
          moment={exactMoment(Date.parse(live.asOf), localTimeZone())}
          facts={`${formatCounted(live.rows, 'row')} · ${formatDuration(live.tookMs)}`}
        />
      </div>
      {filtering !== null && <FilterSentence dashboard={dashboard} filtering={filtering} />}
      {comparison.totals.length > 0 && <TotalsTable comparison={comparison} widget={widget} />}
      {differingRows > 0 && <DifferingTable comparison={comparison} widget={widget} />}
      {missingColumns.length > 0 && (
        <p className={styles.sentence}>Not compared, because one answer alone has it: {missingColumns.join(', ')}.</p>
      )}
    </>
  );
}

interface SideProps {
  readonly name: string;
  readonly moment: string;
  readonly facts: string;
}

const Side = ({ name, moment, facts }: SideProps): ReactNode => (
  <div className={styles.side}>
    <div className={styles.sideName}>{name}</div>
    <div>{moment}</div>
    <div className={styles.sideFacts}>{facts}</div>
  </div>
);

interface FilterSentenceProps {
  readonly dashboard: Dashboard;
  readonly filtering: NonNullable<LiveComparison['filtering']>;
}

/** Both sides have the same filters, or none: two differently filtered numbers would say nothing. */
function FilterSentence({ dashboard, filtering }: FilterSentenceProps): ReactNode {
  const labelOf = (filterId: string): string =>
    dashboard.filters?.find((filter) => filter.filterId === filterId)?.label ?? filterId;
  const applied = filtering.applied.map(({ filterId }) => labelOf(filterId));
  return (
    <p className={styles.sentence}>
      {applied.length > 0 && `Both are filtered by ${applied.join(' and ')}. `}
      {filtering.notApplied.map(({ label, reason }) => `Compared without ${label}: ${reason}. `)}
    </p>
  );
}
