import { Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Plan, PlanDiff } from '../../../shared/model/read-model.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { diffPlans, otherPlans } from '../../stores/plans.ts';
import styles from './read-models.module.css';
import { planStateWords, planTitle } from './words.ts';

/** What differs between this plan and an earlier one for the same read model. Nothing where there is no other. */
export function PlanCompare({ plan }: { readonly plan: Plan }) {
  const { serverId, planId, readModel } = plan;
  const [others, setOthers] = useState<readonly Plan[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [diff, setDiff] = useState<PlanDiff | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let left = false;
    otherPlans({ serverId, planId, readModel }).then(
      (found) => left || setOthers(found),
      (error: unknown) => left || setProblem(problemOf(error)),
    );
    return () => {
      left = true;
    };
  }, [serverId, planId, readModel]);
  const compare = async (before: string | null) => {
    setChosen(before);
    setDiff(null);
    setProblem(null);
    if (before === null) return;
    try {
      setDiff(await diffPlans(serverId, before, planId));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  if (others.length === 0 && problem === null) return null;
  return (
    <Card title="Against another plan">
      <Select
        aria-label="The other plan"
        placeholder="Choose a plan to compare with"
        data={others.map((one) => ({
          value: one.planId,
          label: `${planTitle(one)}, ${momentExact(one.createdAtMs)}, ${planStateWords[one.state].text}`,
        }))}
        value={chosen}
        onChange={(value) => void compare(value)}
        clearable
      />
      {problem !== null && <FailureNotice problem={problem} />}
      {diff !== null && <Differences diff={diff} />}
    </Card>
  );
}

function Differences({ diff }: { readonly diff: PlanDiff }) {
  if (diff.same) return <p role="status">Both plans run the same.</p>;
  const changed = diff.steps.filter(({ change }) => change !== 'same');
  const same = diff.steps.length - changed.length;
  return (
    <>
      {diff.facts.length > 0 && (
        <ul className={styles.warnings}>
          {diff.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
      {changed.map((step, at) => (
        <details key={`${at} ${step.title}`} className={styles.undo}>
          <summary>
            <Tag tone={step.change === 'removed' ? 'warning' : 'accent'}>{step.change}</Tag> {step.title}
          </summary>
          {step.before !== null && <Text label="before" text={step.before} />}
          {step.after !== null && <Text label="after" text={step.after} />}
        </details>
      ))}
      {same > 0 && <p className="db-dim">{same === 1 ? '1 step is the same.' : `${same} steps are the same.`}</p>}
    </>
  );
}

function Text({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <>
      <div className="db-dim">{label}</div>
      <pre className={styles.sql} tabIndex={0}>
        {text}
      </pre>
    </>
  );
}
