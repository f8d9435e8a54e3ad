import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHistory } from '../../electron/core/history/open-history.ts';
import { recoverPlan } from '../../electron/core/read-model/swap/recover-plan.ts';
import type { Plan } from '../../shared/model/read-model.ts';
import { silent, systemClock, type Shop } from '../postgres/read-model/fixture.ts';
import { journalOf, type KilledEngine, type KillPoint } from './killed-engine.ts';

const engine = fileURLToPath(new URL('./killed-engine.ts', import.meta.url));

/** Runs the plan in an engine that dies at `killAt`, over a store of its own; `recover` does what the next start does. */
export async function killAndRecover(shop: Shop, dir: string, plan: Plan, killAt: KillPoint) {
  const { settings } = shop.server;
  const historyFile = join(dir, `${plan.planId}.sqlite`);
  const store = await openHistory({ file: historyFile, logger: silent });
  await store.connections.save({ serverId: 'test', settings, lastConnectedAtMs: null, lastFacts: null });
  await store.plans.save(plan);
  await store.close();
  const job: KilledEngine = { settings, password: shop.password, historyFile, planId: plan.planId, killAt };
  const child = spawn(process.execPath, [engine, JSON.stringify(job)], { stdio: ['ignore', 'inherit', 'inherit'] });
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  if (signal !== 'SIGKILL')
    throw new Error(`the engine was to be killed at ${killAt}, and ended with ${String(signal)}`);
  const history = await openHistory({ file: historyFile, logger: silent });
  try {
    const [unfinished] = await history.plans.unfinished('test');
    if (unfinished === undefined) throw new Error('the store knows of nothing unfinished');
    const journal = journalOf(history);
    return await recoverPlan({ server: shop.server, ...unfinished, journal, clock: systemClock, logger: silent });
  } finally {
    await history.close();
  }
}
