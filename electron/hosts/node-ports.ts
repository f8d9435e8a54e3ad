import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { Clock, Logger, Notifier, Paths, Ports, SecretStore } from '../core/ports.ts';

/** What a plain Node process supplies to the engine: the browser host, the agent and the command line. */
export interface NodePortsOptions {
  readonly paths: Paths;
  readonly logger: Logger;
  /** The door, for the activity log: 'browser', 'agent', 'command line'. */
  readonly door: string;
  readonly secrets?: SecretStore;
  readonly notifier?: Notifier;
}

export function nodePorts({ paths, logger, door, secrets, notifier }: NodePortsOptions): Ports {
  return {
    clock: systemClock,
    secrets: secrets ?? memorySecrets(),
    notifier: notifier ?? logNotifier(logger),
    paths,
    logger,
    actor: actor(door),
  };
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  async sleep(delayMs, signal) {
    try {
      await delay(delayMs, undefined, { signal });
    } catch (error) {
      // timers/promises wraps the reason in an AbortError of its own; the port promises the reason itself.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

/** Passwords for as long as the process lives. */
export function memorySecrets(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'memory',
    get: async (key) => secrets.get(key) ?? null,
    set: async (key, secret) => void secrets.set(key, secret),
    remove: async (key) => void secrets.delete(key),
  };
}

export const logNotifier = (logger: Logger): Notifier => ({
  notify: (title, body) => logger.info({ title }, body),
});

/** JSON lines on standard error: standard output belongs to results. */
export function stderrLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: ['password', '*.password', 'token', '*.token', '*.*.password'], censor: '[secret]' },
    },
    // Synchronous: what a process says last, before it dies, is what one wants to read.
    pino.destination({ fd: 2, sync: true }),
  );
}

/** The operating-system user and the door, e.g. 'anna (browser)'. */
export function actor(door: string): string {
  return `${userName()} (${door})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user id need not have a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
