import { useMemo, type ReactNode } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Run } from '../../../shared/model/read-model.ts';
import { budgetEndsMs, isLate, standings, standingOf } from '../../../shared/model/schedule-standing.ts';
import type { ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import { budgetText } from '../../app/budget-text.ts';
import { momentExact, momentShort } from '../../app/moments.ts';
import { PauseDialog } from '../../app/pause-dialog.tsx';
import { Tag } from '../../app/tag.tsx';
import { useReadModels } from '../../stores/read-models.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import type { ModelActions } from './use-model-actions.ts';
import { useServerNow } from './use-server-now.ts';
import {
  consumerText,
  budgetShort,
  distanceText,
  outcomeWords,
  roughly,
  scheduleWords,
  standingReason,
  standingWords,
} from './words.ts';
import styles from './schedule.module.css';

interface ModelTableProps {
  /** The most urgent first. */
  readonly models: readonly ScheduledModelView[];
  readonly questions: ReadonlyMap<string, string>;
  readonly openName: string | null;
  readonly onOpen: (model: ScheduledModelView) => void;
  readonly actions: ModelActions;
}

interface Row {
  readonly model: ScheduledModelView;
  readonly question: string;
  readonly lastRun: Run | null;
}

const virtualFrom = 60;

/** One row for each read model: whose it is, when it runs, how old it is, and how it stands. */
export function ModelTable({ models, questions, openName, onOpen, actions }: ModelTableProps): ReactNode {
  const nowMs = useServerNow();
  const known = useReadModels((state) => state.list.value);
  const lastRuns = useMemo(() => new Map(known?.map(({ name, lastRun }) => [name, lastRun])), [known]);
  const rows = useMemo(
    () =>
      models.map((model) => ({
        model,
        question: questions.get(model.readModel) ?? '',
        lastRun: lastRuns.get(model.readModel) ?? null,
      })),
    [models, questions, lastRuns],
  );
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  const onRowKey = ({ model }: Row, key: string): boolean => {
    const wanted = key === 'f' ? 'refresh' : key === 'p' ? 'pause' : key === 'r' ? 'resume' : null;
    const action = actions.of(model).find(({ id }) => id.startsWith(`${wanted ?? '-'}-`));
    action?.run();
    return action !== undefined;
  };
  return (
    <>
      <DataTable
        label="Schedules"
        columns={columns}
        rows={rows}
        rowKey={({ model }) => model.readModel}
        onOpen={({ model }) => onOpen(model)}
        onRowKey={onRowKey}
        selectedKey={openName}
        empty="No read model has all these words."
        estimatedRowPx={52}
        {...(rows.length > virtualFrom ? { height: '60vh' } : {})}
      />
      <PauseDialog readModel={actions.pausing} onPause={actions.pause} onClose={() => actions.askWhy(null)} />
    </>
  );
}

const columnsAt = (nowMs: number): readonly TableColumn<Row>[] => [
  {
    id: 'name',
    header: 'name and question',
    width: 'minmax(150px, 2fr)',
    wrap: true,
    cell: ({ model, question }) => (
      <span className={styles.two}>
        <strong>{model.readModel}</strong>
        <span className="db-dim">{question}</span>
      </span>
    ),
    sortValue: ({ model }) => model.readModel,
  },
  {
    id: 'owner',
    header: 'owner',
    width: 'minmax(92px, 0.8fr)',
    wrap: true,
    cell: ({ model }) => model.owner,
    sortValue: ({ model }) => model.owner,
  },
  {
    id: 'budget',
    header: 'tightest budget',
    hint: 'The largest age that its strictest consumer accepts, and whose it is',
    width: 'minmax(110px, 1fr)',
    wrap: true,
    cell: ({ model }) => (
      <span className={styles.two}>
        <span>{budgetText(model.budget)}</span>
        <span className="db-dim">{model.consumer === null ? 'nobody’s' : consumerText(model.consumer)}</span>
      </span>
    ),
    sortValue: ({ model }) => budgetEndsMs(0, model.budget),
  },
  {
    id: 'schedule',
    header: 'schedule',
    width: 'minmax(118px, 1.3fr)',
    wrap: true,
    cell: ({ model }) => scheduleWords(model),
    sortValue: ({ model }) => scheduleWords(model),
  },
  {
    id: 'next',
    header: 'next due',
    width: '104px',
    wrap: true,
    cell: ({ model }) => <NextDue model={model} nowMs={nowMs} />,
    sortValue: ({ model }) => model.nextDueMs,
  },
  {
    id: 'age',
    header: 'age',
    hint: 'How old its numbers are now, of what its strictest consumer accepts',
    width: '92px',
    align: 'right',
    wrap: true,
    cell: ({ model }) => <Age model={model} nowMs={nowMs} />,
    sortValue: ({ model }) => (model.asOfMs === null ? null : nowMs - model.asOfMs),
  },
  {
    id: 'last-run',
    header: 'last run',
    width: '136px',
    wrap: true,
    cell: ({ lastRun }) => <LastRun run={lastRun} nowMs={nowMs} />,
    sortValue: ({ lastRun }) => lastRun?.startedAtMs,
  },
  {
    id: 'state',
    header: 'state',
    width: 'minmax(190px, 1.8fr)',
    wrap: true,
    cell: ({ model }) => <StandingCell model={model} nowMs={nowMs} />,
    sortValue: ({ model }) => standings.indexOf(standingOf(model, nowMs)),
  },
];

interface CellProps {
  readonly model: ScheduledModelView;
  readonly nowMs: number;
}

function Age({ model, nowMs }: CellProps): ReactNode {
  const { asOfMs, budget } = model;
  if (asOfMs === null) return <span className="db-dim">never read</span>;
  return (
    <span className={styles.two} title={momentExact(asOfMs)}>
      <span className={isLate(model, nowMs) ? styles.bad : ''}>{roughly(Math.max(0, nowMs - asOfMs))}</span>
      {budget !== null && <span className="db-dim">of {budgetShort(budget)}</span>}
    </span>
  );
}

function NextDue({ model, nowMs }: CellProps): ReactNode {
  const { nextDueMs, dueReason, paused, stopped, suspended } = model;
  if (paused !== null || stopped !== null || suspended) return <span className="db-dim">when it is resumed</span>;
  if (nextDueMs === null) {
    return (
      <span className="db-dim" title={dueReason.text}>
        –
      </span>
    );
  }
  return (
    <span className={styles.two} title={`${momentExact(nextDueMs)}\n${dueReason.text}`}>
      <span>{momentShort(nextDueMs, nowMs)}</span>
      <span className="db-dim">{distanceText(nextDueMs, nowMs)}</span>
    </span>
  );
}

function LastRun({ run, nowMs }: { readonly run: Run | null; readonly nowMs: number }): ReactNode {
  if (run === null) return <span className="db-dim">never</span>;
  const { text, tone } = outcomeWords[run.state];
  return (
    <span className={styles.two}>
      <span>
        <Tag tone={tone} title={run.error ?? undefined}>
          {text}
        </Tag>
      </span>
      <span className="db-dim" title={momentExact(run.startedAtMs)}>
        {momentShort(run.startedAtMs, nowMs)}
        {run.endedAtMs !== null && ` · ${formatDuration(run.endedAtMs - run.startedAtMs)}`}
      </span>
    </span>
  );
}

/** How it stands in one word, and why in a sentence. */
export function StandingCell({ model, nowMs }: CellProps): ReactNode {
  const standing = standingOf(model, nowMs);
  const { text, tone } = standingWords[standing];
  const late = standing !== 'late' && isLate(model, nowMs);
  return (
    <span className={styles.two}>
      <span className={styles.tags}>
        <Tag tone={tone}>{text}</Tag>
        {late && <Tag tone="bad">over budget</Tag>}
        {standing === 'running' && model.running?.cancelAsked != null && <Tag tone="warning">asked to cancel</Tag>}
      </span>
      <span className={styles.reason} title={standingReason(model, nowMs)}>
        {standingReason(model, nowMs)}
      </span>
    </span>
  );
}
