import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createEngine } from '../../../electron/core/create-engine.ts';
import { demoServerId } from '../../../shared/model/demo-server.ts';
import type { AgedBudget } from '../../../shared/model/freshness.ts';
import type { Proposal } from '../../../shared/model/proposal.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

interface Opening {
  /** As a desktop's or an agent's engine: it samples, and refreshes where that is switched on. */
  readonly background?: boolean;
}

/** An engine of its own with the demo ERP open, which leaves nothing behind. */
export async function openDemoEngine(scale: number, { background = false }: Opening = {}) {
  const profileDir = mkdtempSync(join(tmpdir(), 'daybreak-bench-dashboards-'));
  const secrets = new Map<string, string>();
  const engine = await createEngine(
    {
      clock: {
        nowMs: () => Date.now(),
        sleep: (delayMs, signal) => setTimeout(delayMs, undefined, { signal }),
      },
      logger: silent,
      actor: 'bench',
      notifier: { notify: () => undefined },
      paths: { profileDir, resourcesDir: join(import.meta.dirname, '../../../resources') },
      secrets: {
        kind: 'memory',
        get: async (key) => secrets.get(key) ?? null,
        set: async (key, secret) => void secrets.set(key, secret),
        remove: async (key) => void secrets.delete(key),
      },
    },
    { background },
  );
  const stop = async () => {
    await engine.stop();
    rmSync(profileDir, { recursive: true, force: true });
  };
  try {
    engine.demo.open(scale, { ephemeral: true });
    const { state, problem } = await engine.demo.opened();
    const { erp } = engine.demo;
    if (state !== 'open' || erp === null) throw new Error(problem ?? `the demo ERP is ${state}`);
    return { engine, erp, server: await engine.servers.server(demoServerId), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type DemoEngine = Awaited<ReturnType<typeof openDemoEngine>>;

const within = (proposal: Proposal, budget: AgedBudget): Proposal => ({
  ...proposal,
  consumers: proposal.consumers.map((consumer) => ({ ...consumer, budget })),
});

/** Builds what ships with the demo's executive widgets; `budget`: instead of those that the widgets name. */
export async function buildShippedModels({ engine, erp }: DemoEngine, budget?: AgedBudget): Promise<void> {
  for (const { widgetId, readModel } of erp.widgets) {
    if (readModel === null) continue;
    const proposed = await engine.readModels.propose(demoServerId, { kind: 'widget', widgetId });
    const proposal = budget === undefined ? proposed : { ...proposed, proposal: within(proposed.proposal, budget) };
    await engine.readModels.proofs.prove(demoServerId, { proposal });
    const { planId, planHash, readModel: name } = await engine.readModels.plan(demoServerId, proposal);
    const execution = await engine.readModels.apply(demoServerId, { planId, planHash, confirm: name });
    if (execution.state !== 'done') throw new Error(`${name}: ${execution.state}, ${execution.message ?? ''}`);
  }
}
