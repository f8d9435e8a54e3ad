import type { SamplerStatus } from '../../../shared/model/connection.ts';

/** The sampler in a few words, for a button. `blind`: the role or the server keeps something from it. */
export function samplerLine({ running, mode, ownCostPercent, problem }: SamplerStatus, blind: boolean): string {
  if (problem !== null) return running ? 'sampling, with a problem' : 'not sampling';
  if (!running) return 'not sampling';
  if (blind) return 'sampling, but sees only a part';
  const what = mode === 'incident' ? 'a sample every second' : 'sampling';
  return ownCostPercent === null ? what : `${what} · ${ownCostPercent.toFixed(2)} % of a core`;
}
