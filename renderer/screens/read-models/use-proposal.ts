import { useEffect, useRef, useState } from 'react';
import type { CheckedProposal, Proposal } from '../../../shared/model/read-model.ts';
import { problemOf } from '../../stores/failure-error.ts';
import { type Loadable, notLoaded } from '../../stores/loadable.ts';
import { checkProposal, type ProposalOrigin } from '../../stores/plans.ts';
import { adopt, type Draft, edit, editsOf } from './proposal-draft.ts';

/** Long enough to finish a word, short enough that the facts beside the editor feel alive. */
const settleMs = 600;

interface UsedProposal {
  readonly draft: Draft;
  /** What the engine found out about the draft; the last answer stays while a new one is on its way. */
  readonly checked: Loadable<CheckedProposal>;
  /** True when `checked` is about the draft as it stands. */
  readonly settled: boolean;
  change(changes: Partial<Proposal>): void;
  recheck(): void;
}

/**
 * A proposal that is edited here and checked by the engine after each pause. `origin` null: begins with the draft's
 * own SELECT, and asks nothing before there is one.
 */
export function useProposal(serverId: string, origin: ProposalOrigin | null, initial: Draft): UsedProposal {
  const [draft, setDraft] = useState(initial);
  const [checked, setChecked] = useState<Loadable<CheckedProposal>>(notLoaded);
  const [settled, setSettled] = useState(false);
  const [round, setRound] = useState(0);
  const latest = useRef(draft);

  useEffect(() => {
    const controller = new AbortController();
    const { proposal } = latest.current;
    const from = origin ?? { kind: 'sql' as const, sql: proposal.definitionSql };
    if (from.kind === 'sql' && from.sql.trim() === '') {
      // Emptied while a check was running: that one was aborted and reports nothing any more.
      setChecked((before) => (before.loading ? { ...before, loading: false } : before));
      return undefined;
    }
    const check = async () => {
      setChecked((before) => ({ ...before, loading: true }));
      try {
        const value = await checkProposal(serverId, from, editsOf(latest.current), controller.signal);
        if (controller.signal.aborted) return;
        latest.current = adopt(latest.current, value);
        setDraft(latest.current);
        setChecked({ value, loading: false, problem: null });
        setSettled(true);
      } catch (error) {
        if (!controller.signal.aborted)
          setChecked((before) => ({ ...before, loading: false, problem: problemOf(error) }));
      }
    };
    const timer = setTimeout(() => void check(), round === 0 ? 0 : settleMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [serverId, origin, round]);

  return {
    draft,
    checked,
    settled,
    change(changes) {
      latest.current = edit(latest.current, changes);
      setDraft(latest.current);
      setSettled(false);
      setRound((before) => before + 1);
    },
    recheck: () => setRound((before) => before + 1),
  };
}
