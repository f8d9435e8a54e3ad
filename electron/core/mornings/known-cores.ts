import type { Cores } from '../diagnosis/input.ts';
import type { StoredConnection } from '../history/history.ts';

/** Where nobody knows them they are estimated by the study, which every question to the history begins with. */
export function knownCores({ settings, lastFacts }: Pick<StoredConnection, 'settings' | 'lastFacts'>): Cores {
  if (settings.cores !== null) return { value: settings.cores, source: 'setting' };
  const machine = lastFacts?.machineCores ?? null;
  return machine === null
    ? { value: null, source: 'unknown' }
    : { value: machine, source: 'estimate', thisMachine: true };
}
