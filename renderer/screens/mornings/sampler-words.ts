import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';

/** The sampler in a few words, for a button. `blind`: the role or the server keeps something from it. */
export function samplerLine({ running, mode, ownCostPercent, problem }: SamplerStatus, blind: boolean): string {
  if (problem !== null) return running ? 'sampling, with a problem' : 'not sampling';
  if (!running) return 'not sampling';
  if (blind) return 'sampling, but sees only a part';
  const what = mode === 'incident' ? 'a sample every second' : 'sampling';
  return ownCostPercent === null ? what : `${what} · ${costText(ownCostPercent)}`;
}

/** It is measured as the time that its statements take, from here: the way there and back is in it. */
export const costText = (ownCostPercent: number): string => `at most ${ownCostPercent.toFixed(2)} % of a core`;

/** Milliseconds between two looks at the activity. */
const lookEveryMs = { background: 5_000, incident: 1_000 } as const;

/**
 * Whether nothing is sampled although the server is connected: the sampler has stopped, or it goes on trying and no
 * look has succeeded for three of its intervals. `nowMs` is this machine's time, the last look the server's.
 */
export function standsStill(
  { running, mode, problem, lastSampleAtMs }: SamplerStatus,
  nowMs: number,
  facts: Pick<NonNullable<ServerSummary['facts']>, 'clockSkewMs'> | null,
): boolean {
  if (problem === null) return false;
  if (!running || lastSampleAtMs === null) return true;
  return nowMs + (facts?.clockSkewMs ?? 0) - lastSampleAtMs > 3 * lookEveryMs[mode];
}
