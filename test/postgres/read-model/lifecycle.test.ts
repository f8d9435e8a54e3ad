import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import type { Plan, Proposal } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from './fixture.ts';
import { startEngine } from './shop-engine.ts';
import { psql } from './psql.ts';

/** The whole way through the engine: what a door asks for, with stored plans. */
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
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      drop materialized view if exists erp.old; end $$`);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-lifecycle-'));
    engine = await startEngine(profileDir);
    ({ serverId } = await engine.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  });

  const consumers = [{ consumer: 'monthly report', owner: 'Controlling', budget: { minutes: 60 } }];
  const planFor = async (sql: string, edits: Partial<Proposal> = {}) =>
    engine.readModels.plan(
      serverId,
      await engine.readModels.propose(
        serverId,
        { kind: 'sql', sql },
        { name: 'sales', question: 'What do we sell?', owner: 'Controlling', consumers, ...edits },
      ),
      { unproven: true },
    );
  const apply = ({ planId, planHash, confirmWith }: Plan) =>
    engine.readModels.apply(serverId, { planId, planHash, confirm: confirmWith });
  const model = async (name = 'sales') => (await engine.readModels.get(serverId, name)).readModel;

  test('a question, an owner and a consumer are required before anything is planned', async () => {
    const lacking = await failureOf(planFor(salesByRegion, { question: ' ', consumers: [] }));
    expect(lacking.code).toBe('invalid_input');
    expect(lacking.message).toMatch(/needs the question that it answers, and a consumer/);
  });

  test('suspended, upgraded and resumed; where the definition does not fit any more, it says what and keeps the rows', async () => {
    await apply(await planFor(salesByRegion, { grantTo: [shop.boss] }));
    expect(await failureOf(engine.lifecycle.planResume(serverId, 'sales'))).toMatchObject({
      code: 'statement_refused',
    });
    await apply(await engine.lifecycle.planSuspend(serverId, 'sales'));
    await shop.sql('alter table erp.invoice rename column amount to total');
    try {
      const refused = await failureOf(engine.lifecycle.planResume(serverId, 'sales'));
      expect(refused).toMatchObject({ code: 'statement_refused', sqlstate: '42703' });
      expect(refused.message).toMatch(
        /does not fit the tables of the ERP any more.*amount.*keep the rows from before/s,
      );
      expect((await shop.sql('select region from reporting.sales')).length).toBe(5);
      const resume = await engine.lifecycle.planResume(serverId, 'sales', {
        definitionSql: salesByRegion.replace('amount', 'total'),
        unproven: true,
      });
      expect(resume).toMatchObject({ kind: 'resume', toVersion: 2 });
      await apply(resume);
      expect(await model()).toMatchObject({ suspended: null, currentVersion: 2, consumers, drift: [] });
      expect((await engine.readModels.refresh(serverId, 'sales')).state).toBe('done');
    } finally {
      await shop.sql(`drop schema reporting cascade; alter table erp.invoice rename column total to amount`);
    }
  });

  test('a definition without the columns of the key is not resumed with, and the message says what to do', async () => {
    await apply(await planFor(salesByRegion));
    await apply(await engine.lifecycle.planSuspend(serverId, 'sales'));
    const definitionSql = 'select category, sum(amount) as amount from erp.invoice group by category';
    const refused = await failureOf(engine.lifecycle.planResume(serverId, 'sales', { definitionSql }));
    expect(refused).toMatchObject({ code: 'statement_refused', detail: { missing: ['region'] } });
    expect(refused.message).toContain('The key (region) must name columns of the definition');
    expect(refused.message).toMatch(
      /Keep the columns of its key in the definition, or build a new version with a key of its own/,
    );
    expect(refused.message).not.toContain('tables of the ERP');
  });

  test('a widget that asks in words of its own asks so after a resume', async () => {
    await apply(await planFor(salesByRegion));
    const { dashboard, widgetId } = await engine.dashboards.addReadModel(serverId, 'sales');
    const { dashboardId } = dashboard;
    const widgets = [{ consumer: `widget:${widgetId}`, owner: 'Controlling', budget: { minutes: 30 } }];
    await apply(await planFor(salesByRegion, { consumers: widgets }));
    const own = 'select as_of, sum(amount) as amount from reporting.sales group by as_of';
    await engine.dashboards.setSource(serverId, dashboardId, widgetId, {
      kind: 'read_model',
      readModel: 'sales',
      sql: own,
    });
    await apply(await engine.lifecycle.planSuspend(serverId, 'sales'));
    await apply(await engine.lifecycle.planResume(serverId, 'sales'));
    const now = (await engine.dashboards.get(serverId, dashboardId)).widgets.find((each) => each.widgetId === widgetId);
    expect(now?.source.sql).toBe(own);
  });

  test('a column whose type the upgrade changed would break readers, and the resumed version says which', async () => {
    await apply(await planFor(salesByRegion));
    await apply(await engine.lifecycle.planSuspend(serverId, 'sales'));
    await shop.sql('alter table erp.invoice alter column region type char(20)');
    try {
      const refused = await failureOf(engine.lifecycle.planResume(serverId, 'sales'));
      expect(refused.message).toContain('column region changes its type from text to');
      const cast = salesByRegion.replace('select region', 'select region::text as region');
      await apply(
        await engine.lifecycle.planResume(serverId, 'sales', {
          definitionSql: cast.replace('group by region', 'group by 1'),
          unproven: true,
        }),
      );
      expect(await model()).toMatchObject({ suspended: null, drift: [] });
    } finally {
      await shop.sql(`drop schema reporting cascade; alter table erp.invoice alter column region type text`);
    }
  });

  test('the script of one read model leaves the others alone, and gives up while a refresh goes on', async () => {
    await apply(await planFor(salesByRegion));
    await apply(await planFor(salesByRegion, { name: 'other' }));
    const { sql } = await engine.lifecycle.detachScript(serverId, ['sales']);
    const busy = await shop.connect(shop.daybreak);
    await busy.query(`select pg_advisory_lock(hashtextextended('daybreak.sales', 0))`);
    await expect(psql(testServer, shop.url, sql)).rejects.toThrow(/lock timeout/);
    expect(await model()).toMatchObject({ suspended: null, drift: [] });
    await busy.query('select pg_advisory_unlock_all()');
    await psql(testServer, shop.url, sql);
    expect(await model()).toMatchObject({ suspended: { by: testServer.user }, drift: [] });
    expect(await model('other')).toMatchObject({ suspended: null });
    expect(await failureOf(engine.lifecycle.detachScript(serverId, ['nothing']))).toMatchObject({ code: 'not_found' });
  });

  test('read models are refreshed after what they are built on, and suspended ones are left out', async () => {
    await apply(await planFor(salesByRegion));
    await apply(
      await planFor('select sum(amount) as total, 1 as one from reporting.sales', { name: 'all', keyColumns: ['one'] }),
    );
    const runs = await engine.lifecycle.refreshInOrder(serverId, ['all']);
    expect(runs.map(({ readModel, state }) => [readModel, state])).toEqual([
      ['sales', 'done'],
      ['all', 'done'],
    ]);
    expect(runs[1]?.asOf).toBe(runs[0]?.asOf);
    await apply(await engine.lifecycle.planSuspend(serverId, 'sales'));
    const rest = await engine.lifecycle.refreshInOrder(serverId, undefined);
    expect(rest.map(({ readModel }) => readModel)).toEqual(['all']);
    expect(rest[0]?.asOf).toBe(runs[0]?.asOf);
  });

  test('materialized views are listed with their keys, imported, and listed no more', async () => {
    await shop.sql(`grant create on schema erp to ${shop.daybreak};
      create materialized view erp.old as ${salesByRegion};
      create unique index on erp.old (region); alter materialized view erp.old owner to ${shop.daybreak}`);
    await apply(await planFor(salesByRegion));
    expect(await engine.lifecycle.importable(serverId)).toMatchObject([
      { schema: 'erp', name: 'old', keyColumns: ['region'], ownedByUs: true },
    ]);
    const wish = { schema: 'erp', relation: 'old', owner: 'Controlling', consumers };
    const plan = await engine.lifecycle.planImport(serverId, wish);
    expect((await apply(plan)).state).toBe('done');
    expect(await model('old')).toMatchObject({
      schema: 'erp',
      consumers,
      drift: [],
      question: 'What does old answer?',
    });
    expect(await engine.lifecycle.importable(serverId)).toEqual([]);
    await apply(await engine.readModels.planDrop(serverId, 'old'));
  });

  test('uninstalling needs the name of the database, and can be shown as a script instead', async () => {
    await apply(await planFor(salesByRegion));
    const plan = await engine.lifecycle.planUninstall(serverId);
    expect(plan.confirmWith).toBe(shop.server.settings.database);
    const wrong = { planId: plan.planId, planHash: plan.planHash, confirm: 'daybreak' };
    expect(await failureOf(engine.readModels.apply(serverId, wrong))).toMatchObject({ code: 'invalid_input' });
    expect((await engine.lifecycle.uninstallScript(serverId)).sql).toMatch(
      /drop table if exists .*daybreak\.applied_plan/,
    );
    expect((await apply(plan)).state).toBe('done');
    expect(await engine.readModels.list(serverId)).toEqual([]);
    expect(await failureOf(engine.lifecycle.uninstallScript(serverId))).toMatchObject({ code: 'not_found' });
    expect((await shop.sql('select as_of, region from reporting.sales')).length).toBe(5);
  });
});
