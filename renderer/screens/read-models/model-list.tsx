import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { scheduleText } from '../../../shared/format/schedule-text.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { budgetMinutes } from '../../../shared/model/ageing.ts';
import type { ReadModel } from '../../../shared/model/read-model.ts';
import { budgetText } from '../../app/budget-text.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { momentExact, momentShort } from '../../app/moments.ts';
import { Card, Page } from '../../app/page.tsx';
import { href, navigate } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { refreshReadModels, useReadModels, watchReadModels } from '../../stores/read-models.ts';
import { useSchedule, watchSchedule } from '../../stores/schedule.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { currentVersion, occupiedBytes, servedCopy } from './model-facts.ts';
import { MoreMenu } from './more-menu.tsx';
import { PlanList } from './plan-list.tsx';
import styles from './read-models.module.css';
import { runWords, strategyText } from './words.ts';

const open = (model: ReadModel) => navigate(`/read-models/model/${encodeURIComponent(model.name)}`);
const proposeBlank = () => navigate('/read-models/propose');

/** All read models of a server, and the plans that were made. */
export function ModelList({ server }: { readonly server: ServerSummary }) {
  const { serverId } = server;
  const { list, plans } = useReadModels();
  useEffect(() => watchReadModels(serverId), [serverId]);
  useEffect(() => watchSchedule(serverId), [serverId]);
  useCommands('read-models', [
    {
      id: 'import',
      title: 'Import a materialized view',
      group: 'Read models',
      run: () => navigate('/read-models/import'),
    },
    { id: 'propose', title: 'Propose a read model from a SELECT', group: 'Read models', run: proposeBlank },
    ...(list.value ?? []).map((model) => ({
      id: `open-${model.name}`,
      title: `Read model ${model.name}`,
      description: model.question,
      group: 'Read models',
      run: () => open(model),
    })),
  ]);

  const models = list.value ?? [];
  const suspended = models.filter((model) => model.suspended !== null).length;
  const drifting = models.filter((model) => model.drift.length > 0).length;
  return (
    <Page
      title="Read models"
      tags={
        <>
          {list.value !== null && <Tag>{models.length === 1 ? '1 read model' : `${models.length} read models`}</Tag>}
          {suspended > 0 && <Tag tone="warning">{suspended} suspended</Tag>}
          {drifting > 0 && <Tag tone="warning">{drifting} drifting</Tag>}
        </>
      }
      actions={
        <>
          <MoreMenu serverId={serverId} installed={models.length > 0} />
          <Button onClick={proposeBlank}>Propose from a SELECT</Button>
        </>
      }
    >
      {list.problem !== null && (
        <FailureNotice problem={list.problem} onRetry={() => void refreshReadModels(serverId)} />
      )}
      {list.value === null && list.loading && <p className="db-dim">Loading the read models …</p>}
      {list.value !== null && models.length === 0 && (
        <Card>
          <EmptyState
            title="No read model yet"
            actions={<Button onClick={() => navigate('/mornings')}>Look at Mornings</Button>}
          >
            A read model is a precomputed copy of the data in the shape of one widget. Find the statement that hurts on
            Mornings and propose one there, or begin with a SELECT of your own.
          </EmptyState>
        </Card>
      )}
      {models.length > 0 && (
        <Card className={styles.flush}>
          <DataTable
            label="Read models"
            columns={columns}
            rows={models}
            rowKey={(model) => model.name}
            onOpen={open}
            initialSort={{ column: 'name', descending: false }}
          />
        </Card>
      )}
      {(list.problem === null || plans.problem === null) && <PlanList plans={plans} />}
    </Page>
  );
}

