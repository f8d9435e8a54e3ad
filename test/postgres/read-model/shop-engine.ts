import { join } from 'node:path';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { silent, systemClock } from './tools.ts';

/** An engine with a real store in the folder; what secrets it is told it forgets with its end. */
export function startEngine(profileDir: string): Promise<RunningEngine> {
  const secrets = new Map<string, string>();
  return createEngine(
    {
      clock: systemClock,
      logger: silent,
      actor: 'anna (test)',
      notifier: { notify: () => undefined },
      paths: { profileDir, resourcesDir: join(import.meta.dirname, '../../../resources') },
      secrets: {
        kind: 'memory',
        get: async (key) => secrets.get(key) ?? null,
        set: async (key, secret) => void secrets.set(key, secret),
        remove: async (key) => void secrets.delete(key),
      },
    },
    { background: false },
  );
}
