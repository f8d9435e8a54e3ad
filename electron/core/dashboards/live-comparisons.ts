import type { FilterValues } from '../../../shared/model/dashboard-filter.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { LiveComparison } from '../../../shared/model/live-comparison.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { proofHash } from '../read-model/proof-hash.ts';
import { RunningJobs } from '../read-model/running-jobs.ts';
import { compareLive } from './compare/compare-live.ts';
import type { DashboardService } from './dashboard-service.ts';
import { widgetOf } from './dashboards.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

interface WhichWidget {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widgetId: string;
}

/** Comparisons of widgets with live that run: one for each widget at a time, since each is a heavy query. */
export class LiveComparisons {
  readonly #options: Options;
  readonly #running = new RunningJobs<LiveComparison>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Throws `busy` while the widget is compared already, `not_connected`, and what `compareLive` throws. */
  async run(which: WhichWidget, values: FilterValues): Promise<LiveComparison> {
    const { dashboards, servers, history, ports } = this.#options;
    const { serverId, dashboardId, widgetId } = which;
    const dashboard = await dashboards.get(serverId, dashboardId);
    const widget = widgetOf(dashboard, widgetId);
    const filters = dashboards.resolved(dashboard, values);
    const server = await servers.server(serverId);
    const key = keyOf(which);
    const before = this.#running.get(key);
    // One that is being cancelled ends in a moment.
    if (before?.abort.signal.aborted === true) await Promise.allSettled([before.done]);
    if (this.#running.has(key)) {
      throw new Failure({
        code: 'busy',
        message: `"${widget.title}" is being compared with live already. Wait for it, or cancel it.`,
        retryable: true,
      });
    }
    const { clock } = ports;
    const isProven = async (definitionSql: string): Promise<boolean> => {
      if (dashboards.isAsShipped(serverId, widget, definitionSql)) return true;
      const originalSql = widget.liveSql ?? '';
      const rewrittenSql = widget.source.sql;
      const hash = proofHash({ originalSql, searchPath: null, definitionSql, rewrittenSql, frozenParameters: [] });
      return hash !== null && (await history.proofs.get(serverId, hash))?.verdict === 'proven';
    };
    return this.#running.run(key, (signal) => compareLive({ server, widget, filters, clock, signal, isProven }));
  }

  /** Ends it on the server. */
  cancel(which: WhichWidget): { cancelled: boolean } {
    const running = this.#running.get(keyOf(which));
    running?.abort.abort();
    return { cancelled: running !== undefined };
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

const keyOf = ({ serverId, dashboardId, widgetId }: WhichWidget): string =>
  JSON.stringify([serverId, dashboardId, widgetId]);