const columns: readonly TableColumn<ReadModel>[] = [
  {
    id: 'name',
    header: 'name and question',
    width: 'minmax(166px, 2fr)',
    wrap: true,
    cell: (model) => (
      <span className={styles.name}>
        <span className={styles.inline}>
          <strong>{model.name}</strong>
          {model.suspended !== null && <Tag tone="warning">suspended</Tag>}
        </span>
        <span className="db-dim">{model.question}</span>
      </span>
    ),
    sortValue: (model) => model.name,
  },
  {
    id: 'owner',
    header: 'owner',
    width: 'minmax(104px, 1fr)',
    wrap: true,
    cell: (model) => model.owner,
    sortValue: (model) => model.owner,
  },
  {
    id: 'budget',
    header: 'budget',
    hint: 'The largest age that its consumers accept',
    width: '68px',
    wrap: true,
    cell: (model) => budgetText(model.budget),
    sortValue: (model) => (model.budget === null || model.budget === 'live' ? 0 : budgetMinutes(model.budget)),
  },
  {
    id: 'as-of',
    header: 'as of',
    hint: 'When the source data was read',
    width: 'minmax(118px, 1fr)',
    wrap: true,
    cell: (model) => <FreshnessLabel freshness={model.freshness} />,
    sortValue: (model) => model.freshness.asOf,
  },
  {
    id: 'version',
    header: 'version',
    width: '62px',
    align: 'right',
    cell: (model) => (model.currentVersion === null ? '–' : `v${model.currentVersion}`),
    sortValue: (model) => model.currentVersion,
  },
  {
    id: 'rows',
    header: 'rows',
    width: '62px',
    align: 'right',
    cell: (model) => orDash(servedCopy(currentVersion(model))?.rows, formatCount),
    sortValue: (model) => servedCopy(currentVersion(model))?.rows,
  },
  {
    id: 'size',
    header: 'size',
    hint: 'All copies of all versions',
    width: '70px',
    align: 'right',
    cell: (model) => orDash(occupiedBytes(model), formatBytes),
    sortValue: occupiedBytes,
  },
  {
    id: 'strategy',
    header: 'strategy',
    hint: 'How the last refresh brought new numbers to the readers',
    width: '90px',
    wrap: true,
    cell: (model) => strategyText(model.lastRun),
    sortValue: (model) => model.lastRun?.mode,
  },
  {
    id: 'next-run',
    header: 'next run',
    hint: 'When its schedule makes it due',
    width: '102px',
    wrap: true,
    cell: (model) => <NextRun name={model.name} />,
  },
  {
    id: 'last-run',
    header: 'last run',
    hint: 'How it ended, when it began, how long it took',
    width: 'minmax(116px, 1fr)',
    wrap: true,
    cell: (model) => <LastRun model={model} />,
    sortValue: (model) => model.lastRun?.startedAtMs,
  },
  {
    id: 'drift',
    header: 'drift',
    hint: 'Where the catalog is not what the registry says',
    width: '54px',
    cell: (model) =>
      model.drift.length === 0 ? (
        <span className="db-dim">none</span>
      ) : (
        <Tag tone="warning" title={model.drift.map(({ text }) => text).join('\n')}>
          {model.drift.length}
        </Tag>
      ),
    sortValue: (model) => model.drift.length,
  },
];

/** When it is due, or why no moment is; leads to its schedule. */
function NextRun({ name }: { readonly name: string }) {
  const nowMs = useNow(60_000);
  const model = useSchedule(
    (state) => state.overview.value?.models.find(({ readModel }) => readModel === name) ?? null,
  );
  if (model === null) return <span className="db-dim">–</span>;
  const { nextDueMs, dueReason, paused, stopped, schedule } = model;
  const link = href('/schedule', { model: name });
  if (stopped !== null || paused !== null) return <a href={link}>{stopped === null ? 'paused' : 'stopped'}</a>;
  return (
    <a href={link} title={dueReason.text}>
      {nextDueMs === null ? scheduleText(schedule) : momentShort(nextDueMs, nowMs)}
    </a>
  );
}

function LastRun({ model }: { readonly model: ReadModel }) {
  const nowMs = useNow(60_000);
  const run = model.lastRun;
  if (run === null) return <span className="db-dim">never</span>;
  const { text, tone } = runWords[run.state];
  return (
    <span className={styles.name}>
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

function orDash(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
