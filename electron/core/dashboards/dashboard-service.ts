import type { Dashboard, Widget, WidgetData, WidgetSource } from '../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterValues } from '../../../shared/model/dashboard-filter.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { KnownHolds } from '../../../shared/model/known-holds.ts';
import type { SavedResult } from '../../../shared/model/offline-cache.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { WidgetReference } from '../diagnosis/input.ts';
import type { Events } from '../events.ts';
import { fingerprint } from '../history/fingerprint.ts';
import type { History, StoredConnection } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import type { ProposalOrigin } from '../read-model/propose/propose.ts';
import { getReadModel } from '../read-model/registry/read-models.ts';
import { DashboardEditor } from './dashboard-editor.ts';
import { DashboardRemovals } from './dashboard-removals.ts';
import { createDashboards, widgetOf, type Dashboards } from './dashboards.ts';
import { resolveFilters, type ResolvedFilter } from './filters/resolve-filters.ts';
import { filteredFromRows } from './offline/filtered-from-rows.ts';
import { createModelRowsKeeper } from './offline/keep-model-rows.ts';
import { savedResult, savedResults } from './offline/saved-results.ts';
import { queriesOn } from './offline/widget-questions.ts';
import { tableWidget } from './table-widget.ts';
import { turns } from './turns.ts';
import { withHolds } from './holds-of.ts';
import { ServerHolds } from './server-holds.ts';
import { beingRefreshed } from './widget-freshness.ts';

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
  /** Whether this engine refreshes a read model now. */
  readonly isRefreshing: (serverId: string, readModel: string) => boolean;
}

/** Of which widgets, and under which filters, the saved numbers are asked for. */
interface WhichSaved {
  readonly widgetIds?: readonly string[] | undefined;
  readonly filters?: FilterValues | undefined;
}

interface HowToRead {
  readonly background?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly filters?: FilterValues | undefined;
}

interface OneWidget {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widgetId: string;
  readonly filters?: FilterValues | undefined;
}

const zonesOfFilters = (dashboards: readonly Dashboard[]): readonly string[] =>
  dashboards.flatMap(({ filters = [] }) =>
    filters.flatMap((filter) => (filter.kind === 'period' ? [filter.timeZone] : [])),
  );

const widgetIn = ({ widgets }: Dashboard, widgetId: string): Widget | undefined =>
  widgets.find((widget) => widget.widgetId === widgetId);

/** Of the dashboard that read models are put on with one click. */
const ownDashboardId = (serverId: string): string => `read-models-${serverId}`;

/** Dashboards of the known servers: what they show, where each number comes from, and which widget a statement is. */
export class DashboardService {
  readonly #options: Options;
  readonly #onTitles = turns();
  readonly #dashboards: Dashboards;
  readonly editor: DashboardEditor;
  readonly removals: DashboardRemovals;
  readonly #holds: ServerHolds;
  readonly #modelRows: ReturnType<typeof createModelRowsKeeper>;

