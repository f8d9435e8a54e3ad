import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { isForRegistry, type Execution, type Plan } from '../../../shared/model/read-model.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { Card, Page } from '../../app/page.tsx';
import { href, navigate } from '../../app/router.ts';
import { EnvironmentTag, Tag } from '../../app/tag.tsx';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { planAgain, proceedPlan, showPlanProblem, usePlan, watchPlan } from '../../stores/plans.ts';
import { DryRunCard } from './dry-run-card.tsx';
import { PlanCompare } from './plan-compare.tsx';
import { PlanFacts } from './plan-facts.tsx';
import { PlanRun } from './plan-run.tsx';
import { planScript } from './plan-script.ts';
import { PlanSteps } from './plan-steps.tsx';
import { PutOnDashboard } from './put-on-dashboard.tsx';
import styles from './read-models.module.css';
import { VerificationFacts } from './verification-facts.tsx';
import { planStateWords, planTitle } from './words.ts';

interface PlanPageProps {
  readonly server: ServerSummary;
  readonly planId: string;
}

/** A stored plan: read before it runs, followed while it runs, kept afterwards. */
export function PlanPage({ server, planId }: PlanPageProps) {
  const { serverId } = server;
  const shown = usePlan((state) => (state.planId === planId ? state.shown : null));
  const runProblem = usePlan((state) => state.problem);
  useEffect(() => watchPlan(serverId, planId), [serverId, planId]);

  const plan = shown?.value?.plan ?? null;
  useTopWhenEnded(plan?.state ?? null);
  useTopWhenHolding(shown?.value?.execution?.holding === true);
  if (plan === null) {
    return (
      <Page title="Plan">
        {shown?.problem == null ? (
          <p className="db-dim">Loading the plan …</p>
        ) : (
          <EmptyState title="This plan cannot be shown" actions={<a href={href('/read-models')}>All read models</a>}>
            {shown.problem.message}
          </EmptyState>
        )}
      </Page>
    );
  }
  const execution = shown?.value?.execution ?? null;
  const verification = shown?.value?.verification;
  const proposal = plan.proposal?.proposal;
  return (
    <Page
      title={isForRegistry(plan.kind) ? 'The registry' : plan.readModel}
      {...(proposal === undefined ? {} : { lede: proposal.question })}
      tags={
        <>
          <EnvironmentTag environment={server.settings.environment} />
          <Tag tone={planStateWords[plan.state].tone}>{planStateWords[plan.state].text}</Tag>
          {proposal !== undefined && <Tag>owner: {proposal.owner}</Tag>}
        </>
      }
      actions={
        <>
          {plan.kind !== 'create' && plan.kind !== 'import' && !isForRegistry(plan.kind) && (
            <Button onClick={() => navigate(`/read-models/model/${encodeURIComponent(plan.readModel)}`)}>
              The read model
            </Button>
          )}
          <CopyButton text={planScript(plan)} what="the plan" label="Copy as script" size="sm" />
        </>
      }
    >
      {runProblem !== null && <FailureNotice problem={runProblem} />}
      <Ended server={server} plan={plan} execution={execution} stale={runProblem?.code === 'plan_stale'} />
      <div className={styles.split}>
        <Card title={planTitle(plan)} aside={stepsText(plan)}>
          <PlanSteps steps={plan.steps} results={execution?.steps ?? []} progress={shown?.value?.progress} />
          <PlanRun server={server} plan={plan} execution={execution} />
        </Card>
        <div className={styles.stack}>
          {verification != null && (
            <Card title={`Version ${plan.toVersion ?? ''} against the one before`} aside="at one snapshot">
              <VerificationFacts verification={verification} />
              {execution?.holding === true && plan.state === 'running' && (
                <Button variant="filled" onClick={() => void proceedPlan(plan).catch(showPlanProblem)}>
                  Switch readers now
                </Button>
              )}
            </Card>
          )}
          {plan.state === 'new' && <DryRunCard plan={plan} connected={server.state === 'connected'} />}
          <PlanFacts plan={plan} />
          <PlanCompare plan={plan} />
        </div>
      </div>
    </Page>
  );
}

