import { Button, NumberInput, Switch } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { runnerTroubleText } from '../../../shared/format/schedule-text.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { ScheduleSettingsView, SeenRunner } from '../../../shared/model/schedule-view.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact, readText } from '../../app/moments.ts';
import { Notice } from '../../app/notice.tsx';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useAction } from '../../app/use-action.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { forgetRunner, saveScheduleSettings, setRunner, type SeenSchedule } from '../../stores/schedule.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { AgentCommand } from './no-runner.tsx';
import { useServerNow } from './use-server-now.ts';
import { distanceText, runnerWords } from './words.ts';
import styles from './schedule.module.css';

interface RunnersTabProps {
  readonly server: ServerSummary;
  readonly seen: SeenSchedule;
}

/** Agents and desktops that refresh on a server, whether this one does, and how much they may use. */
export function RunnersTab({ server, seen }: RunnersTabProps): ReactNode {
  const { serverId } = server;
  const { busy, problem, run } = useAction();
  const nowMs = useServerNow(1_000);
  const { on, problem: why } = seen.runner;
  const toggle = () => void run('switch', () => setRunner(serverId, !on));
  useCommands('schedule-runner', [
    {
      id: 'runner',
      title: on ? 'Stop refreshing here with this Daybreak' : 'Let this Daybreak refresh here',
      group: 'Schedule',
      run: toggle,
    },
  ]);
  const columns = useMemo(
    () => columnsAt(nowMs, (runner) => void run(`forget ${runner}`, () => forgetRunner(serverId, runner)), busy),
    [nowMs, serverId, run, busy],
  );
  return (
    <>
      <Card title="This Daybreak">
        <Switch
          label="This Daybreak refreshes here"
          description="By the schedules, for as long as it runs. An agent on a machine that never sleeps is better; several are safe."
          checked={on}
          disabled={busy === 'switch'}
          onChange={toggle}
        />
        {on && why !== null && (
          <Notice tone="warning" title="It does not refresh at the moment">
            {why}
          </Notice>
        )}
        <p className={styles.lede}>An agent for this server, on any machine that reaches it:</p>
        <AgentCommand server={server} />
      </Card>
      {problem !== null && <FailureNotice problem={problem} />}
      <Card title="Runners seen" className={styles.flush}>
        {seen.runners.length === 0 ? (
          <EmptyState title="No runner has ever reported here">
            Start an agent with the command above, or switch this Daybreak on: it appears here within seconds.
          </EmptyState>
        ) : (
          <DataTable
            label="Runners"
            columns={columns}
            rows={seen.runners}
            rowKey={({ runner }) => runner}
            initialSort={{ column: 'heartbeat', descending: true }}
          />
        )}
      </Card>
      <SettingsCard key={JSON.stringify(seen.settings)} serverId={serverId} settings={seen.settings} />
    </>
  );
}

const columnsAt = (
  nowMs: number,
  forget: (runner: string) => void,
  busy: string | null,
): readonly TableColumn<SeenRunner>[] => [
  {
    id: 'name',
    header: 'runner',
    width: 'minmax(180px, 2fr)',
    wrap: true,
    cell: (runner) => (
      <span className={styles.two}>
        <span className={styles.tags}>
          {runner.name} {runner.here && <Tag tone="accent">this Daybreak</Tag>}
        </span>
        <span className="db-dim db-mono">{runner.runner}</span>
        {runner.state === 'reports' &&
          runner.cannot.map((trouble) => (
            <span key={trouble.readModel} className={styles.warns} title={momentExact(trouble.untilMs)}>
              {readText(runnerTroubleText(trouble), nowMs)} Tries again {distanceText(trouble.untilMs, nowMs)}.
            </span>
          ))}
      </span>
    ),
    sortValue: ({ name }) => name,
  },
  { id: 'kind', header: 'kind', width: '84px', cell: ({ kind }) => kind, sortValue: ({ kind }) => kind },
  { id: 'host', header: 'host', cell: ({ host }) => host, sortValue: ({ host }) => host },
  {
    id: 'version',
    header: 'version',
    width: '84px',
    cell: ({ version }) => version,
    sortValue: ({ version }) => version,
  },
  {
    id: 'state',
    header: 'state',
    width: '96px',
    cell: ({ state }) => <Tag tone={runnerWords[state].tone}>{runnerWords[state].text}</Tag>,
    sortValue: ({ state }) => state,
  },
  {
    id: 'heartbeat',
    header: 'heartbeat',
    width: '110px',
    align: 'right',
    cell: ({ heartbeatAtMs }) => (
      <span title={momentExact(heartbeatAtMs)}>{distanceText(Math.min(nowMs, heartbeatAtMs), nowMs)}</span>
    ),
    sortValue: ({ heartbeatAtMs }) => heartbeatAtMs,
  },
  {
    id: 'started',
    header: 'started',
    width: '110px',
    align: 'right',
    cell: ({ startedAtMs }) => (
      <span title={momentExact(startedAtMs)}>{distanceText(Math.min(nowMs, startedAtMs), nowMs)}</span>
    ),
    sortValue: ({ startedAtMs }) => startedAtMs,
  },
  {
    id: 'forget',
    header: '',
    width: '92px',
    cell: ({ runner, state }) =>
      state === 'reports' ? null : (
        <Button
          size="compact-xs"
          loading={busy === `forget ${runner}`}
          aria-label={`Forget ${runner}`}
          onClick={() => forget(runner)}
        >
          Forget
        </Button>
      ),
  },
];

interface SettingsCardProps {
  readonly serverId: string;
  readonly settings: ScheduleSettingsView;
}

/** What all runners of the server go by. */
function SettingsCard({ serverId, settings }: SettingsCardProps): ReactNode {
  const [draft, setDraft] = useState(settings);
  const { busy, problem, run } = useAction();
  const changed = JSON.stringify(draft) !== JSON.stringify(settings);
  const { effort } = draft;
  return (
    <Card title="How they work" aside="the same for all runners of this server">
      <div className={styles.settings}>
        <Whole
          label="Refreshes at a time"
          value={draft.atOnce}
          range={[1, 16]}
          onChange={(atOnce) => setDraft({ ...draft, atOnce })}
        />
        <Whole
          label="Parallel workers of one"
          value={effort.workers}
          range={[0, 64]}
          onChange={(workers) => setDraft({ ...draft, effort: { workers } })}
        />
        <Whole
          label="Runs are kept for days"
          value={draft.keepRunsDays}
          range={[1, 3_650]}
          onChange={(keepRunsDays) => setDraft({ ...draft, keepRunsDays })}
        />
        <Switch
          label="Load guard"
          description="Holds refreshes back while the ERP is busy, within their budgets, and leaves it half of its cores."
          checked={draft.guard}
          onChange={(event) => setDraft({ ...draft, guard: event.currentTarget.checked })}
        />
        <Button
          disabled={!changed}
          loading={busy !== null}
          onClick={() => void run('save', () => saveScheduleSettings(serverId, draft))}
        >
          Save
        </Button>
      </div>
      {problem !== null && <FailureNotice problem={problem} />}
    </Card>
  );
}

interface WholeProps {
  readonly label: string;
  readonly value: number;
  readonly range: readonly [least: number, most: number];
  readonly onChange: (value: number) => void;
}

function Whole({ label, value, range: [least, most], onChange }: WholeProps): ReactNode {
  return (
    <NumberInput
      label={label}
      min={least}
      max={most}
      allowDecimal={false}
      value={value}
      onChange={(next) => {
        if (typeof next === 'number' && next >= least && next <= most) onChange(next);
      }}
    />
  );
}
