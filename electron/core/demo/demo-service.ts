import { demoServerId } from '../../../shared/model/demo-server.ts';
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
import { leaveReadModels, shipDashboards } from './ship-dashboards.ts';

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
  #closing: Promise<void> | null = null;
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

  /**
   * Begins to open; `status` tells how far. A second call while it opens or is open changes nothing. Without a `scale` it
   * opens in the size that it has. `ephemeral`: the data goes when the server stops, however it stops.
   */
  open(scale?: number, { ephemeral = false }: { readonly ephemeral?: boolean } = {}): DemoStatus {
    if (this.#opening === null && (this.#demo === null || this.#closing !== null)) {
      const abort = new AbortController();
      const closing = this.#closing;
      this.#state = 'opening';
      this.#problem = null;
      this.#progress = { text: 'Starting the bundled PostgreSQL', fraction: 0 };
      const open = async () => {
        await closing;
        await this.#open(scale, ephemeral, abort.signal);
      };
      this.#opening = { abort, done: open() };
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
    const before = this.#requireOpen();
    const widgets = await this.executiveWidgets();
    // Another door may have closed the demo or started a load meanwhile; from here on nothing waits.
    const demo = this.#requireOpen();
    if (demo !== before || this.#load !== null) {
      throw new Failure({ code: 'busy', message: 'The eight o’clock load is running already. Stop it first.' });
    }
    const workload = startWorkload({
      app: demo.appConnection,
      dashboards: demo.dashboardsConnection,
      ratePerSecond: input.ratePerSecond,
      managers: input.managers,
      widgets,
      seed: 1,
      onReport: () => this.#changed(),
    });
    this.#load = { workload, ...input, startedAtMs: this.#options.ports.clock.nowMs() };
    workload.finished.catch((error: unknown) => {
      if (this.#load?.workload !== workload) return;
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
    const opening = this.#opening;
    opening?.abort.abort();
    this.#closing ??= this.#close(opening).finally(() => {
      this.#closing = null;
    });
    await this.#closing;
    // One that waited for an earlier closing ends now, being aborted.
    await opening?.done;
    return this.status();
  }

  async #close(opening: { readonly done: Promise<void> } | null): Promise<void> {
    await opening?.done;
    const demo = this.#demo;
    if (demo !== null) {
      this.#state = 'closing';
      this.#changed();
      try {
        await this.stopLoad();
        await this.#disconnect();
      } finally {
        await demo.stop();
        this.#demo = null;
      }
    }
    if (this.#opening !== null && this.#opening !== opening) return;
    if (this.#state !== 'failed') this.#state = 'closed';
    this.#progress = null;
    this.#changed();
  }

  /** The connection may have been removed from the list meanwhile. */
  async #disconnect(): Promise<void> {
    try {
      await this.#options.servers.disconnect(demoServerId);
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }

  #requireOpen(): DemoErp {
    if (this.#demo !== null && this.#closing === null && this.#state === 'open') return this.#demo;
    throw new Failure({
      code: 'not_connected',
      message: 'The demo ERP is not open, so there is nothing to put under load. Open it first.',
      action: 'demo.open',
    });
  }

  /** Its server ended without being asked: killed, or out of memory or disk. */
  #died(demo: DemoErp): void {
    if (this.#demo !== demo || this.#closing !== null) return;
    this.#demo = null;
    this.#state = 'failed';
    this.#problem = 'The demo ERP’s PostgreSQL ended by itself. Open the demo again: its data is still there.';
    this.stopLoad().catch((error: unknown) =>
      this.#options.ports.logger.error({ err: error }, 'the load did not stop'),
    );
    this.#changed();
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

  async #open(scale: number | undefined, ephemeral: boolean, signal: AbortSignal): Promise<void> {
    const { ports, history, servers } = this.#options;
    try {
      const demo = await openDemoErp({
        dir: join(ports.paths.profileDir, 'demo-erp'),
        scale,
        ephemeral,
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
      void demo.server.exited.then(() => this.#died(demo));
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

  async #installDashboards(demo: DemoErp): Promise<void> {
    const { dashboards } = this.#options.history;
    if (demo.freshlySeeded) await leaveReadModels(dashboards, demoServerId);
    await shipDashboards(dashboards, demoDashboards(demoServerId).map(withLiveSql));
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
