import type { SamplerStatus } from '../../../shared/model/connection.ts';

/** The sampler in a few words, for a button. */
export function samplerLine({ running, mode, ownCostPercent, problem }: SamplerStatus): string {
  if (problem !== null) return running ? 'sampling, with a problem' : 'not sampling';
  if (!running) return 'not sampling';
  const what = mode === 'incident' ? 'a sample every second' : 'sampling';
  return ownCostPercent === null ? what : `${what} · ${ownCostPercent.toFixed(2)} % of a core`;
}
