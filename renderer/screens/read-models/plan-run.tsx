import { Button, Checkbox, Progress, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Execution, Plan } from '../../../shared/model/read-model.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Notice } from '../../app/notice.tsx';
import { applyPlan, cancelPlan, proceedPlan, showPlanProblem, usePlan } from '../../stores/plans.ts';
import styles from './read-models.module.css';

interface PlanRunProps {
  readonly server: ServerSummary;
  readonly plan: Plan;
  readonly execution: Execution | null;
}

/** Below the steps: the typed name and the button, then the progress and its cancel. */
export function PlanRun({ server, plan, execution }: PlanRunProps) {
  const applying = usePlan((state) => state.applying);
  if (applying || plan.state === 'running') return <Running plan={plan} execution={execution} />;
  if (plan.state === 'new' && plan.scriptOnly !== undefined) return <ScriptOnly {...plan.scriptOnly} />;
  if (plan.state === 'new') return <Ready server={server} plan={plan} />;
  return null;
}

function ScriptOnly({ message, action }: NonNullable<Plan['scriptOnly']>) {
  return (
    <Notice tone="warning" title="This plan can only be copied as a script">
      {message}
      {action !== null && (
        <>
          {' '}
          <code className={styles.mono}>{action}</code> <CopyButton size="compact-xs" text={action} what="the GRANT" />
        </>
      )}
    </Notice>
  );
}

function Ready({ server, plan }: { readonly server: ServerSummary; readonly plan: Plan }) {
  const [typed, setTyped] = useState('');
  const [hold, setHold] = useState(true);
  // Only a new version has something to be compared with, and something that is served meanwhile.
  const compares = plan.kind === 'new_version';
  const connected = server.state === 'connected';
  const ready = connected && typed === plan.confirmWith;
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (ready) void applyPlan(plan, typed, hold && compares);
  };
  return (
    <form className={styles.runRow} onSubmit={run}>
      <label htmlFor="confirm-plan">
        {server.settings.environment === 'production' ? 'Production: type' : 'Type'} <strong>{plan.confirmWith}</strong>{' '}
        to run
      </label>
      <TextInput
        id="confirm-plan"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        disabled={!connected}
      />
      {compares && (
        <Checkbox
          checked={hold}
          onChange={(event) => setHold(event.currentTarget.checked)}
          label="Stop before the switch and show the comparison"
        />
      )}
      {!connected && <span className="db-dim">The server is not connected, so nothing can run.</span>}
      <Button type="submit" variant="filled" className={styles.push} disabled={!ready}>
        Run the plan
      </Button>
    </form>
  );
}

function Running({ plan, execution }: { readonly plan: Plan; readonly execution: Execution | null }) {
  const cancelling = usePlan((state) => state.cancelling);
  const holding = execution?.holding === true && !cancelling;
  const ended = execution?.steps.filter((step) => step.state === 'done' || step.state === 'skipped').length ?? 0;
  const current = execution?.steps.find((step) => step.state === 'running')?.step ?? null;
  const text = current === null ? 'Starting …' : `Step ${current} of ${plan.steps.length}`;
  return (
    <div className={styles.runRow}>
      <span role="status">
        {cancelling
          ? 'Cancelling, then undoing what was done …'
          : holding
            ? 'Built and compared; readers still see the version before. Refreshes wait meanwhile.'
            : text}
      </span>
      <Progress
        flex={1}
        value={(ended / plan.steps.length) * 100}
        animated
        aria-label={`${ended} of ${plan.steps.length} steps done`}
      />
      {holding && (
        <Button variant="filled" onClick={() => void proceedPlan(plan).catch(showPlanProblem)}>
          Switch readers now
        </Button>
      )}
      <Button loading={cancelling} onClick={() => void cancelPlan(plan)}>
        Cancel
      </Button>
    </div>
  );
}
