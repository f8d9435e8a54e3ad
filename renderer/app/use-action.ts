import { useCallback, useState } from 'react';
import { problemOf, type Problem } from '../stores/failure-error.ts';

/** Something that a button does: which one is busy, and why the last one failed. */
export function useAction() {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useCallback(async (name: string, action: () => Promise<void>): Promise<void> => {
    setBusy(name);
    setProblem(null);
    try {
      await action();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(null);
    }
  }, []);
  return { busy, problem, run };
}
