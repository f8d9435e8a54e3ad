import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KnownServers } from '../../../electron/core/connections/known-servers.ts';
import { DashboardService } from '../../../electron/core/dashboards/dashboard-service.ts';
import type { DiagnosisInput, TimeWindow } from '../../../electron/core/diagnosis/input.ts';
import { createEvents } from '../../../electron/core/events.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { gatherInput } from '../../../electron/core/mornings/gather-input.ts';
import type { Ports } from '../../../electron/core/ports.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { createSampler } from '../../../electron/core/sampler/sampler.ts';
import type { RunDatabase } from './bench-server.ts';
import { detached } from './stored-run.ts';
import type { RunPlan } from './plan.ts';

/** The product's own parts around one run: a sampler that writes into a history, and what the diagnosis gets of it. */
export interface BenchEngine {
  /** A snapshot, a sample and missing texts, stored when it resolves. */
  readNow(): Promise<void>;
  /** What a verdict over this window would be made of, as `Mornings` assembles it. */
  input(window: TimeWindow): Promise<DiagnosisInput>;
  /** Says what went wrong with sampling; null when nothing did. */
  problem(): string | null;
  stop(): Promise<void>;
}

const serverId = 'bench';

/** Connects and samples in incident mode until it is stopped. */
export async function startEngine(database: RunDatabase, rhythm: RunPlan['rhythm']): Promise<BenchEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-bench-history-'));
  const ending: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const ports = portsIn(dir);
    const { clock, logger } = ports;
    const history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    ending.push(() => history.close());
    const { settings, password } = database;
    const server = await openServer({ serverId, settings, password, clock, logger });
    ending.push(() => server.close());
    await history.connections.save({ serverId, settings, lastConnectedAtMs: clock.nowMs(), lastFacts: server.facts });
    const events = createEvents();
    const servers = new KnownServers({ ports, history, events, background: false, onOpen: async () => null });
    const dashboards = new DashboardService({
      ports,
      history,
      events,
      servers,
      shipped: () => null,
      isRefreshing: () => false,
    });
    const sampler = createSampler({
      server,
      store: history.samples,
      clock,
      logger,
      mode: 'incident',
      rhythm: { background: rhythm, incident: rhythm },
      onChange: () => undefined,
    });
    ending.push(() => sampler.stop());
    sampler.start();
    return {
      readNow: () => sampler.readNow(),
      // The store is closed when it is judged.
      input: async (window) => detached(await gatherInput({ history, servers, dashboards }, serverId, window)),
      problem: () => sampler.status().problem,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function portsIn(dir: string): Ports {
  const silent = () => undefined;
  return {
    clock: {
      nowMs: () => Date.now(),
      sleep: (delayMs, signal) => sleep(delayMs, undefined, signal === undefined ? {} : { signal }),
    },
    secrets: { kind: 'memory', get: async () => null, set: async () => undefined, remove: async () => undefined },
    notifier: { notify: silent },
    paths: { profileDir: dir, resourcesDir: join(import.meta.dirname, '../../../resources') },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    actor: 'bench',
  };
}
