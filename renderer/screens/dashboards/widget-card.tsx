import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import {
  IconChartBar,
  IconCheck,
  IconCopy,
  IconHistory,
  IconPencil,
  IconRefresh,
  IconTable,
} from '@tabler/icons-react';
import { useState, type CSSProperties, type ReactNode } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import { widgetCsv } from '../../../shared/format/widget-csv.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import { copyText } from '../../app/copy-button.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { navigate } from '../../app/router.ts';
import { WidgetChart } from '../../charts/widget-chart.tsx';
import { WidgetTable } from '../../charts/widget-table.tsx';
import { chosenFilters } from '../../stores/dashboard-filters.ts';
import { stepBack, useEarlier } from '../../stores/earlier-results.ts';
import { useExecutive } from '../../stores/executive.ts';
import { notAsked, widgetKey, type WidgetState } from '../../stores/widget-state.ts';
import { WidgetAge } from './ages.tsx';
import { EarlierStrip } from './earlier-strip.tsx';
import { UnreadableNumber } from './unreadable-number.tsx';
import { useSeen, WhenSeen } from './when-seen.tsx';
import { WidgetProblem } from './widget-problem.tsx';
import styles from './dashboards.module.css';

interface WidgetCardProps {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widget: Widget;
  readonly state: WidgetState | undefined;
  /** The database is within reach. */
  readonly online: boolean;
  /** The first of its dashboard, whose number is looked for first: it is drawn without a look at where it is, and then its buttons. */
  readonly leads?: boolean;
  readonly onRefresh: () => void;
  /** How the number leaves the screen as a file; shown once there is one. */
  readonly exportMenu: ReactNode;
  /** A line below the title. */
  readonly note?: ReactNode;
  /** Beside the card's own. */
  readonly moreTools?: ReactNode;
  /** Left out: whoever looks at it does not change it. */
  readonly onEdit?: () => void;
}

/** An executive widget that still asks the base tables: the case for a read model. */
const isHeavyLive = ({ source, budget }: Widget): boolean => source.kind === 'live' && budget !== 'live';

/** One question with its number, its age and what can be done with it. An old number stays until a newer one is here. */
export function WidgetCard({
  serverId,
  dashboardId,
  widget,
  state = notAsked,
  online,
  leads = false,
  onRefresh,
  exportMenu,
  note,
  moreTools,
  onEdit,
}: WidgetCardProps): ReactNode {
  const [asTable, setAsTable] = useState(false);
  const [toolbar, withTools] = useSeen<HTMLDivElement>(leads ? 'in turn' : 'at once');
  const executive = useExecutive();
  const { loading } = state;
  const key = widgetKey(dashboardId, widget.widgetId);
  const earlier = useEarlier(({ shown }) => shown[key] ?? null);
  const nothingEarlier = useEarlier(({ nothingEarlier: all }) => all[key] === true);
  const stepping = { serverId, dashboardId, widgetId: widget.widgetId, filters: chosenFilters(dashboardId) };
  const data = earlier?.data ?? state.data;
  const problem = earlier === null ? state.problem : earlier.problem;
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
        <div className={styles.cardAge}>
          {earlier?.data == null ? (
            <WidgetAge widget={widget} state={state} online={online} />
          ) : (
            <FreshnessLabel freshness={earlier.data.freshness} />
          )}
        </div>
      </header>
      {note}
      {problem !== null && <WidgetProblem problem={problem} hasNumber={data !== null} onRetry={onRefresh} />}
      {earlier !== null && <EarlierStrip title={widget.title} widget={stepping} earlier={earlier} />}
      <div className={styles.cardBody}>
        {data === null && problem === null && (
          <Skeleton className={styles.skeleton} aria-label={`${widget.title}: waiting for its first number`} />
        )}
        {data?.unreadable !== undefined && <UnreadableNumber why={data.unreadable} />}
        {data !== null && data.unreadable === undefined && (
          <WhenSeen when={leads ? 'in turn' : 'near'}>
            {() =>
              asTable ? <WidgetTable widget={widget} data={data} /> : <WidgetChart widget={widget} data={data} />
            }
          </WhenSeen>
        )}
      </div>
      <footer className={styles.cardFoot}>
        <SourceNote widget={widget} tookMs={data?.tookMs ?? null} />
        <div ref={toolbar} className={styles.cardTools}>
          {withTools && (
            <>
              {isHeavyLive(widget) && !executive && <ProposeButton widget={widget} online={online} />}
              {data !== null && data.unreadable === undefined && widget.kind !== 'table' && (
                <IconTool
                  label={asTable ? `Show ${widget.title} as a picture` : `Show ${widget.title} as a table`}
                  onClick={() => setAsTable(!asTable)}
                >
                  {asTable ? <IconChartBar size={15} aria-hidden /> : <IconTable size={15} aria-hidden />}
                </IconTool>
              )}
              {data !== null && data.unreadable === undefined && (
                <CopyCsv title={widget.title} csv={() => widgetCsv(data)} />
              )}
              {data !== null && data.unreadable === undefined && earlier === null && exportMenu}
              {state.data !== null && earlier === null && (
                <IconTool
                  label={
                    nothingEarlier
                      ? `Nothing earlier of ${widget.title} is saved`
                      : `Earlier results of ${widget.title}`
                  }
                  onClick={() => void stepBack(stepping, state.data?.freshness.asOf ?? null)}
                  disabled={nothingEarlier}
                  tool="earlier"
                >
                  <IconHistory size={15} aria-hidden />
                </IconTool>
              )}
              {moreTools}
              <IconTool
                label={
                  online ? `Refresh ${widget.title} now` : 'The database is out of reach: nothing newer can be read'
                }
                onClick={onRefresh}
                disabled={!online || loading}
              >
                <IconRefresh size={15} aria-hidden />
              </IconTool>
              {onEdit !== undefined && (
                <IconTool label={`Edit ${widget.title}`} onClick={onEdit}>
                  <IconPencil size={15} aria-hidden />
                </IconTool>
              )}
            </>
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
  /** Its name for who gives the focus back to it. */
  readonly tool?: string;
  readonly children: ReactNode;
}

/** A small button with a name. A disabled one stays reachable, so that it can say why. */
export function IconTool({ label, onClick, disabled = false, tool, children }: IconToolProps): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={label}
        aria-disabled={disabled}
        data-disabled={disabled || undefined}
        data-tool={tool}
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
