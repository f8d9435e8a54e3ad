import { offerColumn, type ColumnOffer } from '../../../shared/model/column-offer.ts';
import { isLocale } from '../../../shared/format/locale.ts';
import type { Dashboard, Widget, WidgetData, WidgetDraft, WidgetSource } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { freePlace } from '../../../shared/model/grid-layout.ts';
import type { LiveCheck } from '../../../shared/model/live-check.ts';
import { columnProblem, draftProblem, type WidgetProblem } from '../../../shared/model/widget-problem.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { Events } from '../events.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import { readerSqlFor } from '../read-model/propose/suggest.ts';
import { getReadModel } from '../read-model/registry/read-models.ts';
import type { Dashboards } from './dashboards.ts';
import { describeSource } from './describe-source.ts';
import { arranged, invalid, widgetIn, widgetOf, withoutWidget, withRestored, withWidget } from './edit-dashboard.ts';
import type { WidgetPlace } from './edit-dashboard.ts';
import { followConsumers } from './follow-consumers.ts';
import { checkLive, requireCheap } from './live-check.ts';
import { readWidget } from './read-widget.ts';
import { titleOfCopy } from './free-title.ts';
import type { Turns } from './turns.ts';

/** Somebody waits for it with a half-written query on the screen. */
const previewLimitMs = 10_000;

/** What changing dashboards takes. */
export interface DashboardTools {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly dashboards: Dashboards;
  /** By server: from looking whether a title is free until it is taken nobody else takes one. */
  readonly onTitles: Turns;
  /** Throws `not_found`. */
  readonly get: (serverId: string, dashboardId: string) => Promise<Dashboard>;
}

interface Changed {
  readonly dashboard: Dashboard;
  /** What could not be done beside it. */
  readonly note: string | null;
}
type ChangedWidget = Changed & { readonly widget: Widget };

/** Makes and changes dashboards. What comes out of it is stored, and every open window is told. */
export class DashboardEditor {
  readonly #options: DashboardTools;

  constructor(options: DashboardTools) {
    this.#options = options;
  }

