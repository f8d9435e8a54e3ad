import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import { widgetKindSchema, type WidgetDraft, type WidgetKind } from '../../../shared/model/dashboard.ts';
import type { Plan } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop } from '../read-model/fixture.ts';
import { startEngine } from '../read-model/shop-engine.ts';

const regions = `select category, region, sum(amount) as amount, count(*) as invoices, max(amount) as largest
from erp.invoice group by category, region order by category, region`;

const draft = (part: Partial<WidgetDraft> = {}): WidgetDraft => ({
  title: 'Sales',
  question: 'How much?',
  kind: 'bar',
  source: { kind: 'live', sql: regions },
  budget: { minutes: 30 },
  x: 'region',
  series: null,
  values: ['amount'],
  formats: { amount: 'money' },
  currency: 'EUR',
  ...part,
});
const ofKind: Readonly<Record<WidgetKind, Partial<WidgetDraft>>> = {
  number: { x: null, comparison: { column: 'largest', with: 'target', better: 'higher' } },
  bar: {},
  line: { series: 'category' },
  stacked: { series: 'category', options: { stackedAs: 'areas' } },
  combined: { values: ['amount', 'invoices'], options: { lines: ['invoices'] } },
  table: { x: null, values: ['region', 'amount'] },
  aging: {},
  heatmap: { series: 'category' },
};
const tiny = `select count(*) as invoices, sum(amount) as amount from erp.invoice where invoice_id <= 50;  -- by its key`;
const live = (sql: string): WidgetDraft['source'] => ({ kind: 'live', sql });

