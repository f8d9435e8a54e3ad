import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { IconChartBar, IconCheck, IconCopy, IconRefresh, IconTable, IconTrash } from '@tabler/icons-react';
import { useState, type CSSProperties, type ReactNode } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import { copyText } from '../../app/copy-button.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { navigate } from '../../app/router.ts';
import { WidgetChart } from '../../charts/widget-chart.tsx';
import { WidgetTable } from '../../charts/widget-table.tsx';
import { notAsked, type WidgetState } from '../../stores/widget-state.ts';
import { widgetCsv } from './csv.ts';
import { shownFreshness } from './dashboard-freshness.ts';
import { WidgetProblem } from './widget-problem.tsx';
import styles from './dashboards.module.css';

interface WidgetCardProps {
  readonly widget: Widget;
  readonly state: WidgetState | undefined;
  /** The database is within reach. */
  readonly online: boolean;
  /** The server's clock, renewed often enough for labels to age. */
  readonly nowMs: number;
  readonly onRefresh: () => void;
  /** Left out: this widget came with its dashboard and stays on it. */
  readonly onRemove?: () => void;
}

/** An executive widget that still asks the base tables: the case for a read model. */
const isHeavyLive = ({ source, budget }: Widget): boolean => source.kind === 'live' && budget !== 'live';

/** One question with its number, its age and what can be done with it. An old number stays until a newer one is here. */
export function WidgetCard({
  widget,
  state = notAsked,
  online,
  nowMs,
  onRefresh,
  onRemove,
}: WidgetCardProps): ReactNode {
  const [asTable, setAsTable] = useState(false);
  const { data, loading, problem } = state;
  const freshness = shownFreshness(widget, state, online, nowMs);
  const { x, y, w, h } = widget.layout;
  const place = { '--x': x + 1, '--y': y + 1, '--w': w, '--h': h } as CSSProperties;
  return (
    <section
      className={styles.card}
      style={place}
      aria-label={widget.title}
      aria-busy={loading}
      data-widget={widget.widgetId}
      data-source={widget.source.kind}
    >
      {loading && data !== null && <div className={styles.renewing} aria-hidden />}
      <header className={styles.cardHead}>
        <h2 className={styles.cardTitle} title={widget.question}>
          {widget.title}
        </h2>
        <div className={styles.cardAge}>{freshness !== null && <FreshnessLabel freshness={freshness} />}</div>
      </header>
      {problem !== null && <WidgetProblem problem={problem} hasNumber={data !== null} onRetry={onRefresh} />}
      <div className={styles.cardBody}>
        {data === null && problem === null && (
          <Skeleton className={styles.skeleton} aria-label={`${widget.title}: waiting for its first number`} />
        )}
        {data !== null &&
          (asTable ? <WidgetTable widget={widget} data={data} /> : <WidgetChart widget={widget} data={data} />)}
      </div>
      <footer className={styles.cardFoot}>
        <SourceNote widget={widget} tookMs={data?.tookMs ?? null} />
        <div className={styles.cardTools}>
          {isHeavyLive(widget) && <ProposeButton widget={widget} online={online} />}
          {data !== null && widget.kind !== 'table' && (
            <IconTool
              label={asTable ? `Show ${widget.title} as a picture` : `Show ${widget.title} as a table`}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <IconChartBar size={15} aria-hidden /> : <IconTable size={15} aria-hidden />}
            </IconTool>
          )}
          {data !== null && <CopyCsv title={widget.title} csv={() => widgetCsv(widget, data)} />}
          <IconTool
            label={online ? `Refresh ${widget.title} now` : 'The database is out of reach: nothing newer can be read'}
            onClick={onRefresh}
            disabled={!online || loading}
          >
            <IconRefresh size={15} aria-hidden />
          </IconTool>
          {onRemove !== undefined && (
            <IconTool label={`Remove ${widget.title} from this dashboard`} onClick={onRemove}>
              <IconTrash size={15} aria-hidden />
            </IconTool>
          )}
        </div>
      </footer>
    </section>
  );
}

function SourceNote({ widget, tookMs }: { readonly widget: Widget; readonly tookMs: number | null }): ReactNode {
  const { source } = widget;
  const took = tookMs === null ? '' : ` · ${formatDuration(tookMs)}`;
  return (
    <span className={styles.source} title={source.sql}>
      {source.kind === 'read_model' ? `read model ${source.readModel}` : 'base tables'}
      {took}
    </span>
  );
}

function ProposeButton({ widget, online }: { readonly widget: Widget; readonly online: boolean }): ReactNode {
  return (
    <Tooltip
      label={
        online
          ? 'This question is answered from the base tables each time. A read model answers it without them.'
          : 'A proposal asks the database for columns and estimates, and it is out of reach.'
      }
    >
      <Button
        size="compact-xs"
        aria-label={`Propose a read model for ${widget.title}`}
        data-disabled={!online || undefined}
        aria-disabled={!online}
        onClick={() => {
          if (online) navigate('/read-models/propose', { widget: widget.widgetId });
        }}
      >
        Propose
      </Button>
    </Tooltip>
  );
}

interface IconToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** A small button with a name. A disabled one stays reachable, so that it can say why. */
function IconTool({ label, onClick, disabled = false, children }: IconToolProps): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={label}
        aria-disabled={disabled}
        data-disabled={disabled || undefined}
        onClick={() => {
          if (!disabled) onClick();
        }}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function CopyCsv({ title, csv }: { readonly title: string; readonly csv: () => string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(csv());
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <IconTool label={copied ? `Copied ${title}` : `Copy ${title} as CSV`} onClick={() => void copy()}>
      {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
    </IconTool>
  );
}
