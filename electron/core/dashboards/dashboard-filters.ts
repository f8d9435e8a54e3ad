import type { Dashboard } from '../../../shared/model/dashboard.ts';
import {
  mostFilters,
  type DashboardFilter,
  type FilterChoices,
  type FilterColumn,
} from '../../../shared/model/dashboard-filter.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { DashboardService } from './dashboard-service.ts';
import { dashboardModels, filterColumnsOf } from './filters/dashboard-models.ts';
import { filterChoices } from './filters/filter-choices.ts';
import { dashboardsApplicationName } from './read-widget.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly dashboards: DashboardService;
}

interface ChoicesAsked {
  readonly filterId: string;
  /** A part of the value, in any case; null: all. */
  readonly search: string | null;
  readonly limit: number;
}

/** What a dashboard can be filtered by, and the values to choose from. */
export class DashboardFilters {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Throws `invalid_input` with everything that is wrong with the filters. */
  async set(serverId: string, dashboardId: string, filters: readonly DashboardFilter[]): Promise<Dashboard> {
    const wrong = wrongWith(filters);
    if (wrong.length > 0) {
      throw new Failure({
        code: 'invalid_input',
        message: `The filters were not changed: ${wrong.join('; ')}.`,
        detail: { wrong },
      });
    }
    return this.#options.dashboards.setFilters(serverId, dashboardId, filters);
  }

  /** Columns of the read models behind the dashboard's widgets, those of the most models first. */
  async columns(serverId: string, dashboardId: string): Promise<FilterColumn[]> {
    const { servers, dashboards } = this.#options;
    const dashboard = await dashboards.get(serverId, dashboardId);
    const server = await servers.server(serverId);
    return server.withReadonly(
      (session) => session.snapshot(async (sql) => filterColumnsOf(await dashboardModels(sql, dashboard))),
      { statementTimeoutMs: 5_000, applicationName: dashboardsApplicationName },
    );
  }

  async choices(serverId: string, dashboardId: string, asked: ChoicesAsked): Promise<FilterChoices> {
    const { servers, dashboards, history, ports } = this.#options;
    const dashboard = await dashboards.get(serverId, dashboardId);
    const { server } = await servers.serverOrNull(serverId);
    return filterChoices({ store: history.dashboards, clock: ports.clock }, { ...asked, server, dashboard });
  }
}

function wrongWith(filters: readonly DashboardFilter[]): string[] {
  const wrong: string[] = [];
  if (filters.length > mostFilters) wrong.push(`a dashboard has at most ${mostFilters}`);
  const ids = filters.map(({ filterId }) => filterId);
  for (const twice of new Set(ids.filter((id, at) => ids.indexOf(id) !== at)))
    wrong.push(`there are two of id ${twice}`);
  for (const filter of filters) {
    if (filter.kind === 'period' && !isTimeZone(filter.timeZone)) {
      wrong.push(`${filter.filterId} has the time zone ${filter.timeZone}, which does not exist`);
    }
  }
  return wrong;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // An offset has no daylight saving, and PostgreSQL reads its sign the other way round.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
