import type { Run } from '../../../../shared/model/read-model.ts';

/**
 * The last run of a read model, of what the registry knows (every engine's, by the server's clock) and what the local
 * store knows (this profile's, also those whose end the server never heard). `clockSkewMs`: the server's clock minus ours.
 */
export function latestRun(registered: Run | null, local: Run | null, clockSkewMs: number): Run | null {
  if (registered === null || local === null) return registered ?? local;
  if (registered.runId !== local.runId) {
    return local.startedAtMs + clockSkewMs > registered.startedAtMs ? local : registered;
  }
  // One run, two accounts: a killed engine may have committed what it could not write down any more.
  return local.state === 'abandoned' && registered.state !== 'running' ? registered : local;
}
