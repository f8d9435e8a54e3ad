import { Button, Tabs, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { byUrgency } from '../../../shared/model/schedule-standing.ts';
import type { RecordedRun, ScheduledModelView } from '../../../shared/model/schedule-view.ts';
import { connectFromHere } from '../../app/connect-from-here.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { navigate, setParams, useRoute } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { UpdateRegistry } from '../../app/update-registry.tsx';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { isExecutive } from '../../stores/executive.ts';
import { useReadModels, watchReadModels } from '../../stores/read-models.ts';
import { refreshSchedule, useSchedule, watchSchedule, type SeenSchedule } from '../../stores/schedule.ts';
import { readAddress, tabs } from './address.ts';
import { ScheduleAxis } from './axis/schedule-axis.tsx';
import { CalendarsTab } from './calendars/calendars-tab.tsx';
import { ModelDrawer } from './model-drawer.tsx';
import { ModelTable } from './model-table.tsx';
import { NoRunner } from './no-runner.tsx';
import { RunnersTab } from './runners-tab.tsx';
import { RunsTab } from './runs/runs-tab.tsx';
import { ScheduleToldNotice } from './told-notice.tsx';
import { useModelActions } from './use-model-actions.ts';
import { useServerNow } from './use-server-now.ts';
import { roughly, troubleWords } from './words.ts';
import styles from './schedule.module.css';

/** What runs when on a server, what ran, which windows keep it from running, and who does it. */
export function SchedulePage({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId } = server;
  const overview = useSchedule((state) => state.overview);
  useEffect(() => watchSchedule(serverId), [serverId]);
  useEffect(() => watchReadModels(serverId), [serverId]);
  const { params } = useRoute();
  const { tab } = readAddress(params);
  useCommands(
    'schedule-tabs',
    tabs.map(({ id, label }) => ({
      id: `tab-${id}`,
      title: `Show: ${label}`,
      group: 'Schedule',
      run: () => setParams({ tab: id, model: null, run: null }),
    })),
  );
  const seen = overview.value;
  return (
    <Page title="Schedule" tags={seen?.registry.state === 'ready' && <Troubles seen={seen} />}>
      {overview.problem !== null && (
        <>
          <FailureNotice problem={overview.problem} onRetry={() => void askAgain(server)} />
          {seen !== null && <LastKnown readAtMs={seen.readAtMs} />}
        </>
      )}
      {seen === null && overview.problem === null && <p className="db-dim">Loading the schedule …</p>}
      <ScheduleToldNotice />
      {seen !== null && seen.registry.state !== 'ready' && <RegistryState serverId={serverId} seen={seen} />}
      {seen?.registry.state === 'ready' && (
        <Tabs
          value={tab}
          onChange={(next) => setParams({ tab: next, model: null, run: null })}
          keepMounted={false}
          className={styles.tabs}
        >
          <Tabs.List aria-label="Schedule">
            {tabs.map(({ id, label }) => (
              <Tabs.Tab key={id} value={id}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={tab} className={styles.panel}>
            <Shown server={server} seen={seen} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  );
}

/** Without a connection one comes first, and with it whoever is asked for a password. */
async function askAgain(server: ServerSummary): Promise<void> {
  if (server.state !== 'connected') await connectFromHere(server.serverId, isExecutive(server));
  await refreshSchedule(server.serverId);
}

function Shown({ server, seen }: { readonly server: ServerSummary; readonly seen: SeenSchedule }): ReactNode {
  const { params } = useRoute();
  const { tab } = readAddress(params);
  switch (tab) {
    case 'schedule':
      return seen.models.length === 0 ? <NoReadModels /> : <Schedules server={server} seen={seen} />;
    case 'runs':
      return <RunsTab serverId={server.serverId} label={server.settings.label} seen={seen} />;
    case 'calendars':
      return <CalendarsTab serverId={server.serverId} seen={seen} />;
    case 'runners':
      return <RunnersTab server={server} seen={seen} />;
  }
}

const minuteMs = 60_000;

function Schedules({ server, seen }: { readonly server: ServerSummary; readonly seen: SeenSchedule }): ReactNode {
  const { serverId } = server;
  const { params } = useRoute();
  const { span, model: openName } = readAddress(params);
  const [filter, setFilter] = useState('');
  const nowMs = Math.floor(useServerNow() / minuteMs) * minuteMs;
  // Whether a runner reports is only known while the server answers.
  const answers = useSchedule((state) => state.overview.problem === null);
  const known = useReadModels((state) => state.list.value);
  const questions = useMemo(() => new Map(known?.map(({ name, question }) => [name, question])), [known]);
  const sorted = useMemo(() => seen.models.toSorted(byUrgency(nowMs)), [seen.models, nowMs]);
  const shown = useMemo(() => sorted.filter((model) => matches(model, questions, filter)), [sorted, questions, filter]);
  const actions = useModelActions(serverId, seen);
  const open = (model: ScheduledModelView) => setParams({ model: model.readModel }, { replace: false });
  const openRun = (run: RecordedRun) =>
    setParams({ tab: 'runs', of: run.readModel, run: run.runId, model: null }, { replace: false });
  useCommands(
    'schedule',
    seen.models.map((model) => ({
      id: `open-${model.readModel}`,
      title: `Schedule of ${model.readModel}`,
      group: 'Schedule',
      run: () => open(model),
    })),
  );
  return (
    <>
      {answers && <NoRunner server={server} seen={seen} />}
      {actions.problem !== null && <FailureNotice problem={actions.problem} />}
      <ScheduleAxis
        serverId={serverId}
        seen={seen}
        models={shown}
        span={span}
        onSpan={(next) => setParams({ span: next === 'day' ? null : next })}
        onOpen={open}
        onOpenRun={openRun}
      />
      <Card
        title="Read models"
        className={styles.flush}
        aside={
          <TextInput
            size="xs"
            w={260}
            placeholder="Words in name, owner, state …"
            aria-label="Filter the read models"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
            data-filter
          />
        }
      >
        <ModelTable models={shown} questions={questions} openName={openName} onOpen={open} actions={actions} />
      </Card>
      <ModelDrawer
        serverId={serverId}
        seen={seen}
        model={seen.models.find(({ readModel }) => readModel === openName) ?? null}
        question={questions.get(openName ?? '') ?? null}
        actions={actions}
        onClose={() => setParams({ model: null })}
      />
    </>
  );
}

function matches(model: ScheduledModelView, questions: ReadonlyMap<string, string>, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const text = [
    model.readModel,
    questions.get(model.readModel) ?? '',
    model.owner,
    model.consumer ?? '',
    model.schedule.kind,
    model.stopped === null ? '' : 'stopped',
    model.paused === null ? '' : 'paused',
    model.running === null ? '' : 'running',
    model.held?.state ?? '',
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function Troubles({ seen }: { readonly seen: SeenSchedule }): ReactNode {
  const nowMs = useServerNow();
  const { models } = seen;
  return (
    <>
      <Tag>{models.length === 1 ? '1 read model' : `${models.length} read models`}</Tag>
      {troubleWords(models, nowMs).map(({ text, tone }) => (
        <Tag key={text} tone={tone}>
          {text}
        </Tag>
      ))}
    </>
  );
}

/** The old schedule stays while nobody answers, with its age. */
function LastKnown({ readAtMs }: { readonly readAtMs: number }): ReactNode {
  const nowMs = useNow(5_000);
  return (
    <Notice tone="warning" title={`The last known schedule, ${roughly(Math.max(0, nowMs - readAtMs))} old`}>
      Runs may have begun and ended since; an agent goes on without this window.
    </Notice>
  );
}

function NoReadModels(): ReactNode {
  return (
    <Card>
      <EmptyState
        title="No read model yet"
        actions={
          <Button variant="filled" onClick={() => navigate('/mornings')}>
            Look at Mornings
          </Button>
        }
      >
        Read models are what is refreshed. Find the statement that hurts on Mornings and propose one there; its schedule
        appears here.
      </EmptyState>
    </Card>
  );
}

function RegistryState({ serverId, seen }: { readonly serverId: string; readonly seen: SeenSchedule }): ReactNode {
  const { state, message } = seen.registry;
  if (state === 'none') return <NoReadModels />;
  const title =
    state === 'newer' ? 'A newer Daybreak keeps this schedule' : 'The registry of this server has no schedules yet';
  return (
    <Notice
      tone="warning"
      title={title}
      {...(state === 'older' ? { buttons: <UpdateRegistry serverId={serverId} /> } : {})}
    >
      {message}
    </Notice>
  );
}
