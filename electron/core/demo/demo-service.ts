import { join } from 'node:path';
import { demoDashboards } from '../../../resources/demo-erp/dashboards.ts';
import { openDemoErp, type DemoErp } from '../../../resources/demo-erp/open-demo.ts';
import { startWorkload, type Workload } from '../../../resources/demo-erp/workload/start-workload.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import type { DemoStatus } from '../../../shared/model/demo.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';

/** The demo's own connection id: one demo ERP per profile. */
export const demoServerId = 'demo';

/** Where the demo ERP of a profile lives. */
export const demoDir = (ports: Ports): string => join(ports.paths.profileDir, 'demo-erp');

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
}

/** The bundled ERP: opened, put under load and closed from any door. */
export class DemoService {
  readonly #options: Options;
  #state: DemoStatus['state'] = 'closed';
  #progress: DemoStatus['progress'] = null;
  #problem: string | null = null;
  #opening: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  #demo: DemoErp | null = null;
  #load: { workload: Workload; ratePerSecond: number; managers: number; startedAtMs: number } | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  status(): DemoStatus {
    const load = this.#load;
    return {
      state: this.#state,
      serverId: this.#state === 'open' ? demoServerId : null,
      progress: this.#progress,
      load:
        load === null
          ? null
          : { ratePerSecond: load.ratePerSecond, managers: load.managers, startedAtMs: load.startedAtMs },
      current: load?.workload.current() ?? null,
      problem: this.#problem,
    };
  }

  /** The running demo, for jobs that drive its load themselves (the rescue). */
  get erp(): DemoErp | null {
    return this.#demo;
  }

  /** Begins to open; `status` tells how far. A second call while it opens or is open changes nothing. */
  open(scale: number): DemoStatus {
    if (this.#opening === null && this.#demo === null) {
      const abort = new AbortController();
      this.#state = 'opening';
      this.#problem = null;
      this.#progress = { text: 'Starting the bundled PostgreSQL', fraction: 0 };
      this.#opening = { abort, done: this.#open(scale, abort.signal) };
      this.#changed();
    }
    return this.status();
  }

  /** Resolves once an opening has ended, well or not. */
  async opened(): Promise<DemoStatus> {
    await this.#opening?.done;
    return this.status();
  }

  async startLoad(input: { ratePerSecond: number; managers: number }): Promise<DemoStatus> {
    const demo = this.#demo;
    if (demo === null) {
      throw new Failure({
        code: 'not_connected',
        message: 'The demo ERP is closed, so there is nothing to put under load. Open it first.',
        action: 'demo.open',
      });
    }
    if (this.#load !== null) {
      throw new Failure({ code: 'busy', message: 'The eight o’clock load is running already. Stop it first.' });
    }
    const workload = await startWorkload({
      app: demo.appConnection,
      dashboards: demo.dashboardsConnection,
      ratePerSecond: input.ratePerSecond,
      managers: input.managers,
      widgets: await this.executiveWidgets(),
      seed: 1,
      onReport: () => this.#options.events.publish('demo', demoServerId),
    });
    this.#load = { workload, ...input, startedAtMs: this.#options.ports.clock.nowMs() };
    workload.finished.catch((error: unknown) => {
      this.#problem = `The load stopped: ${error instanceof Error ? error.message : String(error)}`;
      this.#load = null;
      this.#changed();
    });
    this.#changed();
    return this.status();
  }

  async stopLoad(): Promise<DemoStatus> {
    const load = this.#load;
    this.#load = null;
    await load?.workload.stop();
    this.#changed();
    return this.status();
  }

  async close(): Promise<DemoStatus> {
    this.#opening?.abort.abort();
    await this.#opening?.done;
    if (this.#demo !== null) {
      this.#state = 'closing';
      this.#changed();
      await this.stopLoad();
      const demo = this.#demo;
      this.#demo = null;
      await this.#options.servers.disconnect(demoServerId);
      await demo.stop();
    }
    if (this.#state !== 'failed') this.#state = 'closed';
    this.#progress = null;
    this.#changed();
    return this.status();
  }

  /** What the managers open: every executive widget with the query it runs now. */
  async executiveWidgets(): Promise<{ widgetId: string; sql: string }[]> {
    const dashboards = await this.#options.history.dashboards.list(demoServerId);
    const executive = new Set(
      this.#demo?.widgets.filter((widget) => widget.kind === 'executive').map((widget) => widget.widgetId),
    );
    return dashboards
      .flatMap((dashboard) => dashboard.widgets)
      .filter((widget) => executive.has(widget.widgetId))
      .map((widget) => ({ widgetId: widget.widgetId, sql: widget.source.sql }));
  }

  async #open(scale: number, signal: AbortSignal): Promise<void> {
    const { ports, history, servers } = this.#options;
    try {
      const demo = await openDemoErp({
        dir: demoDir(ports),
        scale,
        logger: ports.logger,
        signal,
        onProgress: (progress) => {
          this.#progress = progress;
          this.#changed();
        },
      });
      this.#demo = demo;
      await history.connections.save({
        serverId: demoServerId,
        settings: demo.settings,
        lastConnectedAtMs: null,
        lastFacts: null,
      });
      await ports.secrets.set(`server:${demoServerId}`, demo.password);
      await servers.connect(demoServerId, demo.password);
      await this.#installDashboards(demo);
      this.#state = 'open';
      this.#progress = null;
    } catch (error) {
      const demo = this.#demo;
      this.#demo = null;
      await demo?.stop();
      this.#progress = null;
      this.#state = signal.aborted ? 'closed' : 'failed';
      this.#problem = signal.aborted ? null : error instanceof Error ? error.message : String(error);
      if (!signal.aborted && !isFailure(error)) ports.logger.error({ err: error }, 'the demo ERP did not open');
    } finally {
      this.#opening = null;
      this.#changed();
    }
  }

  /** Ships the dashboards once; widgets that were moved to a read model stay moved, unless the data is new. */
  async #installDashboards(demo: DemoErp): Promise<void> {
    const { dashboards } = this.#options.history;
    for (const shipped of demoDashboards(demoServerId)) {
      const known = demo.freshlySeeded ? null : await dashboards.get(shipped.dashboardId);
      if (known === null) await dashboards.save(withLiveSql(shipped));
    }
    this.#options.events.publish('dashboards', demoServerId);
  }

  #changed(): void {
    this.#options.events.publish('demo', demoServerId);
  }
}

const withLiveSql = (dashboard: Dashboard): Dashboard => ({
  ...dashboard,
  widgets: dashboard.widgets.map((widget) => ({
    ...widget,
    ...(widget.source.kind === 'live' ? { liveSql: widget.source.sql } : {}),
  })),
});
