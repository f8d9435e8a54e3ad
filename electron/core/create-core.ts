import type { Ports } from './ports.ts';
import { createRouter, type EngineRouter } from './api/router.ts';

/** The engine: what every door serves. */
export interface Core {
  readonly router: EngineRouter;
  /** Stops sampling, load, demo and sessions, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Composition root: ports in, procedures out. Opens the store; connects nowhere by itself. */
export async function createCore(ports: Ports): Promise<Core> {
  const { router, stop } = await createRouter(ports);
  return { router, stop };
}
