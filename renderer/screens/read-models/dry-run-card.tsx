import { Button } from '@mantine/core';
import { useState } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { DryRun, Plan } from '../../../shared/model/read-model.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Card } from '../../app/page.tsx';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { cancelDryRun, dryRunPlan } from '../../stores/plans.ts';
import styles from './read-models.module.css';

interface DryRunCardProps {
  readonly plan: Plan;
  readonly connected: boolean;
}

/** Tries a plan before it runs: everything in one transaction, rolled back at its end. */
export function DryRunCard({ plan, connected }: DryRunCardProps) {
  const [running, setRunning] = useState(false);
  const [tried, setTried] = useState<DryRun | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async () => {
    setRunning(true);
    setProblem(null);
    setTried(null);
    try {
      setTried(await dryRunPlan(plan));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setRunning(false);
    }
  };
  const cancel = () => cancelDryRun(plan).catch((error: unknown) => setProblem(problemOf(error)));
  return (
    <Card
      title="Dry run"
      aside={
        running ? (
          <Button size="compact-sm" onClick={() => void cancel()}>
            Cancel
          </Button>
        ) : (
          <Button size="compact-sm" disabled={!connected} onClick={() => void run()}>
            Try it
          </Button>
        )
      }
    >
      {running ? (
        <span role="status">Trying every step; it takes as long as the plan …</span>
      ) : tried === null ? (
        <span className="db-dim">
          Runs all steps in one transaction and takes them back. It costs what the plan costs, and readers notice
          nothing.
        </span>
      ) : (
        <>
          <p role="status">{tried.message}</p>
          <table className={styles.table}>
            <tbody>
              {tried.steps.map((step) => (
                <tr key={step.step}>
                  <td className={styles.number}>{step.step}</td>
                  <td>
                    {plan.steps[step.step - 1]?.title}
                    {step.outcome !== null && <div className="db-dim">{step.outcome}</div>}
                    {step.note !== null && (
                      <div className={step.state === 'failed' ? styles.failed : 'db-dim'}>{step.note}</div>
                    )}
                  </td>
                  <td className={styles.number}>
                    {step.state === 'ran' ? formatDuration(step.tookMs ?? 0) : stateWords[step.state]}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {problem !== null && <FailureNotice problem={problem} />}
    </Card>
  );
}

const stateWords = { failed: 'failed', not_tried: 'not tried' } as const;
