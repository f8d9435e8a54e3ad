import type { EngineClient } from '../profile/engine-client.ts';
import { value } from './known-server.ts';

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** given: by --from and --to. found: the stretch with the most damage. whole: no stretch of it stood out. */
export type ChosenBy = 'given' | 'found' | 'whole';

/** Six snapshots in incident mode: a shorter stretch gives a verdict too little, and may be noise. */
const leastIncidentMs = 30_000;

/**
 * The incident in what was sampled or captured. The whole of it is none: quiet before and after the slow stretch makes
 * the best comparison, and dilutes the damage when it is taken for the incident.
 */
export async function incidentIn(
  client: EngineClient,
  serverId: string,
  whole: TimeWindow,
): Promise<{ readonly window: TimeWindow; readonly chosenBy: ChosenBy }> {
  const { suggestion } = value(await client.mornings.timeline({ serverId, ...whole })).timeline;
  if (suggestion === null || suggestion.toMs - suggestion.fromMs < leastIncidentMs)
    return { window: whole, chosenBy: 'whole' };
  // Whole milliseconds: --from and --to of a stored diagnosis name the same window.
  const window = { fromMs: Math.floor(suggestion.fromMs), toMs: Math.ceil(suggestion.toMs) };
  return { window, chosenBy: 'found' };
}
