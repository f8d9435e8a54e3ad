import { Button, Progress } from '@mantine/core';
import { useState } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import { type AskedOriginal, type ParameterSet, type ProofStep, setKey } from '../../../shared/model/proof.ts';
import { proofText } from '../../../shared/model/proof-text.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact } from '../../app/moments.ts';
import { Card } from '../../app/page.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import { ValuesForm } from '../../app/values-form.tsx';
import { DifferingRows } from './differing-rows.tsx';
import { adviceOf, outcomeWords, proofWords, setsText } from './proof-words.ts';
import styles from './read-models.module.css';
import { type UsedProof, useProof } from './use-proof.ts';

interface ProofCardProps {
  readonly title: string;
  readonly serverId: string;
  readonly proposal: CheckedProposal;
  readonly original: AskedOriginal;
  /** The checked proposal is the one on the screen, and so is the original. */
  readonly settled: boolean;
  /** Left out where another card has the query over the read model. */
  readonly onQuery?: (rewrittenSql: string) => void;
  readonly onProven: () => void;
}

/** Whether a rewritten query answers as its original does: the proof, its parameter sets, the rows that differ. */
export function ProofCard(props: ProofCardProps) {
  const { title, serverId, proposal, original, settled, onQuery, onProven } = props;
  const used = useProof({ serverId, proposal, original, onProven });
  const { proof, running, problem } = used;
  const { freeParameters: free, originalId, label, unchanged } = original;
  const [added, setAdded] = useState<readonly ParameterSet[]>([]);
  const [adding, setAdding] = useState(false);
  const sets = [...original.parameterSets, ...added];
  const steps = running?.steps ?? proof?.steps ?? [];
  const words = proof === null && unchanged ? unchangedWords : proofWords(proof);
  const different = steps.map(({ outcome }) => outcome).find((outcome) => outcome.result === 'different');
  const needsSets = free.length > 0 && sets.length === 0;
  const query = proposal.queries?.[originalId] ?? original.rewrittenSql ?? '';
  return (
    <Card
      title={title}
      tags={running === null ? <Tag tone={words.tone}>{words.text}</Tag> : <Tag tone="accent">running</Tag>}
      aside={proof === null || running !== null ? undefined : momentExact(proof.provenAtMs)}
    >
      {problem !== null && <FailureNotice problem={problem} />}
      {onQuery !== undefined && (
        <>
          <p className="db-dim">How {label} asks once the plan is done:</p>
          <SqlEditor
            value={query}
            onChange={onQuery}
            label={`Query over the read model of ${label}`}
            minHeight={60}
            maxHeight={220}
          />
        </>
      )}
      {proof === null && running === null && (
        <p className="db-dim">
          {unchanged
            ? 'Definition and query are those that serve now. Proving them again is up to you.'
            : `Runs ${label} and its query over the read model side by side at one snapshot and compares every row. It only reads, and takes about twice as long as the original.`}
        </p>
      )}
      {proof !== null && running === null && (
        <p className={proof.verdict === 'proven' ? 'db-dim' : ''}>
          {proofText(proof)} {adviceOf(proof)}
        </p>
      )}
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
        <Button
          className={styles.push}
          variant={proof?.verdict === 'proven' ? 'default' : 'filled'}
          disabled={!settled || running !== null || needsSets || query.trim() === ''}
          onClick={() => used.prove(sets)}
        >
          {proof === null ? 'Prove' : 'Prove again'}
        </Button>
      </div>
    </Card>
  );
}

const unchangedWords = { text: 'as it serves now', tone: 'neutral' } as const;

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
              <tr key={setKey(parameterSet)} className={outcome?.result === 'different' ? styles.differs : ''}>
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
