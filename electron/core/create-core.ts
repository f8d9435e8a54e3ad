import { createRouter, type EngineRouter } from './api/router.ts';
import { createEngine, type EngineOptions } from './create-engine.ts';
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
  const engine = await createEngine(ports, options);
  return { router: createRouter(engine), stop: () => engine.stop() };
}