/** Making and changing dashboards in an engine with a real store, against a table that is large enough to matter. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 40_000 });
    await shop.sql('analyze erp.invoice');
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-editor-'));
    engine = await startEngine(profileDir);
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  });

  const editor = () => engine.dashboards.editor;
  const removals = () => engine.dashboards.removals;
  const board = async (title = 'Board') => (await editor().create(serverId, title)).dashboardId;
  const stored = (dashboardId: string) => engine.dashboards.get(serverId, dashboardId);
  const apply = ({ planId, planHash, confirmWith }: Plan) =>
    engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith });
  const buildSales = async () => {
    const proposal = await engine.readModels.propose(
      serverId,
      {
        kind: 'sql',
        sql: 'select region, sum(amount) as amount, count(*) as invoices from erp.invoice group by region',
      },
      {
        name: 'sales',
        question: 'What do we sell?',
        owner: 'Controlling',
        consumers: [{ consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } }],
      },
    );
    await apply(await engine.readModels.plan(serverId, proposal, { unproven: true }));
  };
  const sales = async () => (await engine.readModels.get(serverId, 'sales')).readModel;

  test('dashboards are made, renamed, copied and removed, and open windows are told of each', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const listening = (async () => {
      for await (const { topic } of engine.events.subscribe(stop.signal)) told.push(topic);
    })();
    const dashboardId = await board(' Sales ');
    await editor().rename(serverId, dashboardId, 'Revenue');
    await editor().setLocale(serverId, dashboardId, 'de-DE');
    await editor().addWidget(serverId, dashboardId, draft());
    const copy = await editor().duplicate(serverId, dashboardId);
    expect(copy.dashboard).toMatchObject({ title: 'Revenue (copy)', locale: 'de-DE' });
    const [original] = (await stored(dashboardId)).widgets;
    expect(copy.dashboard.widgets[0]).toEqual({ ...original, widgetId: expect.not.stringMatching(original!.widgetId) });

    expect(await failureOf(editor().create(serverId, 'Revenue'))).toMatchObject({ code: 'invalid_input' });
    expect((await failureOf(editor().rename(serverId, dashboardId, ' '))).message).toMatch(/has no title/);
    expect((await failureOf(editor().setLocale(serverId, dashboardId, 'x_y'))).message).toMatch(/no locale/);
    expect((await failureOf(removals().remove(serverId, dashboardId, 'revenue'))).message).toMatch(
      /its title: Revenue/,
    );
    await removals().remove(serverId, dashboardId, 'Revenue');
    expect((await engine.dashboards.list(serverId)).map(({ title }) => title)).toEqual(['Revenue (copy)']);
    stop.abort();
    await listening;
    expect(told.filter((topic) => topic === 'dashboards')).toHaveLength(6);
  });

  test('a widget of every kind is added, read, changed, copied, arranged, removed and put back', async () => {
    const dashboardId = await board();
    for (const kind of widgetKindSchema.options) {
      const { widget } = await editor().addWidget(serverId, dashboardId, draft({ title: kind, kind, ...ofKind[kind] }));
      const data = await engine.dashboards.data(serverId, dashboardId, widget.widgetId);
      expect([kind, data.rows.length]).toEqual([kind, 15]);
    }
    const { widgets } = await stored(dashboardId);
    expect(widgets.map(({ kind }) => kind).toSorted()).toEqual(widgetKindSchema.options.toSorted());
    const [first, second] = widgets;
    if (first === undefined || second === undefined) throw new Error('eight widgets were added');

    const changed = await editor().updateWidget(serverId, dashboardId, first.widgetId, draft({ title: 'Changed' }));
    expect(changed.widget).toMatchObject({ widgetId: first.widgetId, title: 'Changed', layout: first.layout });
    const copied = await editor().duplicateWidget(serverId, dashboardId, first.widgetId);
    expect(copied.widget.title).toBe('Changed (copy)');

    const below = (await stored(dashboardId)).widgets.map(({ widgetId, layout }, index) => ({
      widgetId,
      layout: { ...layout, x: 0, y: index * 10 },
    }));
    const reversed = below.map(({ widgetId }, index) => ({ widgetId, layout: below.at(-1 - index)!.layout }));
    const arranged = await editor().arrange(
      serverId,
      dashboardId,
      reversed.map((place) => ({ ...place, layout: { ...place.layout, h: 4 } })),
    );
    expect(arranged.widgets.map(({ widgetId }) => widgetId)).toEqual(
      below.map(({ widgetId }) => widgetId).toReversed(),
    );

    const before = await stored(dashboardId);
    await editor().removeWidget(serverId, dashboardId, second.widgetId);
    expect((await stored(dashboardId)).widgets).toHaveLength(8);
    // What a kill between the two leaves behind can be undone, too.
    await engine.stop();
    engine = await startEngine(profileDir);
    await editor().restoreWidget(serverId, dashboardId, second.widgetId);
    expect(await stored(dashboardId)).toEqual({ ...before, removed: [] });
  });

  test('what is wrong with a widget is one sentence that names it and the column', async () => {
    const dashboardId = await board();
    const refusal = (part: Partial<WidgetDraft>) => failureOf(editor().addWidget(serverId, dashboardId, draft(part)));
    expect(await refusal({ values: ['turnover'] })).toMatchObject({
      code: 'invalid_input',
      message: '"Sales" uses the column turnover, and its query answers category, region, amount, invoices, largest.',
      detail: { column: 'turnover' },
    });
    expect((await refusal({ values: ['category'] })).message).toMatch(/draws the column category as a value.*text/);
    expect((await refusal({ kind: 'heatmap' })).message).toMatch(/needs a column for its series/);
    expect((await refusal({ source: live('select 1; drop table erp.invoice') })).message).toMatch(/holds 2 statements/);
    expect((await refusal({ source: live('delete from erp.invoice') })).message).toMatch(/is no SELECT/);
    expect((await refusal({ source: live('select $1::int as amount') })).message).toMatch(/has the parameter \$1/);
    expect(await refusal({ source: live('select amount from erp.nothing') })).toMatchObject({ sqlstate: '42P01' });
    expect((await refusal({ layout: { x: 8, y: 0, w: 6, h: 4 } })).message).toMatch(/does not fit the grid/);
    expect((await stored(dashboardId)).widgets).toEqual([]);
  });

  test('a live widget has to be cheap: by its plan, by its cost and by the clock', async () => {
    const dashboardId = await board();
    const number = (sql: string, budget: WidgetDraft['budget'] = 'live') =>
      draft({ title: 'Open today', kind: 'number', x: null, source: live(sql), budget });
    const { widget } = await editor().addWidget(serverId, dashboardId, number(tiny));
    expect((await engine.dashboards.data(serverId, dashboardId, widget.widgetId)).freshness.state).toBe('live');

    const scan = `select count(*) as invoices, sum(amount) as amount from erp.invoice where category = 'category 1'`;
    const refused = await failureOf(editor().addWidget(serverId, dashboardId, number(scan)));
    expect(refused).toMatchObject({
      code: 'statement_refused',
      message: expect.stringMatching(
        /^"Open today" is not cheap enough to be live: Seq Scan on erp\.invoice \(about 40,000 rows, cost [\d,]+\): no index serves it.*propose a read model/,
      ),
      detail: { liveCheck: { cheap: false, steps: [{ table: 'erp.invoice', rows: 40_000 }] } },
    });
    const dear = `select count(*) as invoices, sum(a.amount) as amount
      from erp.invoice a, erp.invoice b where a.invoice_id < 500 and b.invoice_id > a.invoice_id`;
    expect((await failureOf(editor().addWidget(serverId, dashboardId, number(dear)))).message).toMatch(/cost/);
    const slow = 'select 1 as invoices, 2 as amount, pg_sleep(0.4)::text as slept';
    expect((await failureOf(editor().addWidget(serverId, dashboardId, number(slow)))).message).toMatch(
      /it was stopped after 250 ms twice/,
    );

    // The same query may be asked every half hour, and may not become live behind the editor's back.
    const heavy = await editor().addWidget(serverId, dashboardId, number(scan, { minutes: 30 }));
    const update = editor().updateWidget(serverId, dashboardId, heavy.widget.widgetId, number(scan));
    expect(await failureOf(update)).toMatchObject({ code: 'statement_refused' });
    const moved = editor().setSource(serverId, dashboardId, widget.widgetId, live(scan));
    expect(await failureOf(moved)).toMatchObject({ code: 'statement_refused' });
    expect((await stored(dashboardId)).widgets.map(({ budget, source }) => [budget, source.sql])).toEqual([
      ['live', tiny],
      [{ minutes: 30 }, scan],
    ]);
  });

  test('a preview answers as the widget would, says what it costs, and leaves nothing behind', async () => {
    const dashboardId = await board();
    const { data, liveCheck } = await editor().preview(serverId, draft({ title: '' }));
    expect(data.columns.map(({ name }) => name)).toEqual(['category', 'region', 'amount', 'invoices', 'largest']);
    expect([data.rows.length, liveCheck]).toEqual([15, null]);
    const cheap = await editor().preview(
      serverId,
      draft({ kind: 'number', x: null, source: live(tiny), budget: 'live' }),
    );
    expect(cheap.liveCheck).toMatchObject({ cheap: true, limitMs: 250, tookMs: expect.any(Number), steps: [] });
    await expect(editor().preview(serverId, draft({ source: live(regions), budget: 'live' }))).rejects.toMatchObject({
      value: { code: 'statement_refused' },
    });
    expect((await stored(dashboardId)).widgets).toEqual([]);

    const abort = new AbortController();
    const slow = draft({ kind: 'number', x: null, source: live('select 1 as amount, pg_sleep(30)::text as slept') });
    const read = editor().preview(serverId, slow, abort.signal);
    setTimeout(() => abort.abort(), 300);
    await expect(read).rejects.toThrow();
    const running = () =>
      shop.sql(
        "select 1 from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()",
      );
    await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  });

  test('a read model offers its columns and the query under its stable name, and has to be asked for its age', async () => {
    await buildSales();
    const offer = await editor().offer(serverId, { kind: 'read_model', readModel: 'sales' });
    expect(offer.source).toEqual({
      kind: 'read_model',
      readModel: 'sales',
      sql: 'select as_of, region, amount, invoices\nfrom reporting.sales\norder by region',
    });
    expect(offer.columns).toEqual([
      { name: 'region', type: 'text', roles: ['x', 'series'], format: 'text' },
      { name: 'amount', type: 'numeric', roles: ['values'], format: 'money' },
      { name: 'invoices', type: 'bigint', roles: ['values', 'x'], format: 'integer' },
    ]);
    expect(await editor().offer(serverId, { kind: 'source', source: offer.source })).toEqual(offer);
    const ageless = { ...offer.source, sql: 'select region, amount from reporting.sales' };
    expect((await failureOf(editor().offer(serverId, { kind: 'source', source: ageless }))).message).toMatch(
      /does not read as_of of sales, so nobody could tell how old/,
    );
    expect(await failureOf(editor().offer(serverId, { kind: 'read_model', readModel: 'none' }))).toMatchObject({
      code: 'not_found',
    });
  });

  test('the registry knows a widget as a consumer with owner and budget, for as long as it reads the model', async () => {
    await buildSales();
    const dashboardId = await board();
    const { source } = await editor().offer(serverId, { kind: 'read_model', readModel: 'sales' });
    const added = await editor().addWidget(
      serverId,
      dashboardId,
      draft({ source, owner: 'Sales office', budget: { minutes: 15 } }),
    );
    expect(added.note).toBeNull();
    const { widgetId } = added.widget;
    const others = { consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } };
    const mine = { consumer: `widget:${widgetId}`, owner: 'Sales office', budget: { minutes: 15 } };
    expect(await sales()).toMatchObject({ consumers: [others, mine], budget: { minutes: 15 }, drift: [] });
    const { entries } = await engine.history.activity.list(serverId, 3);
    expect(entries.map(({ purpose }) => purpose)).toContain('sales: a widget reads it');

    await editor().removeWidget(serverId, dashboardId, widgetId);
    expect(await sales()).toMatchObject({ consumers: [others], budget: { minutes: 60 }, drift: [] });
    await editor().restoreWidget(serverId, dashboardId, widgetId);
    expect(await sales()).toMatchObject({ consumers: [others, mine], drift: [] });
    await editor().updateWidget(serverId, dashboardId, widgetId, draft());
    expect((await sales()).consumers).toEqual([others]);
  });

  test('a removed dashboard is put back to its place, with its numbers, its earlier ones and its consumers', async () => {
    await buildSales();
    const dashboardId = await board('Sales');
    await board('Another');
    const { source } = await editor().offer(serverId, { kind: 'read_model', readModel: 'sales' });
    const { widgetId } = (await editor().addWidget(serverId, dashboardId, draft({ source }))).widget;
    const data = await engine.dashboards.data(serverId, dashboardId, widgetId);
    const [before, known] = [await stored(dashboardId), (await sales()).consumers];
    const saved = await engine.dashboards.results({ serverId, dashboardId, widgetId });
    expect(saved).toHaveLength(1);

    await removals().remove(serverId, dashboardId, 'Sales');
    expect(await failureOf(stored(dashboardId))).toMatchObject({ code: 'not_found' });
    expect((await sales()).consumers).toHaveLength(known.length - 1);
    // A restart does not end it, and nothing of it needs the database.
    await engine.stop();
    engine = await startEngine(profileDir);
    const [listed] = await removals().list(serverId);
    expect(listed).toMatchObject({ dashboardId, title: 'Sales', widgets: 1 });
    expect((listed?.keptUntilMs ?? 0) - (listed?.removedAtMs ?? 0)).toBe(7 * 86_400_000);

    await engine.servers.connect(serverId, shop.password);
    expect(await removals().putBack(serverId, dashboardId)).toMatchObject({ dashboard: before, note: null });
    expect((await engine.dashboards.list(serverId)).map(({ title }) => title)).toEqual(['Sales', 'Another']);
    expect(await engine.dashboards.results({ serverId, dashboardId, widgetId })).toEqual(saved);
    expect((await engine.dashboards.cached(serverId, dashboardId)).map(({ rows }) => rows)).toEqual([data.rows]);
    expect((await sales()).consumers).toEqual(known);
    expect(await removals().list(serverId)).toEqual([]);
    expect(await failureOf(removals().putBack(serverId, dashboardId))).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/was removed in the last 7 days/),
    });
  });

  test('what changed while a dashboard was away holds for it when it is back, and for good is for good', async () => {
    await buildSales();
    const dashboardId = await board('Sales');
    const { widgetId } = (await editor().addWidget(serverId, dashboardId, draft())).widget;
    const { source } = await editor().offer(serverId, { kind: 'read_model', readModel: 'sales' });
    await editor().setSource(serverId, dashboardId, widgetId, source);
    await removals().remove(serverId, dashboardId, 'Sales');
    await apply(await engine.readModels.planDrop(serverId, 'sales'));
    await board('Sales');

    const { dashboard, note } = await removals().putBack(serverId, dashboardId);
    expect(dashboard).toMatchObject({ title: 'Sales (put back)', widgets: [{ widgetId, source: live(regions) }] });
    expect(note).toBe('Another dashboard is called "Sales" now: this one is "Sales (put back)".');

    await removals().remove(serverId, dashboardId, 'Sales (put back)');
    const forgotten = removals().forget(serverId, dashboardId, 'Sales');
    expect((await failureOf(forgotten)).message).toMatch(/its title: Sales \(put back\)/);
    await removals().forget(serverId, dashboardId, 'Sales (put back)');
    expect(await removals().list(serverId)).toEqual([]);
  });

  test('a role that may not write the registry saves its widget all the same, and is told', async () => {
    await buildSales();
    const { source } = await editor().offer(serverId, { kind: 'read_model', readModel: 'sales' });
    await engine.servers.save({
      serverId,
      settings: { ...shop.server.settings, readOnly: true },
      password: shop.password,
    });
    const dashboardId = await board();
    const { note, widget } = await editor().addWidget(serverId, dashboardId, draft({ source }));
    expect(note).toMatch(/The registry does not know "Sales" as a consumer of sales: .*read-only/);
    expect(await engine.dashboards.data(serverId, dashboardId, widget.widgetId)).toMatchObject({
      freshness: { state: 'fresh' },
    });
  });

  test('without the database words and places can be changed, and a new question cannot be asked', async () => {
    const dashboardId = await board();
    const { widget } = await editor().addWidget(serverId, dashboardId, draft());
    await engine.servers.disconnect(serverId);
    const { widgetId } = widget;
    const renamed = await editor().updateWidget(serverId, dashboardId, widgetId, draft({ title: 'Revenue' }));
    expect(renamed.widget.title).toBe('Revenue');
    const asked = editor().updateWidget(serverId, dashboardId, widgetId, draft({ source: live(tiny) }));
    expect(await failureOf(asked)).toMatchObject({ code: 'not_connected' });
    await editor().removeWidget(serverId, dashboardId, widgetId);
    await editor().restoreWidget(serverId, dashboardId, widgetId);
    expect((await stored(dashboardId)).widgets).toHaveLength(1);
  });
});
