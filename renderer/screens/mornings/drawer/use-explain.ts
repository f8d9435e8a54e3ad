import { useEffect, useRef, useState } from 'react';
import type { Explained, MissingValue } from '../../../../shared/model/explain.ts';
import { cancelExplain, explain, type ExplainWish } from '../../../stores/explain.ts';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';

export type ExplainState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly analyze: boolean; readonly sinceMs: number; readonly cancelling: boolean }
  | { readonly kind: 'values_needed'; readonly missing: readonly MissingValue[]; readonly wish: Wish };

export type Wish = Pick<ExplainWish, 'values' | 'analyze'>;

/** One plan after another of one statement: asks for values where they are needed, and can be cancelled. */
export function useExplain(serverId: string, statementId: string, onExplained: (explained: Explained) => void) {
  const [state, setState] = useState<ExplainState>({ kind: 'idle' });
  const [problem, setProblem] = useState<Problem | null>(null);
  const mounted = useRef(true);
  const analyzing = useRef(false);
  const lastWish = useRef<Wish>({ values: {}, analyze: null });
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
      // Nobody waits for it any more: the server should not work on for nobody.
      if (analyzing.current) void cancelExplain({ serverId, statementId }).catch(() => undefined);
    };
  }, [serverId, statementId]);

  const run = async (wish: Wish): Promise<void> => {
    lastWish.current = wish;
    setProblem(null);
    setState({ kind: 'running', analyze: wish.analyze !== null, sinceMs: Date.now(), cancelling: false });
    analyzing.current = wish.analyze !== null;
    let next: ExplainState = { kind: 'idle' };
    try {
      const answer = await explain({ serverId, statementId, ...wish });
      if (answer.kind === 'explained') {
        if (mounted.current) onExplained(answer.explained);
      } else {
        next = { kind: 'values_needed', missing: answer.missing, wish };
      }
    } catch (error) {
      if (mounted.current) setProblem(problemOf(error));
    }
    analyzing.current = false;
    if (mounted.current) setState(next);
  };

  const cancel = (): void => {
    setState((now) => (now.kind === 'running' ? { ...now, cancelling: true } : now));
    cancelExplain({ serverId, statementId }).catch((error: unknown) => setProblem(problemOf(error)));
  };

  /** What failed is wished for once more, with its values and its ANALYZE. */
  const retry = (): void => void run(lastWish.current);

  return { state, problem, run, retry, cancel, dismiss: () => setState({ kind: 'idle' }) };
}