/** The result stands above the steps, and whoever ran the plan is below them. */
function useTopWhenEnded(state: Plan['state'] | null): void {
  const ran = useRef(false);
  useEffect(() => {
    if (state === 'running') ran.current = true;
    else if (ran.current) document.getElementById('main')?.scrollTo({ top: 0 });
  }, [state]);
}

/** The comparison stands beside the first steps, and whoever is to judge it is below the last one. */
function useTopWhenHolding(holding: boolean): void {
  useEffect(() => {
    if (holding) document.getElementById('main')?.scrollTo({ top: 0 });
  }, [holding]);
}

function stepsText(plan: Plan): string {
  const steps = plan.steps.length === 1 ? '1 step' : `${plan.steps.length} steps`;
  return plan.state === 'new' ? `${steps}, nothing has run yet` : `${steps}, ${planStateWords[plan.state].text}`;
}

interface EndedProps {
  readonly server: ServerSummary;
  readonly plan: Plan;
  readonly execution: Execution | null;
  readonly stale: boolean;
}

/** What became of the plan, and what comes next. */
function Ended({ server, plan, execution, stale }: EndedProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = async () => {
    setProblem(null);
    try {
      navigate(`/read-models/plan/${(await planAgain(plan)).planId}`);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const againButton = (
    <Button size="compact-sm" onClick={() => void again()}>
      Make the plan again
    </Button>
  );
  const failed = problem === null ? null : <FailureNotice problem={problem} />;
  if (plan.state === 'done') {
    const gone = plan.kind === 'drop' || isForRegistry(plan.kind);
    return (
      <>
        <Notice
          title={doneTitle(plan)}
          buttons={
            <>
              {plan.kind === 'create' && !movesWidgets(plan) && (
                <PutOnDashboard server={server} readModel={plan.readModel} size="compact-sm" onProblem={setProblem} />
              )}
              {plan.kind === 'update_registry' && (
                <Button size="compact-sm" variant="filled" onClick={() => navigate('/schedule')}>
                  The schedule
                </Button>
              )}
              <Button
                size="compact-sm"
                onClick={() =>
                  navigate(gone ? '/read-models' : `/read-models/model/${encodeURIComponent(plan.readModel)}`)
                }
              >
                {gone ? 'All read models' : 'Open the read model'}
              </Button>
            </>
          }
        >
          {execution?.message}
          {movesWidgets(plan) && (
            <>
              {' '}
              Its widgets read from it now: <a href={href('/dashboards')}>look at the dashboards</a>.
            </>
          )}
        </Notice>
        {failed}
      </>
    );
  }
  if (plan.state === 'failed' || plan.state === 'undone' || plan.state === 'interrupted') {
    return (
      <>
        <Notice
          tone={plan.state === 'failed' ? 'bad' : 'warning'}
          title={endedTitles[plan.state]}
          buttons={againButton}
        >
          {execution?.message}
        </Notice>
        {failed}
      </>
    );
  }
  if (!stale) return null;
  return (
    <>
      <Notice tone="warning" title="This plan no longer fits the server" buttons={againButton} />
      {failed}
    </>
  );
}

const endedTitles = {
  failed: 'The plan failed',
  undone: 'The plan was undone: the server is as it was',
  interrupted: 'The engine stopped in the middle of this plan',
} as const;

function doneTitle(plan: Plan): string {
  const name = `${plan.schema}.${plan.readModel}`;
  if (plan.kind === 'update_registry') return 'The registry is up to date';
  if (plan.kind === 'uninstall') return 'The registry is gone, and the stable views serve on';
  if (plan.kind === 'suspend') return `${name} is suspended and serves its last rows`;
  return plan.kind === 'drop' ? `${name} is gone` : `${name} serves version ${plan.toVersion ?? ''}`;
}

const movesWidgets = (plan: Plan) =>
  plan.kind !== 'drop' &&
  plan.kind !== 'drop_version' &&
  (plan.proposal?.proposal.consumers.some(({ consumer }) => consumer.startsWith('widget:')) ?? false);
