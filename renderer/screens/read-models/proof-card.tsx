import { Button, Checkbox, Progress } from '@mantine/core';
import { useState } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ParameterSet, ProofStep } from '../../../shared/model/proof.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { ValuesForm } from '../../app/values-form.tsx';
import { DifferingRows } from './differing-rows.tsx';
import { inconclusiveText, outcomeWords, proofWords, setsText } from './proof-words.ts';
import styles from './read-models.module.css';
import type { UsedProof } from './use-proof.ts';

interface ProofCardProps {
  /** Parameters that the sets vary. */
  readonly free: readonly string[];
  /** Those of the proposal; more can be added. */
  readonly suggestedSets: readonly ParameterSet[];
  readonly used: UsedProof;
  /** The checked proposal is the one on the screen. */
  readonly settled: boolean;
  /** No plan without a proof, or the person's word. */
  readonly needed: boolean;
  readonly unproven: boolean;
  readonly onUnproven: (unproven: boolean) => void;
}

/** Whether the rewritten query answers as the statement does: the proof, its parameter sets, the rows that differ. */
export function ProofCard({ free, suggestedSets, used, settled, needed, unproven, onUnproven }: ProofCardProps) {
  const { proof, running, known, problem } = used;
  const [added, setAdded] = useState<readonly ParameterSet[]>([]);
  const [adding, setAdding] = useState(false);
  const sets = [...suggestedSets, ...added];
  const steps = running?.steps ?? proof?.steps ?? [];
  const words = proof === null && !needed ? shippedWords : proofWords(proof);
  const different = steps.map(({ outcome }) => outcome).find((outcome) => outcome.result === 'different');
  const needsSets = free.length > 0 && sets.length === 0;
  return (
    <Card
      title="Proof"
      tags={running === null ? <Tag tone={words.tone}>{words.text}</Tag> : <Tag tone="accent">running</Tag>}
      aside={proof === null || running !== null ? undefined : momentExact(proof.provenAtMs)}
    >
      {problem !== null && <FailureNotice problem={problem} />}
      {proof === null && running === null && (
        <p className="db-dim">
          {known
            ? 'Runs the statement and its rewriting side by side at one snapshot and compares every row. It only reads, and takes about twice as long as the statement.'
            : 'Asking whether this text was proven before …'}
        </p>
      )}
      {proof?.verdict === 'inconclusive' && running === null && <p>{inconclusiveText(proof)}</p>}
      {different?.result === 'different' && <DifferingRows outcome={different} />}
      {running !== null && <Running used={used} setCount={running.setCount} done={running.steps.length} />}
      <SetsTable free={free} sets={sets} steps={steps} />
      {needsSets && <p>No sample shows its values, and the planner’s statistics know none. Add a parameter set.</p>}
      {adding && (
        <ValuesForm
          key={added.length}
          missing={free.map((name) => ({ name, type: null, context: '' }))}
          initial={sets[0] ?? {}}
          known
          submitLabel="Add the set"
          onSubmit={(values) => {
            setAdded([...added, { ...sets[0], ...values }]);
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      )}
      <div className={styles.runRow}>
        {free.length > 0 && !adding && (
          <Button size="compact-sm" variant="default" onClick={() => setAdding(true)}>
            Add a parameter set
          </Button>
        )}
        {needed && proof?.verdict !== 'proven' && running === null && (
          <Checkbox
            size="xs"
            label="Build it unproven: I answer for its numbers"
            checked={unproven}
            onChange={(event) => onUnproven(event.currentTarget.checked)}
          />
        )}
        <Button
          className={styles.push}
          variant={proof?.verdict === 'proven' ? 'default' : 'filled'}
          disabled={!settled || running !== null || needsSets}
          onClick={() => used.prove(sets)}
        >
          {proof === null ? 'Prove' : 'Prove again'}
        </Button>
      </div>
    </Card>
  );
}

const shippedWords = { text: 'as it ships', tone: 'neutral' } as const;

interface RunningProps {
  readonly used: UsedProof;
  readonly setCount: number;
  readonly done: number;
}

function Running({ used, setCount, done }: RunningProps) {
  const text =
    setCount === 0 ? 'Beginning …' : `Comparing parameter set ${Math.min(done + 1, setCount)} of ${setCount}`;
  return (
    <div className={styles.runRow}>
      <span role="status">{used.cancelling ? 'Cancelling on the server …' : text}</span>
      <Progress
        flex={1}
        value={setCount === 0 ? 0 : (done / setCount) * 100}
        animated
        aria-label={`${done} of ${setsText(setCount)} compared`}
      />
      <Button size="compact-sm" loading={used.cancelling} onClick={used.cancel}>
        Cancel
      </Button>
    </div>
  );
}

interface SetsTableProps {
  readonly free: readonly string[];
  readonly sets: readonly ParameterSet[];
  readonly steps: readonly ProofStep[];
}

/** What was compared, then what would be compared next. */
function SetsTable({ free, sets, steps }: SetsTableProps) {
  const compared = new Set(steps.map(({ parameterSet }) => keyOf(free, parameterSet)));
  const rows = [
    ...steps.map(({ parameterSet, outcome, tookMs }) => ({ parameterSet, outcome, tookMs })),
    ...sets
      .filter((set) => !compared.has(keyOf(free, set)))
      .map((parameterSet) => ({ parameterSet, outcome: null, tookMs: null })),
  ];
  if (rows.length === 0) return null;
  return (
    <div className={`${styles.scroll} ${styles.below}`}>
      <table className={styles.table} aria-label="Parameter sets of the proof">
        <thead>
          <tr>
            <th scope="col">set</th>
            {free.map((name) => (
              <th key={name} scope="col" className={styles.mono}>
                {name}
              </th>
            ))}
            <th scope="col">result</th>
            <th scope="col" className={styles.number}>
              took
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ parameterSet, outcome, tookMs }, at) => {
            const words = outcome === null ? null : outcomeWords(outcome);
            return (
              <tr key={keyOf(free, parameterSet)} className={outcome?.result === 'different' ? styles.differs : ''}>
                <td>{at + 1}</td>
                {free.map((name) => (
                  <td key={name} className={styles.mono}>
                    {parameterSet[name] ?? '–'}
                  </td>
                ))}
                <td>
                  {words === null ? (
                    <span className="db-dim">not compared</span>
                  ) : (
                    <Tag tone={words.tone}>{words.text}</Tag>
                  )}
                </td>
                <td className={styles.number}>{tookMs === null ? '–' : formatDuration(tookMs)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const keyOf = (free: readonly string[], set: ParameterSet): string =>
  JSON.stringify(free.map((name) => set[name] ?? null));
