import { useEffect, useRef, useState } from 'react';
import type { ParameterSet, Proof } from '../../../shared/model/proof.ts';
import { type CheckedProposal, comparedOf } from '../../../shared/model/read-model.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { cancelProof, knownProof, prove, type ProofProgress } from '../../stores/proofs.ts';

export interface UsedProof {
  /** Of the proposal as it stands. */
  readonly proof: Proof | null;
  /** False until it is known whether there is one. */
  readonly known: boolean;
  readonly running: ProofProgress | null;
  readonly cancelling: boolean;
  readonly problem: Problem | null;
  prove(parameterSets: readonly ParameterSet[]): void;
  cancel(): void;
}

const idle = { proof: null, known: false, running: null, cancelling: false, problem: null } as const;
type State = Omit<UsedProof, 'prove' | 'cancel'>;

/** The proof of what is on the screen. An edit puts it aside, ends one that runs, and asks what is known of the new text. */
export function useProof(serverId: string, proposal: CheckedProposal | null): UsedProof {
  const [held, setHeld] = useState<{ readonly of: string | null; readonly state: State }>({ of: null, state: idle });
  const latest = useRef(proposal);
  const runId = useRef<string | null>(null);
  const compared = comparedText(proposal);
  const state = held.of === compared ? held.state : idle;
  useEffect(() => {
    latest.current = proposal;
  });
  const change = (of: string | null, next: (before: State) => State) =>
    setHeld((before) => ({ of, state: next(before.of === of ? before.state : idle) }));
  useEffect(() => {
    const asked = latest.current;
    if (compared === null || asked === null) return undefined;
    let left = false;
    knownProof(serverId, asked).then(
      (proof) => left || change(compared, (before) => (before.known ? before : { ...before, proof, known: true })),
      (error: unknown) => left || change(compared, (before) => ({ ...before, known: true, problem: problemOf(error) })),
    );
    return () => {
      left = true;
      const running = runId.current;
      runId.current = null;
      // Nobody waits for it any more, and it works the server as hard as the slow statement does.
      if (running !== null) cancelProof(serverId, running).catch(() => undefined);
    };
  }, [serverId, compared]);

  const start = async (parameterSets: readonly ParameterSet[]) => {
    const asked = latest.current;
    if (asked === null || runId.current !== null) return;
    const mine = crypto.randomUUID();
    runId.current = mine;
    const report = (next: Partial<State>) => {
      if (runId.current === mine) change(compared, (before) => ({ ...before, ...next }));
    };
    report({ running: { steps: [], setCount: 0 }, problem: null, known: true });
    try {
      const proof = await prove(serverId, asked, parameterSets, mine, (running) => report({ running }));
      report({ proof, running: null, cancelling: false });
    } catch (error) {
      report({ running: null, cancelling: false, problem: problemOf(error) });
    } finally {
      if (runId.current === mine) runId.current = null;
    }
  };
  return {
    ...state,
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

/** Null where there is nothing to compare. */
function comparedText(checked: CheckedProposal | null): string | null {
  const compared = checked === null ? null : comparedOf(checked);
  if (compared === null) return null;
  const { originalSql, definitionSql, rewrittenSql } = compared;
  return JSON.stringify([originalSql, definitionSql, rewrittenSql]);
}
