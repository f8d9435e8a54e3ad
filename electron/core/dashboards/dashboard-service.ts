import type { Dashboard, Widget, WidgetData, WidgetSource } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { WidgetReference } from '../diagnosis/input.ts';
import type { Events } from '../events.ts';
import { fingerprint } from '../history/fingerprint.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { ProposalOrigin } from '../read-model/propose/propose.ts';
import { getReadModel } from '../read-model/registry/read-models.ts';
import { createDashboards, type Dashboards } from './dashboards.ts';
import { tableWidget } from './table-widget.ts';

/** A read model definition that comes with a widget: shaped like its chart. */
export interface ShippedReadModel {
  readonly name: string;
  readonly definitionSql: string;
  readonly keyColumns: readonly string[];
  readonly readerSql: string;
  readonly owner: string;
  /** Roles that the dashboard tool connects as. */
  readonly readers: readonly string[];
}

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  /** Better definitions than the widget's own query as it stands, where one is shipped. */
  readonly shipped: (serverId: string, widgetId: string) => ShippedReadModel | null;
}

/** Dashboards of the known servers: what they show, where each number comes from, and which widget a statement is. */
export class DashboardService {
  readonly #options: Options;
  readonly #dashboards: Dashboards;

  constructor(options: Options) {
    this.#options = options;
    const { history, ports } = options;
    this.#dashboards = createDashboards({ store: history.dashboards, clock: ports.clock, logger: ports.logger });
  }

  async list(serverId: string): Promise<Dashboard[]> {
    await this.#options.servers.stored(serverId);
    return this.#options.history.dashboards.list(serverId);
  }

  async get(serverId: string, dashboardId: string): Promise<Dashboard> {
    const dashboard = await this.#options.history.dashboards.get(dashboardId);
    if (dashboard !== null && dashboard.serverId === serverId) return dashboard;
    throw new Failure({ code: 'not_found', message: `There is no dashboard ${dashboardId} for this connection.` });
  }

  async cached(serverId: string, dashboardId: string): Promise<WidgetData[]> {
    const dashboard = await this.get(serverId, dashboardId);
    // Opening must not wait for a connection attempt: what is known now decides the label.
    const reason = this.#options.servers.isOpen(serverId) ? null : 'the database is not connected.';
    return this.#dashboards.cached(dashboard, reason);
  }

  /** The number now, or the last good one labelled offline when the database is out of reach. */
  async data(serverId: string, dashboardId: string, widgetId: string): Promise<WidgetData> {
    const dashboard = await this.get(serverId, dashboardId);
    const { server } = await this.#options.servers.serverOrNull(serverId);
    return this.#dashboards.read(server, dashboard, widgetId);
  }

  async setSource(serverId: string, dashboardId: string, widgetId: string, source: WidgetSource): Promise<Widget> {
    await this.get(serverId, dashboardId);
    const moved = await this.#dashboards.setSource(dashboardId, widgetId, source);
    this.#options.events.publish('dashboards', serverId, widgetId);
    return moved;
  }

