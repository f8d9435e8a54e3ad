import { engineVersion } from './version.ts';
import { withInstanceHistory } from './connections/instance-history.ts';
import { Alerts } from './alerts/alerts.ts';
import { Captures } from './captures/captures.ts';
import { KnownServers } from './connections/known-servers.ts';
import { DashboardFilters } from './dashboards/dashboard-filters.ts';
import { OfflineCache } from './dashboards/offline/offline-cache.ts';
import { Packs } from './dashboards/packs/packs.ts';
import { DashboardService } from './dashboards/dashboard-service.ts';
import { DashboardExports } from './dashboards/export/dashboard-exports.ts';
import { createExportRenderer } from './dashboards/export/export-renderer.ts';
import { printedFilters } from './dashboards/export/printed-filters.ts';
import { LiveComparisons } from './dashboards/live-comparisons.ts';
import { DemoService } from './demo/demo-service.ts';
import { shippedReadModel } from './demo/shipped-read-models.ts';
import type { Engine } from './engine.ts';
import { ExplainService } from './explain/explain-service.ts';
import { createEvents } from './events.ts';
import { Experiments } from './experiments/experiments.ts';
import { startMeasuring } from './experiments/measuring-timer.ts';
import { openHistory } from './history/open-history.ts';
import { startStore, type StartedStore } from './history/start-store.ts';
import { IndexAdviceService } from './index-advice/index-advice-service.ts';
import { Mornings } from './mornings/mornings.ts';
import { OpenFindings } from './mornings/open-findings.ts';
import { warmUp } from './mornings/warm-up.ts';
import type { Ports } from './ports.ts';
import { ExecutiveRole } from './read-model/executive-role.ts';
import { ReadModelDefinitions } from './read-model/definitions/definitions-service.ts';
import { ReadModelLifecycle } from './read-model/lifecycle-service.ts';
import { readSchedulesWhereKept } from './read-model/registry/schedule-state.ts';
import { ReadModelService } from './read-model/read-model-service.ts';
import { Schedules } from './schedule/schedules.ts';
import { startRetention } from './history/retention-timer.ts';

export interface EngineOptions {
  /** False for an engine that lives for one call: nothing samples or reconnects by itself. */
  readonly background: boolean;
  /** A window is about to ask: what it will ask is asked once before (mornings/warm-up.ts). */
  readonly forWindow?: boolean;
  /** How long a stop waits for refreshes that run, ms, before it hands them back. */
  readonly graceMs?: number | undefined;
}

export interface RunningEngine extends Engine {
  /** When what a window will ask was asked once before; at once for an engine without one. */
  readonly warmed: Promise<void>;
  /** Stops load, demo, sampling and sessions, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Composition root: ports in, services out. Opens the store, or takes the one that is being opened; connects nowhere by itself. */
export async function createEngine(
  ports: Ports,
  { background, forWindow = false, graceMs }: EngineOptions,
  store: StartedStore = startStore(ports),
): Promise<RunningEngine> {
  const startedAtMs = ports.clock.nowMs();
  const notices: string[] = [];
  const notice = (text: string) => {
    notices.push(text);
    ports.logger.warn({}, text);
  };
  if (ports.secrets.notice != null) notices.push(ports.secrets.notice);
  const events = createEvents();
  const history = withInstanceHistory(
    await openHistory({
      file: store.file,
      started: store,
      logger: ports.logger,
      // It stands in the log already.
      onNotice: (text) => notices.push(text),
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
  const offlineCache = new OfflineCache({ ports, history, events });
  const unlocked = offlineCache.start();
  const dashboards = new DashboardService({
    ports,
    history,
    events,
    servers,
    shipped: shippedReadModel,
    isRefreshing: (serverId, readModel) => readModels.isRefreshing(serverId, readModel),
  });
  const dashboardExports = new DashboardExports(
    {
      get: (serverId, dashboardId) => dashboards.get(serverId, dashboardId),
      cached: (serverId, dashboardId, filters) => dashboards.cached(serverId, dashboardId, { filters }),
      printedFilters: (dashboard, filters) => printedFilters(dashboards.resolved(dashboard, filters)),
      labelOf: async (serverId) => (await servers.stored(serverId)).settings.label,
    },
    createExportRenderer(),
    ports.clock,
  );
  const dashboardFilters = new DashboardFilters({ ports, history, servers, dashboards });
  const liveComparisons = new LiveComparisons({ ports, history, servers, dashboards });
  const readModels: ReadModelService = new ReadModelService({ ports, history, events, servers, dashboards });
  const lifecycle = new ReadModelLifecycle({
    ports,
    history,
    servers,
    proofs: readModels.proofs,
    refresh: (serverId, name) => readModels.refresh(serverId, name),
  });
  const schedules = new Schedules({
    ports,
    history,
    events,
    servers,
    refresh: (server, name, claim, signal) => readModels.refreshClaimed(server, name, claim, signal),
    graceMs,
  });
  const explain = new ExplainService({ ports, history, servers });
  const demo = new DemoService({ ports, history, events, servers });
  const openFindings = new OpenFindings({ ports, history, servers, events, dashboards });
  if (background) openFindings.start();
  const mornings = new Mornings({ ports, history, servers, dashboards, openFindings });
  const indexAdvice = new IndexAdviceService({ ports, history, servers, dashboards });
  const experiments = new Experiments({ ports, history, servers, mornings });
  const stopMeasuring = background ? startMeasuring(experiments, { clock: ports.clock, logger: ports.logger }) : null;
  const packs = new Packs({ ports, history, events, servers });
  const captures = new Captures({ ports, history, events, servers, dashboards });
  const alerts = new Alerts({ ports, history, events, servers, readSchedules: readSchedulesWhereKept });
  if (background) alerts.start();
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

  if (background) await schedules.start();

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
      () => alerts.stop(),
      () => explain.stop(),
      () => liveComparisons.stop(),
      () => dashboardExports.stop(),
      // Runs that were claimed are handed back, so that another runner has them at once.
      () => schedules.stop(),
      () => readModels.stop(),
      () => demo.close(),
      () => unlocked,
      () => dashboards.settled(),
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
    schedules,
    lifecycle,
    definitions: new ReadModelDefinitions({ ports, history, servers, proofs: readModels.proofs }),
    executive: new ExecutiveRole(servers),
    dashboards,
    dashboardExports,
    dashboardFilters,
    liveComparisons,
    captures,
    alerts,
    offlineCache,
    packs,
    warmed,
    info: () => ({
      version: engineVersion,
      profile: ports.paths.profileDir,
      pid: process.pid,
      startedAtMs,
      secretStore: ports.secrets.kind,
      notices: [...notices],
      store: history.state,
    }),
    stop: () => (stopping ??= stop()),
  };
}