  create(serverId: string, title: string, locale?: string): Promise<Dashboard> {
    return this.#options.onTitles(serverId, async () => {
      const name = await this.#freeTitle(serverId, title, null);
      if (locale !== undefined) requireLocale(locale);
      const dashboard: Dashboard = {
        dashboardId: crypto.randomUUID(),
        serverId,
        title: name,
        widgets: [],
        ...(locale === undefined ? {} : { locale }),
      };
      await this.#options.history.dashboards.save(dashboard);
      this.#changed(serverId);
      return dashboard;
    });
  }

  rename(serverId: string, dashboardId: string, title: string): Promise<Dashboard> {
    return this.#options.onTitles(serverId, async () => {
      const name = await this.#freeTitle(serverId, title, dashboardId);
      return this.#change(serverId, dashboardId, (dashboard) => ({ ...dashboard, title: name }));
    });
  }

  async setLocale(serverId: string, dashboardId: string, locale: string | null): Promise<Dashboard> {
    if (locale !== null) requireLocale(locale);
    return this.#change(serverId, dashboardId, (dashboard) => ({ ...dashboard, locale: locale ?? undefined }));
  }

  async duplicate(serverId: string, dashboardId: string, title?: string): Promise<Changed> {
    const dashboard = await this.#options.onTitles(serverId, async () => {
      const { removed: _, ...original } = await this.#options.get(serverId, dashboardId);
      const titles = (await this.#options.history.dashboards.list(serverId)).map((each) => each.title);
      const copy: Dashboard = {
        ...original,
        dashboardId: crypto.randomUUID(),
        title: title === undefined ? titleOfCopy(original.title, titles) : await this.#freeTitle(serverId, title, null),
        widgets: original.widgets.map((widget) => ({ ...widget, widgetId: crypto.randomUUID() })),
      };
      await this.#options.history.dashboards.save(copy);
      return copy;
    });
    const note = await this.#followConsumers(serverId, [], dashboard.widgets);
    this.#changed(serverId);
    return { dashboard, note };
  }

  async addWidget(
    serverId: string,
    dashboardId: string,
    draft: WidgetDraft,
    signal?: AbortSignal,
  ): Promise<ChangedWidget> {
    await this.#options.get(serverId, dashboardId);
    await this.#require(serverId, draft, null, signal);
    return this.#put(serverId, dashboardId, crypto.randomUUID(), (dashboard, widgetId) =>
      withWidget(dashboard, widgetOf(dashboard, widgetId, draft, null)),
    );
  }

  async updateWidget(
    serverId: string,
    dashboardId: string,
    widgetId: string,
    draft: WidgetDraft,
    signal?: AbortSignal,
  ): Promise<ChangedWidget> {
    const before = widgetIn(await this.#options.get(serverId, dashboardId), widgetId);
    await this.#require(serverId, draft, before, signal);
    return this.#put(serverId, dashboardId, widgetId, (dashboard) =>
      withWidget(dashboard, widgetOf(dashboard, widgetId, draft, widgetIn(dashboard, widgetId))),
    );
  }

  async setSource(
    serverId: string,
    dashboardId: string,
    widgetId: string,
    source: WidgetSource,
    signal?: AbortSignal,
  ): Promise<Widget> {
    const before = widgetIn(await this.#options.get(serverId, dashboardId), widgetId);
    if (source.kind === 'live' && before.budget === 'live') {
      const server = await this.#options.servers.server(serverId);
      const { select } = await describeSource(server, before.title, source);
      requireCheap(before.title, await checkLive(server, select, this.#options.ports.clock, signal));
    }
    const { widget } = await this.#put(serverId, dashboardId, widgetId, (dashboard) =>
      withWidget(dashboard, { ...widgetIn(dashboard, widgetId), source }),
    );
    return widget;
  }

  async duplicateWidget(serverId: string, dashboardId: string, widgetId: string): Promise<ChangedWidget> {
    return this.#put(serverId, dashboardId, crypto.randomUUID(), (dashboard, copyId) => {
      const original = widgetIn(dashboard, widgetId);
      const titles = dashboard.widgets.map(({ title }) => title);
      const layout = freePlace(
        dashboard.widgets.map((widget) => widget.layout),
        original.layout,
      );
      return withWidget(dashboard, {
        ...original,
        widgetId: copyId,
        title: titleOfCopy(original.title, titles),
        layout,
      });
    });
  }

  arrange(serverId: string, dashboardId: string, places: readonly WidgetPlace[]): Promise<Dashboard> {
    return this.#change(serverId, dashboardId, (dashboard) => arranged(dashboard, places));
  }

  async removeWidget(serverId: string, dashboardId: string, widgetId: string): Promise<Changed> {
    const before = widgetIn(await this.#options.get(serverId, dashboardId), widgetId);
    const dashboard = await this.#change(serverId, dashboardId, (now) => withoutWidget(now, widgetId));
    return { dashboard, note: await this.#followConsumers(serverId, [before], []) };
  }

  restoreWidget(serverId: string, dashboardId: string, widgetId: string): Promise<ChangedWidget> {
    return this.#put(serverId, dashboardId, widgetId, (dashboard) => withRestored(dashboard, widgetId));
  }

  /** Reads a widget that is not saved, and stores nothing. Throws what saving it would throw, except for its title. */
  async preview(
    serverId: string,
    draft: WidgetDraft,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ data: WidgetData; liveCheck: LiveCheck | null }> {
    const named = draft.title.trim() === '' ? { ...draft, title: 'This widget' } : draft;
    const server = await this.#options.servers.server(serverId);
    const liveCheck = await this.#check(server, named, signal);
    const widget = { ...named, widgetId: 'preview', layout: draft.layout ?? { x: 0, y: 0, w: 6, h: 4 } };
    const data = await readWidget(server, widget, this.#options.ports.clock, signal, { mostMs: previewLimitMs });
    return { data, liveCheck };
  }

  async offer(
    serverId: string,
    from: { kind: 'source'; source: WidgetSource } | { kind: 'read_model'; readModel: string },
  ): Promise<ColumnOffer> {
    const server = await this.#options.servers.server(serverId);
    const source = from.kind === 'source' ? from.source : await this.#sourceOf(server, from.readModel);
    const { columns } = await describeSource(server, 'This widget', source);
    return { source, columns: columns.map(offerColumn) };
  }

  async #sourceOf(server: Server, readModel: string): Promise<WidgetSource> {
    const model = await getReadModel(server, readModel, this.#options.ports.clock);
    const version = model.versions.find((each) => each.version === model.currentVersion);
    if (version === undefined) {
      throw new Failure({
        code: 'not_found',
        message: `The read model ${readModel} has no version that is served yet.`,
      });
    }
    const sql = readerSqlFor(model.schema, model.name, version.columns, version.keyColumns);
    return { kind: 'read_model', readModel, sql };
  }

  /** Throws what is wrong with a draft. Without the database only what does not change the question can be saved. */
  async #require(serverId: string, draft: WidgetDraft, before: Widget | null, signal?: AbortSignal): Promise<void> {
    const problem = draftProblem(draft);
    if (problem !== null) throw refused(problem);
    const { server } = await this.#options.servers.serverOrNull(serverId);
    if (server === null && before !== null && questionOf(before) === questionOf(draft)) return;
    await this.#check(server ?? (await this.#options.servers.server(serverId)), draft, signal);
  }

  async #check(server: Server, draft: WidgetDraft, signal?: AbortSignal): Promise<LiveCheck | null> {
    const problem = draftProblem(draft);
    if (problem !== null) throw refused(problem);
    const { select, columns } = await describeSource(server, draft.title, draft.source);
    const unfit = columnProblem(draft, columns);
    if (unfit !== null) throw refused(unfit);
    if (draft.source.kind !== 'live' || draft.budget !== 'live') return null;
    const liveCheck = await checkLive(server, select, this.#options.ports.clock, signal);
    requireCheap(draft.title, liveCheck);
    return liveCheck;
  }

  async #change(serverId: string, dashboardId: string, make: (before: Dashboard) => Dashboard): Promise<Dashboard> {
    await this.#options.get(serverId, dashboardId);
    const dashboard = await this.#options.dashboards.change(dashboardId, make);
    if (dashboard === null) throw new Error('this change keeps its dashboard');
    this.#changed(serverId);
    return dashboard;
  }

  /** Changes one widget, and the registry's word about it. */
  async #put(
    serverId: string,
    dashboardId: string,
    widgetId: string,
    make: (dashboard: Dashboard, widgetId: string) => Dashboard,
  ): Promise<ChangedWidget> {
    let before: Widget | undefined;
    const dashboard = await this.#change(serverId, dashboardId, (now) => {
      before = now.widgets.find((each) => each.widgetId === widgetId);
      return make(now, widgetId);
    });
    const widget = widgetIn(dashboard, widgetId);
    const note = await this.#followConsumers(serverId, before === undefined ? [] : [before], [widget]);
    return { dashboard, widget, note };
  }

  #followConsumers(serverId: string, before: readonly Widget[], after: readonly Widget[]): Promise<string | null> {
    return followConsumers(this.#options, serverId, before, after);
  }

  /** Throws `invalid_input` for an empty title and for one that another dashboard of the server has. */
  async #freeTitle(serverId: string, title: string, own: string | null): Promise<string> {
    const name = title.trim();
    if (name === '') throw invalid('The dashboard has no title. Give it one.');
    await this.#options.servers.stored(serverId);
    const others = await this.#options.history.dashboards.list(serverId);
    if (others.some((each) => each.title === name && each.dashboardId !== own)) {
      throw invalid(`There is a dashboard "${name}" already. Give this one another title.`);
    }
    return name;
  }

  #changed(serverId: string): void {
    this.#options.events.publish('dashboards', serverId);
  }
}

const refused = ({ message, column }: WidgetProblem): Failure =>
  invalid(message, column === undefined ? undefined : { column });

function requireLocale(locale: string): void {
  if (!isLocale(locale)) throw invalid(`${locale} is no locale. Write it as de-DE.`);
}

/** What the database has to be asked about. */
const questionOf = ({
  kind,
  source,
  budget,
  x,
  series,
  values,
  formats,
  currencies,
  comparison,
}: WidgetDraft): string => JSON.stringify([kind, source, budget, x, series, values, formats, currencies, comparison]);