  /** Puts a read model on a dashboard of its server's own, as a table of all its columns. */
  async addReadModel(serverId: string, name: string): Promise<{ dashboard: Dashboard; widgetId: string }> {
    const { servers, history, ports, events } = this.#options;
    const model = await getReadModel(await servers.server(serverId), name, ports.clock);
    const dashboardId = `read-models-${serverId}`;
    if ((await history.dashboards.get(dashboardId)) === null) {
      await history.dashboards.save({ dashboardId, serverId, title: 'Read models', widgets: [] });
    }
    const widgetId = crypto.randomUUID();
    const dashboard = await this.#dashboards.change(dashboardId, (before) => ({
      ...before,
      widgets: [...before.widgets, tableWidget(model, widgetId, before.widgets.length)],
    }));
    if (dashboard === null) throw new Error('adding a widget does not remove its dashboard');
    events.publish('dashboards', serverId, widgetId);
    return { dashboard, widgetId };
  }

  async removeWidget(
    serverId: string,
    dashboardId: string,
    widgetId: string,
  ): Promise<{ dashboard: Dashboard | null }> {
    await this.get(serverId, dashboardId);
    const dashboard = await this.#dashboards.change(dashboardId, (before) => {
      const widgets = before.widgets.filter((widget) => widget.widgetId !== widgetId);
      if (widgets.length === before.widgets.length) {
        throw new Failure({ code: 'not_found', message: `The dashboard ${before.title} has no widget ${widgetId}.` });
      }
      return widgets.length === 0 ? null : { ...before, widgets };
    });
    this.#options.events.publish('dashboards', serverId, widgetId);
    return { dashboard };
  }

  /** Every widget of the server by the fingerprint of its query over base tables. */
  async widgetReferences(serverId: string): Promise<WidgetReference[]> {
    return (await this.list(serverId)).flatMap((dashboard) =>
      dashboard.widgets.flatMap((widget) =>
        widget.liveSql === undefined
          ? []
          : [
              {
                widgetId: widget.widgetId,
                fingerprint: fingerprint(widget.liveSql),
                widgetTitle: widget.title,
                dashboardTitle: dashboard.title,
              },
            ],
      ),
    );
  }

  async widgetOf(serverId: string, statementFingerprint: string): Promise<string | null> {
    const references = await this.widgetReferences(serverId);
    return references.find((reference) => reference.fingerprint === statementFingerprint)?.widgetId ?? null;
  }

  /** Where a proposal for a widget begins: a shipped definition, else the widget's own query. */
  async proposalOrigin(serverId: string, widgetId: string): Promise<ProposalOrigin> {
    const [found] = await this.#holding(serverId, ({ widgetId: each }) => each === widgetId);
    if (found === undefined) {
      throw new Failure({ code: 'not_found', message: `No dashboard of this connection has a widget ${widgetId}.` });
    }
    const { widget } = found;
    const shipped = this.#options.shipped(serverId, widgetId);
    const { liveSql: live } = widget;
    const asked = {
      widgetId,
      title: widget.title,
      question: widget.question,
      budget: widget.budget,
      ...(live === undefined ? {} : { liveSql: live }),
    };
    if (shipped !== null) {
      const { name, definitionSql, keyColumns, readerSql, owner } = shipped;
      return { kind: 'widget', widget: asked, name, definitionSql, keyColumns, readerSql, owner };
    }
    const liveSql = widget.liveSql ?? widget.source.sql;
    return { kind: 'widget', widget: asked, definitionSql: liveSql };
  }

  /** The fingerprint of a widget's live query, and the roles that are known to read it. */
  async askedBy(
    serverId: string,
    widgetId: string,
  ): Promise<{ readonly fingerprint: string | null; readonly readers: readonly string[] }> {
    const reference = (await this.widgetReferences(serverId)).find((each) => each.widgetId === widgetId);
    return {
      fingerprint: reference?.fingerprint ?? null,
      readers: this.#options.shipped(serverId, widgetId)?.readers ?? [],
    };
  }

  /** `stays`: of a widget's source as it is now, that it is left alone. */
  async moveToReadModel(
    serverId: string,
    widgetId: string,
    source: WidgetSource,
    stays: (now: WidgetSource) => boolean = () => false,
  ): Promise<void> {
    for (const { dashboard, widget } of await this.#holding(serverId, (each) => each.widgetId === widgetId)) {
      if (stays(widget.source)) continue;
      await this.setSource(serverId, dashboard.dashboardId, widgetId, source);
    }
  }

  /** Widgets of a dropped read model go back to the query they began with. */
  async leaveReadModel(serverId: string, readModel: string): Promise<void> {
    const reads = ({ source }: Widget) => source.kind === 'read_model' && source.readModel === readModel;
    for (const { dashboard, widget } of await this.#holding(serverId, reads)) {
      if (widget.liveSql === undefined) {
        // It was made from the read model, and has nothing to fall back to.
        await this.removeWidget(serverId, dashboard.dashboardId, widget.widgetId);
        continue;
      }
      await this.setSource(serverId, dashboard.dashboardId, widget.widgetId, { kind: 'live', sql: widget.liveSql });
    }
  }

  async #holding(serverId: string, wanted: (widget: Widget) => boolean) {
    return (await this.list(serverId)).flatMap((dashboard) =>
      dashboard.widgets.filter(wanted).map((widget) => ({ dashboard, widget })),
    );
  }
}
