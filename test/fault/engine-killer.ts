import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openHistory } from '../../electron/core/history/open-history.ts';
import { recoverPlan } from '../../electron/core/read-model/swap/recover-plan.ts';
import type { Plan } from '../../shared/model/read-model.ts';
import { silent, systemClock, type Shop } from '../postgres/read-model/fixture.ts';
import { journalOf, type KilledEngine, type KillPoint } from './killed-engine.ts';

const engine = fileURLToPath(new URL('./killed-engine.ts', import.meta.url));

export interface EngineKiller {
  /** Runs the plan in an engine that dies at `killAt`, over a store of its own. */
  kill(plan: Plan, killAt: KillPoint): Promise<Killed>;
  stop(): void;
}

export interface Killed {
  /** What the next start does; store and journal have to agree with it afterwards. */
  recover(): ReturnType<typeof recoverPlan>;
}

/** `dir` takes the stores. One engine is always started ahead: a start takes about as long as what a test does before. */
export function engineKiller(shop: Shop, dir: string): EngineKiller {
  const start = (): ChildProcess => spawn(process.execPath, [engine], { stdio: ['pipe', 'inherit', 'inherit'] });
  let spare = start();

  async function kill(plan: Plan, killAt: KillPoint): Promise<Killed> {
    const historyFile = join(dir, `${plan.planId}.sqlite`);
    const child = spare;
    spare = start();
    const { settings } = shop.server;
    const job: KilledEngine = { settings, password: shop.password, historyFile, plan, killAt };
    const ended = new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    child.stdin?.end(JSON.stringify(job));
    expect(await ended, `the engine was to be killed at ${killAt}`).toBe('SIGKILL');
    return { recover: () => recover(plan, historyFile) };
  }

  async function recover(plan: Plan, historyFile: string) {
    const history = await openHistory({ file: historyFile, logger: silent });
    try {
      const [unfinished] = await history.plans.unfinished('test');
      if (unfinished === undefined) throw new Error('the store knows of nothing unfinished');
      let followed = 0;
      const recovered = await recoverPlan({
        server: shop.server,
        ...unfinished,
        journal: journalOf(history),
        clock: systemClock,
        logger: silent,
        onDone: async () => {
          expect((await history.plans.get(plan.planId))?.state).not.toBe('done');
          followed += 1;
        },
      });
      expect(followed).toBe(recovered.execution.state === 'done' ? 1 : 0);
      const { entries } = await history.activity.list('test', 1000);
      expect(entries.filter(({ outcome }) => outcome === 'running')).toEqual([]);
      expect(await history.plans.unfinished('test')).toEqual([]);
      expect((await history.plans.get(plan.planId))?.state).toBe(recovered.execution.state);
      return recovered;
    } finally {
      await history.close();
    }
  }

  return { kill, stop: () => void spare.kill() };
}
