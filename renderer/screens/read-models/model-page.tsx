import { Button, Menu, Progress } from '@mantine/core';
import { IconDots, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { ReadModel, Run } from '../../../shared/model/read-model.ts';
import { budgetText } from '../../app/budget-text.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { momentExact } from '../../app/moments.ts';
import { Notice } from '../../app/notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { href, navigate } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { planDrop, planDropVersion, planRollBack } from '../../stores/plans.ts';
import {
  type AskedRefresh,
  cancelRefresh,
  refreshDetail,
  refreshNow,
  useReadModels,
  watchReadModel,
} from '../../stores/read-models.ts';
import { DriftNotice } from './drift-notice.tsx';
import { type Action, lifecycleActions, type MakePlan } from './lifecycle-actions.ts';
import { previousVersion } from './model-facts.ts';
import { PutOnDashboard } from './put-on-dashboard.tsx';
import styles from './read-models.module.css';
import { RefreshCard } from './refresh-card.tsx';
import { RunsCard } from './runs-card.tsx';
import { DefinitionCard, VersionsCard } from './versions-card.tsx';

interface ModelPageProps {
  readonly server: ServerSummary;
  readonly name: string;
}

/** One read model: what it answers, how old it is, its versions, runs, readers, and what can be done with it. */
export function ModelPage({ server, name }: ModelPageProps) {
  const { serverId } = server;
  const detail = useReadModels((state) => (state.name === name ? state.detail : null));
  const refresh = useReadModels((state) => state.refreshes[name]);
  const refreshProblem = useReadModels((state) => state.refreshProblems[name]);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** What may be asked for against the refusal that is shown. */
  const [forcing, setForcing] = useState<{ readonly title: string; readonly run: () => void } | null>(null);
  const [planning, setPlanning] = useState(false);
  useEffect(() => watchReadModel(serverId, name), [serverId, name]);

  const model = detail?.value?.readModel ?? null;
  const toPlan = async (make: MakePlan, force = false) => {
    setPlanning(true);
    setProblem(null);
    try {
      navigate(`/read-models/plan/${(await make(force)).planId}`);
    } catch (error) {
      const found = problemOf(error);
      const offer = force ? null : offeredForce(found);
      setProblem(found);
      setForcing(offer === null ? null : { title: offer, run: () => void toPlan(make, true) });
    } finally {
      setPlanning(false);
    }
  };
  const attempt = async (work: () => Promise<void>) => {
    setProblem(null);
    await work().catch((error: unknown) => setProblem(problemOf(error)));
  };
  const actions = modelActions(serverId, model, toPlan, attempt);
  useCommands(
    `read-model-${name}`,
    actions.map((action) => ({ ...action, title: `${action.title}: ${name}`, group: 'Read models' })),
  );

  if (model === null) {
    return (
      <Page title={name}>
        {detail?.problem === null || detail === null ? (
          <p className="db-dim">Loading …</p>
        ) : detail.problem.code === 'not_found' ? (
          <EmptyState title="There is no such read model" actions={<a href={href('/read-models')}>All read models</a>}>
            {detail.problem.message}
          </EmptyState>
        ) : (
          <FailureNotice problem={detail.problem} onRetry={() => void refreshDetail(serverId, name)} />
        )}
      </Page>
    );
  }

  return (
    <Page
      title={model.name}
      lede={model.question}
      tags={
        <>
          <FreshnessLabel freshness={model.freshness} />
          <Tag>budget {budgetText(model.budget)}</Tag>
          <Tag>owner: {model.owner}</Tag>
          {model.currentVersion !== null && <Tag>version {model.currentVersion}</Tag>}
          {model.parents.length > 0 && <Tag>built on {model.parents.join(', ')}</Tag>}
          {model.children.length > 0 && <Tag>used by {model.children.join(', ')}</Tag>}
        </>
      }
      actions={
        <>
          <PutOnDashboard server={server} readModel={name} onProblem={setProblem} />
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button loading={planning} rightSection={<IconDots size={16} aria-hidden />}>
                Change
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {actions
                .filter((action) => action.id !== 'refresh')
                .map((action) => (
                  <Menu.Item key={action.id} onClick={action.run} {...(action.id === 'drop' ? { color: 'red' } : {})}>
                    {action.title}
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="filled"
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={refresh !== undefined || server.state !== 'connected' || model.suspended !== null}
            title={server.state === 'connected' ? undefined : 'The server is not connected'}
            onClick={() => void refreshNow(serverId, name)}
          >
            Refresh now
          </Button>
        </>
      }
    >
      {detail?.problem != null && (
        <FailureNotice problem={detail.problem} onRetry={() => void refreshDetail(serverId, name)} />
      )}
      {problem !== null && <FailureNotice problem={problem} />}
      {problem !== null && forcing !== null && (
        <Button size="compact-sm" loading={planning} onClick={forcing.run}>
          {forcing.title}
        </Button>
      )}
      {refresh !== undefined && (
        <RefreshProgress
          refresh={refresh}
          runs={detail?.value?.runs ?? []}
          onCancel={() => void cancelRefresh(serverId, name)}
        />
      )}
      {refreshProblem !== undefined && (
        <FailureNotice
          problem={refreshProblem}
          {...(refreshProblem.retryable ? { onRetry: () => void refreshNow(serverId, name) } : {})}
        />
      )}
      <DriftNotice drift={model.drift} />
      {model.suspended !== null && (
        <Notice
          tone="warning"
          title="Suspended while the ERP is upgraded"
          buttons={
            <Button size="compact-sm" onClick={() => actions.find(({ id }) => id === 'resume')?.run()}>
              Plan to resume it
            </Button>
          }
        >
          Since {momentExact(model.suspended.atMs)}, by {model.suspended.by}: readers see the rows as they were then,
          and nothing is refreshed.
        </Notice>
      )}
      <div className={styles.split}>
        <div className={styles.stack}>
          <DefinitionCard model={model} />
          <VersionsCard
            model={model}
            onRollBack={() => void toPlan((force) => planRollBack(serverId, name, force ? 'replace' : undefined))}
            onDrop={(version) => void toPlan((force) => planDropVersion(serverId, name, version, force))}
          />
        </div>
        <div className={styles.stack}>
          <ConsumersCard model={model} />
          <RefreshCard
            serverId={serverId}
            model={model}
            next={detail?.value?.nextRefresh}
            busy={refresh !== undefined || server.state !== 'connected' || model.suspended !== null}
          />
          <RunsCard runs={detail?.value?.runs ?? []} />
        </div>
      </div>
    </Page>
  );
}

/** The button under a refusal that a person may overrule; null where there is none. */
function offeredForce({ detail }: Problem): string | null {
  if (detail?.['mayDropEvenIfRead'] === true) return 'Plan to drop it even if it is read';
  if (detail?.['mayReplace'] === true) return 'Plan it with the view made anew';
  return null;
}

function modelActions(
  serverId: string,
  model: ReadModel | null,
  toPlan: (make: MakePlan) => Promise<void>,
  attempt: (work: () => Promise<void>) => Promise<void>,
): readonly Action[] {
  if (model === null) return [];
  const { name } = model;
  const previous = previousVersion(model);
  return [
    ...(model.suspended === null
      ? [{ id: 'refresh', title: 'Refresh now', run: () => void refreshNow(serverId, name) }]
      : []),
    { id: 'schedule', title: 'Change its schedule …', run: () => navigate('/schedule', { model: name }) },
    { id: 'version', title: 'New version …', run: () => navigate('/read-models/propose', { model: name }) },
    ...(previous === null
      ? []
      : [
          {
            id: 'roll-back',
            title: `Plan a roll back to version ${previous.version}`,
            run: () => void toPlan((force) => planRollBack(serverId, name, force ? 'replace' : undefined)),
          },
        ]),
    ...lifecycleActions(serverId, model, toPlan, attempt),
    { id: 'drop', title: 'Plan to drop it', run: () => void toPlan(() => planDrop(serverId, name)) },
  ];
}

interface RefreshProgressProps {
  readonly refresh: AskedRefresh;
  readonly runs: readonly Run[];
  readonly onCancel: () => void;
}

/** A running refresh against the length of the last good one: PostgreSQL tells no progress for it. */
function RefreshProgress({ refresh, runs, onCancel }: RefreshProgressProps) {
  const nowMs = useNow(200);
  const tookMs = Math.max(0, nowMs - refresh.startedAtMs);
  const last = runs.find((run) => run.state === 'done' && run.endedAtMs !== null);
  const lastMs = last?.endedAtMs == null ? null : last.endedAtMs - last.startedAtMs;
  const percent = lastMs === null || lastMs === 0 ? 100 : Math.min(97, (tookMs / lastMs) * 100);
  return (
    <Card>
      <div className={styles.busyRow}>
        <span role="status">
          Refreshing for {formatDuration(tookMs)}
          {lastMs !== null && <span className="db-dim"> · the last run took {formatDuration(lastMs)}</span>}
          <span className="db-dim"> · readers keep the numbers they have</span>
        </span>
        <Button size="compact-sm" loading={refresh.cancelling} onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress mt={8} value={percent} animated aria-label="Refresh" />
    </Card>
  );
}

function ConsumersCard({ model }: { readonly model: ReadModel }) {
  return (
    <Card title="Consumers" aside={model.consumers.length === 0 ? undefined : 'its budget is the smallest of theirs'}>
      {model.consumers.length === 0 ? (
        <span className="db-dim">Nobody is named as a reader.</span>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>consumer</th>
              <th>owner</th>
              <th className={styles.number}>budget</th>
            </tr>
          </thead>
          <tbody>
            {model.consumers.map((consumer) => (
              <tr key={consumer.consumer}>
                <td>{consumer.consumer.replace(/^widget:/, 'widget ')}</td>
                <td>{consumer.owner}</td>
                <td className={styles.number}>{budgetText(consumer.budget)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