  constructor(options: Options) {
    this.#options = options;
    const { history, ports } = options;
    const { clock, logger } = ports;
    this.#holds = new ServerHolds({ store: history.connections, clock, logger });
    this.#modelRows = createModelRowsKeeper({
      store: history.modelRows,
      clock,
      logger,
      filterZones: async (serverId) => zonesOfFilters(await history.dashboards.list(serverId)),
      queriesOf: async (serverId, readModel) => queriesOn(readModel, await history.dashboards.list(serverId)),
    });
    this.#dashboards = createDashboards({
      store: history.dashboards,
      clock,
      logger,
      onRead: this.#modelRows.after,
      fromRows: (asked) => filteredFromRows({ history, clock }, asked),
    });
    // A refresh that ended, or a widget that moved, makes what was read before it old.
    options.events.listen(({ topic }) => {
      if (topic === 'read_models' || topic === 'dashboards') this.#dashboards.forgetRecent();
      if (topic === 'dashboards') this.#modelRows.forget();
      if (topic === 'schedule') this.#holds.forget();
    });
    const changing = {
      ...options,
      dashboards: this.#dashboards,
      onTitles: this.#onTitles,
      get: (serverId: string, dashboardId: string) => this.get(serverId, dashboardId),
    };
    this.editor = new DashboardEditor(changing);
    this.removals = new DashboardRemovals(changing);
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

  async cached(
    serverId: string,
    dashboardId: string,
    { widgetIds, filters: values = {} }: WhichSaved = {},
  ): Promise<WidgetData[]> {
    const whole = await this.get(serverId, dashboardId);
    const wanted = widgetIds === undefined ? null : new Set(widgetIds);
    const dashboard =
      wanted === null ? whole : { ...whole, widgets: whole.widgets.filter(({ widgetId }) => wanted.has(widgetId)) };
    // Opening must not wait for a connection attempt: what is known now decides the label.
    const stored = await this.#options.servers.stored(serverId);
    const reason = this.#away(stored);
    const { lastFacts } = stored;
    const clockSkewMs = lastFacts?.clockSkewMs ?? 0;
    const how = { clockSkewMs, filters: this.resolved(whole, values) };
    const [saved, known] = await Promise.all([
      this.#dashboards.cached(dashboard, reason, how),
      this.#holds.lastKnown(serverId),
    ]);
    const serverNowMs = this.#options.ports.clock.nowMs() + clockSkewMs;
    return saved.map((data) => withHolds(data, widgetIn(dashboard, data.widgetId), known, serverNowMs));
  }

  /** Why the database is not asked; null: it could be. */
  #away({ serverId, capture }: StoredConnection): string | null {
    if (this.#options.servers.isOpen(serverId)) return null;
    return capture == null
      ? 'the database is not connected.'
      : 'it is a number out of a pack, as it was when that was taken.';
  }

  /** What is saved of a widget, newest first. */
  async results({ serverId, dashboardId, widgetId, filters = {} }: OneWidget): Promise<SavedResult[]> {
    const dashboard = await this.get(serverId, dashboardId);
    return savedResults(this.#options, dashboard, widgetId, this.resolved(dashboard, filters));
  }

  async result({ filters = {}, ...asked }: OneWidget & { readonly resultId: string }): Promise<WidgetData> {
    const { history, ports } = this.#options;
    const dashboard = await this.get(asked.serverId, asked.dashboardId);
    const which = { ...asked, filters: this.resolved(dashboard, filters) };
    return savedResult({ history, clock: ports.clock }, dashboard, which);
  }

  /** When nothing is being kept any more. */
  settled(): Promise<void> {
    return this.#modelRows.settled();
  }

  /** The number now, or the last good one labelled offline when the database is out of reach. */
  async data(
    serverId: string,
    dashboardId: string,
    widgetId: string,
    { background, signal, filters: values = {} }: HowToRead = {},
  ): Promise<WidgetData> {
    const dashboard = await this.get(serverId, dashboardId);
    const filters = this.resolved(dashboard, values);
    const stored = await this.#options.servers.stored(serverId);
    if (stored.capture != null) return this.#ofPack(dashboard, widgetId, { filters, reason: this.#away(stored) });
    const { server } = await this.#options.servers.serverOrNull(serverId);
    const how = { background, signal, filters };
    const widget = widgetIn(dashboard, widgetId);
    const ofModel = widget?.source.kind === 'read_model' ? widget.source.readModel : null;
    const [read, known] = await Promise.all([
      this.#dashboards.read(server, dashboard, widgetId, how),
      ofModel === null ? null : this.#heldOn(serverId, server),
    ]);
    const serverNowMs = this.#options.ports.clock.nowMs() + (stored.lastFacts?.clockSkewMs ?? 0);
    const data = withHolds(read, widget, known, serverNowMs);
    const refreshing = ofModel !== null && this.#options.isRefreshing(serverId, ofModel);
    return refreshing ? { ...data, freshness: beingRefreshed(data.freshness) } : data;
  }

  #heldOn(serverId: string, server: Server | null): Promise<KnownHolds | null> {
    return server === null ? this.#holds.lastKnown(serverId) : this.#holds.of(serverId, server);
  }

  /** What was chosen, as it is asked for now. Throws `invalid_input` for what the dashboard cannot be filtered by. */
  resolved({ filters = [] }: Dashboard, values: FilterValues): readonly ResolvedFilter[] {
    return resolveFilters(filters, values, this.#options.ports.clock.nowMs());
  }

  async setFilters(serverId: string, dashboardId: string, filters: readonly DashboardFilter[]): Promise<Dashboard> {
    await this.get(serverId, dashboardId);
    const changed = await this.#dashboards.change(dashboardId, (before) => ({ ...before, filters: [...filters] }));
    if (changed === null) throw new Error('filters do not remove a dashboard');
    this.#options.events.publish('dashboards', serverId);
    return changed;
  }

  /** The widget asks what was shipped with it, over this definition. */
  isAsShipped(serverId: string, { widgetId, source }: Widget, definitionSql: string): boolean {
    const shipped = this.#options.shipped(serverId, widgetId);
    return (
      shipped !== null && shipped.readerSql === source.sql && shipped.definitionSql.trim() === definitionSql.trim()
    );
  }

  async #ofPack(
    dashboard: Dashboard,
    widgetId: string,
    { filters, reason }: { readonly filters: readonly ResolvedFilter[]; readonly reason: string | null },
  ): Promise<WidgetData> {
    const widget = widgetOf(dashboard, widgetId);
    const one = { ...dashboard, widgets: [widget] };
    const saved = await this.#dashboards.cached(one, reason, { filters });
    const found = saved.find((data) => data.widgetId === widgetId);
    if (found !== undefined) return found;
    throw new Failure({
      code: 'not_available',
      message: `The pack holds no number of "${widget.title}": none was saved when it was taken.`,
      detail: { widgetId },
    });
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
    const dashboardId = ownDashboardId(serverId);
    await this.#onTitles(serverId, async () => {
      if ((await history.dashboards.get(dashboardId)) !== null) return;
      await history.dashboards.save({ dashboardId, serverId, title: 'Read models', widgets: [] });
    });
    const widgetId = crypto.randomUUID();
    const dashboard = await this.#dashboards.change(dashboardId, (before) => ({
      ...before,
      widgets: [...before.widgets, tableWidget(model, widgetId, before.widgets)],
    }));
    if (dashboard === null) throw new Error('adding a widget does not remove its dashboard');
    events.publish('dashboards', serverId, widgetId);
    return { dashboard, widgetId };
  }

  /** A widget whose read model is gone goes for good, and the dashboard that was made for such widgets with the last. */
  async #dropWidget(serverId: string, dashboardId: string, widgetId: string): Promise<void> {
    await this.#dashboards.change(dashboardId, (before) => {
      const widgets = before.widgets.filter((widget) => widget.widgetId !== widgetId);
      return widgets.length === 0 && dashboardId === ownDashboardId(serverId) ? null : { ...before, widgets };
    });
    this.#options.events.publish('dashboards', serverId, widgetId);
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

  /** `sourceOf`: where a widget reads from now on, by what it is now. */
  async moveToReadModel(serverId: string, widgetId: string, sourceOf: (widget: Widget) => WidgetSource): Promise<void> {
    for (const { dashboard, widget } of await this.#holding(serverId, (each) => each.widgetId === widgetId)) {
      await this.setSource(serverId, dashboard.dashboardId, widgetId, sourceOf(widget));
    }
  }

  /** Widgets of a dropped read model go back to the query they began with, and its saved rows go. */
  async leaveReadModel(serverId: string, readModel: string): Promise<void> {
    await this.#options.history.modelRows.remove(serverId, readModel);
    await this.removals.leaveReadModel(serverId, readModel);
    const reads = ({ source }: Widget) => source.kind === 'read_model' && source.readModel === readModel;
    for (const { dashboard, widget } of await this.#holding(serverId, reads)) {
      if (widget.liveSql === undefined) {
        // It was made from the read model, and has nothing to fall back to.
        await this.#dropWidget(serverId, dashboard.dashboardId, widget.widgetId);
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
