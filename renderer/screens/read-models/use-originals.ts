import { useEffect, useRef, useState } from 'react';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { type AskedOriginals, originalsOf } from '../../stores/proofs.ts';

/** While a query is typed nobody is asked; what was proven is shown at once. */
const settleMs = 500;

export interface UsedOriginals {
  /** The last answer stays while a new one is on its way. */
  readonly value: AskedOriginals | null;
  /** True when `value` is about the proposal as it stands. */
  readonly settled: boolean;
  readonly problem: Problem | null;
  /** Something was proven. */
  reload(): void;
}

/** What the proposal on the screen has to answer for, and what is proven of it. */
export function useOriginals(serverId: string, proposal: CheckedProposal | null): UsedOriginals {
  const [held, setHeld] = useState<{
    readonly of: string | null;
    readonly value: AskedOriginals | null;
    readonly problem: Problem | null;
  }>({ of: null, value: null, problem: null });
  const [round, setRound] = useState(0);
  const latest = useRef(proposal);
  const answered = useRef(0);
  const key = proposal === null ? null : keyOf(proposal);
  useEffect(() => {
    latest.current = proposal;
  });
  useEffect(() => {
    if (key === null) return undefined;
    const controller = new AbortController();
    const ask = async () => {
      const asked = latest.current;
      if (asked === null) return;
      try {
        const value = await originalsOf(serverId, asked, controller.signal);
        answered.current = round + 1;
        if (!controller.signal.aborted) setHeld({ of: key, value, problem: null });
      } catch (error) {
        if (!controller.signal.aborted) setHeld((before) => ({ ...before, of: key, problem: problemOf(error) }));
      }
    };
    const timer = setTimeout(() => void ask(), answered.current > round ? settleMs : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [serverId, key, round]);
  return {
    value: held.value,
    settled: key !== null && held.of === key && held.problem === null,
    problem: held.problem,
    reload: () => setRound((before) => before + 1),
  };
}

/** All that decides what is compared. */
function keyOf({ proposal, readerSql, derivation, queries, askedSql }: CheckedProposal): string {
  const { name, definitionSql, keyColumns, consumers } = proposal;
  const widgets = consumers.map(({ consumer }) => consumer);
  const rewritten = derivation?.rewrittenSql ?? null;
  return JSON.stringify([name, definitionSql, keyColumns, widgets, readerSql, rewritten, queries, askedSql]);
}
