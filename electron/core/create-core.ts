import type { EngineRouter } from './api/router.ts';
import type { EngineOptions } from './create-engine.ts';
import { startStore } from './history/start-store.ts';
import type { Ports } from './ports.ts';

/** The engine as the doors see it. */
export interface Core {
  readonly router: EngineRouter;
  /** Stops sampling, load, demo and sessions, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * The engine behind its router. Opens the store; connects nowhere by itself.
 * @throws Failure `storage_failed` when the profile's store cannot be opened.
 */
export async function createCore(ports: Ports, options: EngineOptions = { background: true }): Promise<Core> {
  // Its thread opens it while the code of the engine is being loaded: each takes a tenth of a second.
  const store = startStore(ports);
  const [{ createEngine }, { createRouter }] = await Promise.all([
    import('./create-engine.ts'),
    import('./api/router.ts'),
  ]);
  const engine = await createEngine(ports, options, store);
  return { router: createRouter(engine), stop: () => engine.stop() };
}
