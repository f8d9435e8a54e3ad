import { useEffect, useRef, useState } from 'react';
import type { Explained, MissingValue } from '../../../../shared/model/explain.ts';
import { cancelExplain, explain, type ExplainWish } from '../../../stores/explain.ts';
import { problemOf, type Problem } from '../../../stores/failure-error.ts';

export type ExplainState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      /** After which the server ends it; null: it is only planned. */
      readonly timeoutMs: number | null;
      readonly sinceMs: number;
      readonly cancelling: boolean;
    }
  | { readonly kind: 'values_needed'; readonly missing: readonly MissingValue[]; readonly wish: Wish };

export type Wish = Pick<ExplainWish, 'values' | 'analyze'>;

interface Failed {
  readonly problem: Problem;
  readonly wish: Wish;
}

/** One plan after another of one statement: asks for values where they are needed, and can be cancelled. */
export function useExplain(serverId: string, statementId: string, onExplained: (explained: Explained) => void) {
  const [state, setState] = useState<ExplainState>({ kind: 'idle' });
  const [failed, setFailed] = useState<Failed | null>(null);
  const mounted = useRef(true);
  const analyzing = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
      // Nobody waits for it any more: the server should not work on for nobody.
      if (analyzing.current) void cancelExplain({ serverId, statementId }).catch(() => undefined);
    };
  }, [serverId, statementId]);

  /** `asked`: the values that the person has just typed. A server that cannot read one must not take them all away. */
  const run = async (wish: Wish, asked: readonly MissingValue[] = []): Promise<void> => {
    setFailed(null);
    setState({
      kind: 'running',
      timeoutMs: wish.analyze?.timeoutMs ?? null,
      sinceMs: Date.now(),
      cancelling: false,
    });
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
      const problem = problemOf(error);
      if (mounted.current) setFailed({ problem, wish });
      if (asked.length > 0 && problem.code !== 'cancelled') next = { kind: 'values_needed', missing: asked, wish };
    }
    analyzing.current = false;
    if (mounted.current) setState(next);
  };

  const cancel = (): void => {
    setState((now) => (now.kind === 'running' ? { ...now, cancelling: true } : now));
    cancelExplain({ serverId, statementId }).catch((error: unknown) => {
      setFailed({ problem: problemOf(error), wish: { values: {}, analyze: null } });
    });
  };

  const dismiss = (): void => {
    setFailed(null);
    setState({ kind: 'idle' });
  };

  return { state, failed, run, cancel, dismiss };
}
