import { useEffect, useState } from 'react';

/** This machine's wall clock, ms, renewed every `everyMs`; for countdowns and labels that age. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
