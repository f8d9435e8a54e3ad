import { useEffect, useRef, useState } from 'react';
import type { AskedOriginal, ParameterSet, Proof } from '../../../shared/model/proof.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { cancelProof, prove, type ProofProgress } from '../../stores/proofs.ts';

export interface UsedProof {
  /** Of the original as it stands. */
  readonly proof: Proof | null;
  readonly running: ProofProgress | null;
  readonly cancelling: boolean;
  readonly problem: Problem | null;
  prove(parameterSets: readonly ParameterSet[]): void;
  cancel(): void;
}

const idle = { proof: null, running: null, cancelling: false, problem: null } as const;
type State = Omit<UsedProof, 'prove' | 'cancel'>;

interface ProofOf {
  readonly serverId: string;
  readonly proposal: CheckedProposal;
  readonly original: AskedOriginal;
  readonly onProven: () => void;
}

/** The proof of one original of what is on the screen. An edit puts it aside, and ends one that runs. */
export function useProof({ serverId, proposal, original, onProven }: ProofOf): UsedProof {
  const [held, setHeld] = useState<{ readonly of: string | null; readonly state: State }>({ of: null, state: idle });
  const latest = useRef(proposal);
  const runId = useRef<string | null>(null);
  const compared = comparedText(proposal, original);
  const state = held.of === compared ? held.state : idle;
  useEffect(() => {
    latest.current = proposal;
  });
  const change = (of: string, next: (before: State) => State) =>
    setHeld((before) => ({ of, state: next(before.of === of ? before.state : idle) }));
  useEffect(
    () => () => {
      const running = runId.current;
      runId.current = null;
      // Nobody waits for it any more, and it works the server as hard as the slow statement does.
      if (running !== null) cancelProof(serverId, running).catch(() => undefined);
    },
    [serverId, compared],
  );

  const start = async (parameterSets: readonly ParameterSet[]) => {
    if (runId.current !== null) return;
    const mine = crypto.randomUUID();
    runId.current = mine;
    const report = (next: Partial<State>) => {
      if (runId.current === mine) change(compared, (before) => ({ ...before, ...next }));
    };
    report({ running: { steps: [], setCount: 0 }, problem: null });
    try {
      const { originalId } = original;
      const onProgress = (running: ProofProgress) => report({ running });
      const proof = await prove(serverId, latest.current, originalId, parameterSets, mine, onProgress);
      report({ proof, running: null, cancelling: false });
      if (runId.current === mine) onProven();
    } catch (error) {
      report({ running: null, cancelling: false, problem: problemOf(error) });
    } finally {
      if (runId.current === mine) runId.current = null;
    }
  };
  return {
    ...state,
    proof: state.proof ?? original.proof,
    prove: (parameterSets) => void start(parameterSets),
    cancel() {
      const running = runId.current;
      if (running === null) return;
      change(compared, (before) => ({ ...before, cancelling: true }));
      cancelProof(serverId, running).catch((error: unknown) =>
        change(compared, (before) => ({ ...before, cancelling: false, problem: problemOf(error) })),
      );
    },
  };
}

const comparedText = (
  { proposal, readerSql, derivation, queries }: CheckedProposal,
  { originalId, originalSql, frozenParameters }: AskedOriginal,
): string =>
  JSON.stringify([
    originalId,
    originalSql,
    frozenParameters,
    proposal.definitionSql,
    queries?.[originalId] ?? [readerSql, derivation?.rewrittenSql],
  ]);
