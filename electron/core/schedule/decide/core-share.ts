import type { Effort } from './load.ts';

interface Allowed {
  /** Refreshes at a time. */
  readonly atOnce: number;
  readonly effort: Effort;
}

/**
 * What the guard lets refreshes use of a calm server: with their workers they take at most half of its cores, one at the
 * least. People are noticed when they wait; that they would is known beforehand where refreshes fill the processors.
 */
export function withinCores({ atOnce, effort }: Allowed, cores: number | null): Allowed {
  if (cores === null) return { atOnce, effort };
  const ours = Math.max(1, Math.floor(cores / 2));
  const together = Math.min(atOnce, ours);
  const workers = Math.min(effort.workers, Math.floor(ours / together) - 1);
  return { atOnce: together, effort: { ...effort, workers } };
}
