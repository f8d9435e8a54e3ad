import { join } from 'node:path';
import { engineVersion } from './version.ts';
import { withInstanceHistory } from './connections/instance-history.ts';
import { Captures } from './captures/captures.ts';
import { KnownServers } from './connections/known-servers.ts';
import { DashboardService } from './dashboards/dashboard-service.ts';
import { DemoService } from './demo/demo-service.ts';
import { shippedReadModel } from './demo/shipped-read-models.ts';
import type { Engine } from './engine.ts';
import { ExplainService } from './explain/explain-service.ts';
import { createEvents } from './events.ts';
import { Experiments } from './experiments/experiments.ts';
import { startMeasuring } from './experiments/measuring-timer.ts';
import { openHistory } from './history/open-history.ts';
import { IndexAdviceService } from './index-advice/index-advice-service.ts';
import { Mornings } from './mornings/mornings.ts';
import { OpenFindings } from './mornings/open-findings.ts';
import { warmUp } from './mornings/warm-up.ts';
import type { Ports } from './ports.ts';
import { ReadModelDefinitions } from './read-model/definitions/definitions-service.ts';
import { ReadModelLifecycle } from './read-model/lifecycle-service.ts';
import { ReadModelService } from './read-model/read-model-service.ts';
import { startRetention } from './history/retention-timer.ts';

export interface EngineOptions {
  /** False for an engine that lives for one call: nothing samples or reconnects by itself. */
  readonly background: boolean;
  /** A window is about to ask: what it will ask is asked once before (mornings/warm-up.ts). */
  readonly forWindow?: boolean;
}

export interface RunningEngine extends Engine {
  /** When what a window will ask was asked once before; at once for an engine without one. */
  readonly warmed: Promise<void>;
  /** Stops load, demo, sampling and sessions, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Composition root: ports in, services out. Opens the store; connects nowhere by itself. */
export async function createEngine(
  ports: Ports,
  { background, forWindow = false }: EngineOptions,
): Promise<RunningEngine> {
  const startedAtMs = ports.clock.nowMs();
  const notices: string[] = [];
  const notice = (text: string) => {
    notices.push(text);
    ports.logger.warn({}, text);
  };
  const events = createEvents();
  const history = withInstanceHistory(
    await openHistory({
      file: join(ports.paths.profileDir, 'daybreak.sqlite'),
      logger: ports.logger,
      onNotice: notice,
    }),
  );
  const servers: KnownServers = new KnownServers({
    ports,
    history,
    events,
    background,
    onOpen: async (serverId, server) => {
      const found = await readModels.recover(serverId, server);
      for (const text of found) notice(text);
      return found.length === 0 ? null : found.join(' ');
    },
  });
  const dashboards = new DashboardService({ ports, history, events, servers, shipped: shippedReadModel });
  const readModels = new ReadModelService({ ports, history, events, servers, dashboards });
  const lifecycle = new ReadModelLifecycle({
    ports,
    history,
    servers,
    refresh: (serverId, name) => readModels.refresh(serverId, name),
  });
  const explain = new ExplainService({ ports, history, servers });
  const demo = new DemoService({ ports, history, events, servers });
  const openFindings = new OpenFindings({ ports, history, servers, events, dashboards });
  if (background) openFindings.start();
  const mornings = new Mornings({ ports, history, servers, dashboards, openFindings });
  const indexAdvice = new IndexAdviceService({ ports, history, servers, dashboards });
  const experiments = new Experiments({ ports, history, servers, mornings });
  const stopMeasuring = background ? startMeasuring(experiments, { clock: ports.clock, logger: ports.logger }) : null;
  const captures = new Captures({ ports, history, events, servers, dashboards });
  const stopRetention = background ? startRetention({ history, clock: ports.clock, logger: ports.logger }) : null;

  for (const { serverId, settings } of await history.connections.list()) {
    const unfinished = await history.plans.unfinished(serverId);
    if (unfinished.length === 0) continue;
    const names = unfinished.map(({ plan }) => plan.readModel).join(', ');
    notice(
      `The last engine ended in the middle of a plan for ${names} on ${settings.label}. It is finished or undone as soon as that server is connected; readers were served one whole version all the time.`,
    );
    // Where a password is at hand it need not wait for anybody; the outcome is a notice of its own.
    if (background) void servers.server(serverId).catch(() => undefined);
  }

  let stopping: Promise<void> | null = null;
  const warmed = forWindow
    ? warmUp({ history, mornings, logger: ports.logger }, () => stopping !== null)
    : Promise.resolve();
  const stop = async () => {
    const parts = [
      () => warmed,
      () => stopRetention?.(),
      () => (stopMeasuring === null ? experiments.settled() : stopMeasuring()),
      () => openFindings.stop(),
      () => explain.stop(),
      () => readModels.stop(),
      () => demo.close(),
      () => servers.stop(),
      () => history.close(),
    ];
    const failures: unknown[] = [];
    // A part that does not stop must not keep the others running.
    for (const part of parts) {
      try {
        await part();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the engine did not stop cleanly');
  };
  return {
    ports,
    history,
    events,
    servers,
    demo,
    mornings,
    openFindings,
    experiments,
    explain,
    indexAdvice,
    readModels,
    lifecycle,
    definitions: new ReadModelDefinitions({ ports, history, servers }),
    dashboards,
    captures,
    warmed,
    info: () => ({
      version: engineVersion,
      profile: ports.paths.profileDir,
      pid: process.pid,
      startedAtMs,
      secretStore: ports.secrets.kind,
      notices: [...notices],
    }),
    stop: () => (stopping ??= stop()),
  };
}
