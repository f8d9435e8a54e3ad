import { setTimeout as delay } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import { Failure } from '../../../shared/model/failure.ts';
import type { Logger } from '../../core/ports.ts';
import type { DoorRouter } from '../http/rpc-endpoint.ts';
import { askEngine, engineClient, type EngineClient } from './engine-client.ts';
import { engineListener, type EngineListener } from './engine-listener.ts';
import { lockProfile, type EngineRecord, type LockOutcome } from './engine-lock.ts';
import { prepareProfileDir } from './profile-dir.ts';

/** What a door needs of an engine that it starts itself: `createCore` fits. */
export interface StartedCore {
  readonly router: DoorRouter;
  stop(): Promise<void>;
}

export interface OpenEngineOptions {
  readonly profileDir: string;
  readonly logger: Logger;
  readonly startCore: () => Promise<StartedCore>;
}

/** The engine of a profile, here or in another process. */
export interface ProfileEngine {
  /** 'own': runs in this process. Turns from 'attached' to 'own' when the other engine went away. */
  kind(): 'own' | 'attached';
  /** Process that runs it. */
  pid(): number;
  /** To serve over a transport. */
  readonly router: DoorRouter;
  /** To call from here. */
  readonly client: EngineClient;
  /** Stops an own engine and frees the profile; leaves one that belongs to another process alone. */
  close(): Promise<void>;
}

/**
 * Attaches to the engine of the profile, or starts one and holds the profile. Throws `Failure`: 'storage_failed' for
 * the folder, 'busy' when an engine holds it and does not answer, and whatever `startCore` throws.
 */
export async function openProfileEngine(options: OpenEngineOptions): Promise<ProfileEngine> {
  prepareProfileDir(options.profileDir);
  let current = await obtain(options);
  let closed = false;
  let searching: Promise<void> | null = null;

  /** An attached door outlives the engine it found: it looks for the next one, or becomes it. */
  function search(): void {
    if (closed || searching || current.kind === 'own') return;
    options.logger.warn({ pid: current.pid }, 'the engine of this profile has stopped; looking for another');
    searching = obtain(options)
      .then(async (found) => {
        if (closed) return found.close();
        current = found;
      })
      .catch((error: unknown) => options.logger.error({ err: error }, 'no engine could be found or started'))
      .finally(() => (searching = null));
  }

  const router = current.ownRouter ?? (await forwarding(() => current.client, search));
  return {
    kind: () => current.kind,
    pid: () => current.pid,
    router,
    client: createRouterClient(router, { context: {} }),
    async close() {
      closed = true;
      await searching;
      await current.close();
    },
  };
}

interface Obtained {
  readonly kind: 'own' | 'attached';
  readonly pid: number;
  readonly client: EngineClient;
  readonly ownRouter: DoorRouter | null;
  close(): Promise<void>;
}

async function obtain(options: OpenEngineOptions): Promise<Obtained> {
  // It listens before the lock names it, so that a lock whose address refuses is always a stale one.
  const listener = await engineListener(options.logger);
  try {
    const outcome = await settle(options.profileDir, listener.record);
    if (outcome.kind === 'held') return await own(options, listener, outcome);
    await listener.close();
    return attached(outcome.engine);
  } catch (error) {
    await listener.close();
    throw error;
  }
}

async function own(
  { startCore, logger }: OpenEngineOptions,
  listener: EngineListener,
  lock: Extract<LockOutcome, { kind: 'held' }>,
): Promise<Obtained> {
  let core: StartedCore;
  try {
    core = await startCore();
  } catch (error) {
    lock.release();
    throw error;
  }
  listener.serve(core.router);
  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    listener.setState('stopping');
    try {
      await core.stop();
    } catch (error) {
      logger.error({ err: error }, 'the engine did not stop cleanly');
    } finally {
      lock.release();
      await listener.close();
    }
  }
  return {
    kind: 'own',
    pid: process.pid,
    client: createRouterClient(core.router, { context: {} }),
    ownRouter: core.router,
    close: () => (closing ??= close()),
  };
}

const attached = (engine: EngineRecord): Obtained => ({
  kind: 'attached',
  pid: engine.pid,
  client: engineClient(engine),
  ownRouter: null,
  close: async () => {},
});

/** Loaded where it is needed: it brings the whole contract along, and a start of one's own has the store opened meanwhile. */
async function forwarding(client: () => EngineClient, onGone: () => void): Promise<DoorRouter> {
  const { forwardingRouter } = await import('./forwarding-router.ts');
  return forwardingRouter({ client, onGone });
}

const pollMs = 100;
/** A first start migrates the store; an engine that stops ends a demo ERP first. Both take seconds, not minutes. */
const settleMs = 60_000;

/** The lock, or an engine that is ready: one that is starting or stopping is waited for. */
async function settle(dir: string, mine: EngineRecord): Promise<LockOutcome> {
  const deadlineMs = Date.now() + settleMs;
  for (;;) {
    const outcome = await lockProfile({ dir, mine, probe: async (engine) => (await askEngine(engine)).sign });
    if (outcome.kind === 'held') return outcome;
    const answer = await askEngine(outcome.engine);
    if (answer.sign === 'alive' && answer.state === 'ready') return outcome;
    if (Date.now() > deadlineMs)
      throw new Failure({
        code: 'busy',
        message: `The engine of this profile (process ${outcome.engine.pid}) is still starting or stopping. Try again.`,
        retryable: true,
      });
    await delay(pollMs);
  }
}
