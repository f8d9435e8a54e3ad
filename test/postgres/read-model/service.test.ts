import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { ExecutionLog } from '../../../electron/core/read-model/swap/execution-log.ts';
import type { Plan, Proposal } from '../../../shared/model/read-model.ts';
import { activityRow } from '../../electron/core/history/store.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, silent } from './fixture.ts';
import { startEngine } from './shop-engine.ts';

/** The service in its engine, with a real store: what holds when an engine was killed, is asked twice, or stops. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-service-'));
    engine = await startEngine(profileDir);
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  });

  const planFor = async (sql: string, edits: Partial<Proposal> = {}) =>
    engine.readModels.plan(
      serverId,
      await engine.readModels.propose(
        serverId,
        { kind: 'sql', sql },
        {
          name: 'sales',
          question: 'What do we sell?',
          owner: 'Controlling',
          consumers: [{ consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } }],
          ...edits,
        },
      ),
      { unproven: true },
    );
  const apply = ({ planId, planHash, confirmWith }: Plan) =>
    engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith });
  /** As the next start does. */
  const reconnect = async () => {
    await engine.servers.disconnect(serverId);
    return engine.servers.connect(serverId, null);
  };
  const stateOf = async ({ planId }: Plan) => (await engine.history.plans.get(planId))?.state;

  test('a plan that cannot be looked at keeps nobody out of the server, and is looked at again', async () => {
    await apply(await planFor(salesByRegion));
    const plan = await planFor(`${salesByRegion} having count(*) > 0`);
    await engine.history.plans.saveExecution(ExecutionLog.begin(randomUUID(), plan, Date.now()));
    await engine.history.plans.setState(plan.planId, 'running');
    await shop.sql(`revoke all on schema daybreak from ${shop.daybreak}`);
    const refused = await reconnect();
    expect(refused.state).toBe('connected');
    expect(refused.notice).toMatch(
      /^The interrupted plan for sales could not be looked at: .* It is tried again at the next connection\.$/,
    );
    expect(await stateOf(plan)).toBe('running');
    await shop.sql(`grant all on schema daybreak to ${shop.daybreak}`);
    const { notice } = await reconnect();
    expect(notice).toContain('nothing had been switched, so it was undone');
    expect(await stateOf(plan)).toBe('undone');
  });

  test('a statement without its constants gets those that were sent, or says which it needs', async () => {
    const { samples } = engine.history;
    const [{ oid: databaseOid } = { oid: '' }] = await shop.sql<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    );
    const key = (queryid: string) => ({ databaseOid, roleOid: '10', queryid, toplevel: true });
    const { database: databaseName } = shop.server.settings;
    const text = (queryid: string, sql: string) => ({
      key: key(queryid),
      text: sql,
      databaseName,
      roleName: shop.boss,
    });
    const normalized =
      'select region, date_trunc($1, invoiced_at) as month, sum(amount) as amount from invoice where category = $2 group by region, date_trunc($3, invoiced_at)';
    const inside = `select region, sum(amount) as amount from invoice
      where amount > (select avg(amount) * $1 from invoice where category = $2) group by region order by region limit $3`;
    await samples.saveTexts(serverId, [text('1', normalized), text('2', inside)]);
    // The program finds its tables by its own search_path, and was seen at work once.
    await shop.sql(`alter role ${shop.boss} set search_path = erp`);
    const sent = normalized.replaceAll(/\$[13]/g, "'month'").replace('$2', "'category 1'");
    const row = { ...activityRow({ pid: 7, query: sent, queryid: '1' }), databaseOid, databaseName, roleOid: '10' };
    await samples.saveSample(serverId, { atMs: Date.now(), rows: [{ ...row, roleName: shop.boss }] });
    const ids = (await samples.statements(serverId)).map(({ statementId }) => statementId);
    const proposeFrom = (index: number, values?: Record<string, string>) =>
      engine.readModels.propose(serverId, { kind: 'statement', statementId: ids[index] ?? '', values });

    const seen = await proposeFrom(0);
    // The filter stays free, and the unit of the chart keeps its value.
    expect(seen.derivation).toMatchObject({
      shape: 'free',
      dimensions: [{ column: 'category', parameters: ['$2'] }, { column: 'region' }, { column: 'invoiced_at' }],
      frozenParameters: [{ name: '$1', literal: "'month'" }],
    });
    expect(seen.derivation?.parameterSets[0]).toEqual({ $1: "'month'", $2: "'category 1'", $3: "'month'" });
    expect(seen).toMatchObject({ baseTables: ['erp.invoice'], constantsFrozen: true });
    expect(seen.constants).toContainEqual({ name: '$2', literal: "'category 1'", origin: 'sample' });

    const refused = await failureOf(proposeFrom(1));
    expect(refused).toMatchObject({
      code: 'statement_refused',
      detail: { missing: [{ name: '$1' }, { name: '$2' }, { name: '$3' }] },
    });
    expect(refused.message).toContain('paste the SELECT with its constants');
    const given = await proposeFrom(1, { $1: '0.5', $2: "'category 2'", $3: '5' });
    expect(given.proposal.definitionSql).toMatch(/avg\(amount\) \* 0\.5 .*'category 2'/s);
    expect(given.derivation).toMatchObject({
      shape: 'frozen',
      rewrittenSql: expect.stringMatching(/FROM reporting\.\w+ AS m ORDER BY m\.region LIMIT \$3$/),
    });
    expect(given.constants).toContainEqual({ name: '$3', literal: '5', origin: 'person' });
  });

  test('of two calls that run one plan the second is refused, and the first can still be cancelled', async () => {
    const plan = await planFor('select g as k from generate_series(1, 4000000000) g', { keyColumns: ['k'] });
    const first = failureOf(apply(plan));
    const second = failureOf(apply(plan));
    expect(await second).toMatchObject({ code: 'plan_stale' });
    const execution = await engine.readModels.cancel(serverId, plan.planId);
    expect(execution.state).toBe('undone');
    expect(await first).toMatchObject({ code: 'cancelled' });
  });

  test('a widget moves to the read model that its killed engine had built for it', async () => {
    const live = { kind: 'live' as const, sql: salesByRegion };
    const dashboard = {
      dashboardId: 'board',
      serverId,
      title: 'Board',
      widgets: [
        {
          widgetId: 'sales',
          title: 'Sales',
          question: 'What do we sell?',
          kind: 'table' as const,
          source: live,
          liveSql: live.sql,
          budget: { minutes: 30 },
          x: null,
          series: null,
          values: ['amount'],
          formats: {},
          currency: null,
          layout: { x: 0, y: 0, w: 6, h: 4 },
        },
      ],
    };
    await engine.history.dashboards.save(dashboard);
    const plan = await planFor(salesByRegion, {
      consumers: [{ consumer: 'widget:sales', owner: 'Controlling', budget: { minutes: 30 } }],
    });
    const execution = await apply(plan);
    const source = async () => (await engine.history.dashboards.get('board'))?.widgets[0]?.source;
    const moved = await source();
    expect(moved).toMatchObject({ kind: 'read_model', readModel: 'sales' });
    // As the store is when the engine dies between the last step and what follows it.
    await engine.history.dashboards.save(dashboard);
    await engine.history.plans.saveExecution({ ...execution, state: 'running', endedAtMs: null });
    await engine.history.plans.setState(plan.planId, 'running');
    const { notice } = await reconnect();
    expect(notice).toContain('was interrupted after its last step; its switch had been committed');
    expect(await source()).toEqual(moved);
    expect(await stateOf(plan)).toBe('done');
  });

  test('a read model is put on a dashboard, and after a roll back its widgets ask as they did before', async () => {
    await apply(await planFor(salesByRegion));
    const { dashboard, widgetId } = await engine.dashboards.addReadModel(serverId, 'sales');
    expect(await engine.dashboards.data(serverId, dashboard.dashboardId, widgetId)).toMatchObject({
      freshness: { state: 'fresh', source: 'live' },
    });
    const source = async () =>
      (await engine.dashboards.get(serverId, dashboard.dashboardId)).widgets.find((each) => each.widgetId === widgetId)
        ?.source.sql;
    const consumers = [{ consumer: `widget:${widgetId}`, owner: 'Controlling', budget: { minutes: 30 } }];
    await apply(await planFor(salesByRegion, { consumers }));
    const asked = await source();
    await apply(
      await planFor(salesByRegion.replace('as invoices', 'as invoices, max(amount) as orders'), { consumers }),
    );
    expect(await source()).toContain('orders');
    await apply(await engine.readModels.planRollBack(serverId, 'sales'));
    expect(await source()).toBe(asked);

    await apply(await engine.readModels.planDrop(serverId, 'sales'));
    await expect(engine.dashboards.get(serverId, dashboard.dashboardId)).rejects.toMatchObject({
      value: { code: 'not_found' },
    });
  });

  test('a plan that holds before its switch shows the comparison, and goes on or is undone at a word', async () => {
    await apply(await planFor(salesByRegion));
    const next = salesByRegion.replace('sum(amount)', `sum(amount + case region when 'region 1' then 1 else 0 end)`);
    const hold = async () => {
      const plan = await planFor(next);
      const { planId, planHash } = plan;
      const ending = engine.readModels.apply(serverId, { planId, planHash, confirm: 'sales', holdBeforeSwitch: true });
      ending.catch(() => undefined);
      await expect
        .poll(async () => (await engine.readModels.getPlan(serverId, planId)).execution?.holding, { timeout: 20_000 })
        .toBe(true);
      return { planId, ending };
    };
    const served = async () => (await engine.readModels.get(serverId, 'sales')).readModel.currentVersion;
    const held = await hold();
    const shown = await engine.readModels.getPlan(serverId, held.planId);
    expect(shown.verification).toMatchObject({ comparedWith: 1, rowsNow: 5, different: 1, byColumn: { amount: 1 } });
    expect(await served()).toBe(1);
    expect(await failureOf(engine.readModels.refresh(serverId, 'sales'))).toMatchObject({ code: 'busy' });
    await engine.readModels.cancel(serverId, held.planId);
    expect(await failureOf(held.ending)).toMatchObject({ code: 'cancelled' });
    expect(await served()).toBe(1);
    expect(await engine.readModels.proceed(serverId, held.planId)).toEqual({ proceeded: false });

    const again = await hold();
    expect(await engine.readModels.proceed(serverId, again.planId)).toEqual({ proceeded: true });
    expect((await again.ending).state).toBe('done');
    expect(await served()).toBe(2);
    expect(await engine.readModels.diffPlans(serverId, held.planId, again.planId)).toMatchObject({ same: true });
  });

  test('an engine that stops writes down that its refresh was cancelled', async () => {
    await apply(await planFor(salesByRegion));
    const report = await shop.connect(shop.daybreak);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await report.query('begin; lock table erp.invoice in access exclusive mode');
    const refresh = failureOf(engine.readModels.refresh(serverId, 'sales'));
    for (;;) {
      const waiting = await shop.sql(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'refresh%'`,
      );
      if (waiting.length > 0) break;
    }
    await engine.stop();
    expect(await refresh).toMatchObject({ code: 'cancelled' });
    await report.query('rollback');
    const history = await openHistory({ file: join(profileDir, 'daybreak.sqlite'), logger: silent });
    try {
      expect(await history.plans.runs(serverId, 'sales', 1)).toMatchObject([{ state: 'cancelled' }]);
    } finally {
      await history.close();
    }
  });

  test('the last run of a read model is known to a profile that never refreshed it', async () => {
    await apply(await planFor(salesByRegion));
    await shop.refresh('sales');
    const { readModel, runs } = await engine.readModels.get(serverId, 'sales');
    expect(runs).toEqual([]);
    expect(readModel.lastRun).toMatchObject({ state: 'done', runner: 'test' });
  });
});
