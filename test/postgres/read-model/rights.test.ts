import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { planCreateOrNewVersion, planSuspend, planUninstall } from '../../../electron/core/read-model/plan-for.ts';
import { refreshReadModel } from '../../../electron/core/read-model/refresh/refresh.ts';
import { setRefreshMode } from '../../../electron/core/read-model/refresh/set-mode.ts';
import { installedMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { getReadModel, listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import { ExecutionLog } from '../../../electron/core/read-model/swap/execution-log.ts';
import { recoverPlan } from '../../../electron/core/read-model/swap/recover-plan.ts';
import { planScript } from '../../../renderer/screens/read-models/plan-script.ts';
import type { CapabilityName } from '../../../shared/model/connection.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, silent, systemClock } from './fixture.ts';
import { psql } from './psql.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
  });

  const stamp = (server: Server) => ({ server, planId: randomUUID(), nowMs: Date.now() });
  const refreshOn = (server: Server) =>
    refreshReadModel({
      server,
      readModel: 'sales',
      journal: shop.journal,
      clock: systemClock,
      logger: silent,
      runner: 'test',
    });
  /** The same server with something else in its facts or settings. */
  const but = (changes: Partial<Pick<Server, 'facts' | 'settings'>>): Server =>
    new Proxy(shop.server, {
      get: (target, key) => {
        const value: unknown = key in changes ? Reflect.get(changes, key) : Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const without = (name: CapabilityName): Server =>
    but({
      facts: {
        ...shop.server.facts,
        capabilities: shop.server.facts.capabilities.map((one) =>
          one.name === name ? { ...one, present: false } : one,
        ),
      },
    });

  test('a role that does not own the copy gets the exact grant before anything is begun, and can then refresh', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`grant pg_read_all_stats to ${shop.boss}; grant usage on schema daybreak, reporting to ${shop.boss};
      grant select, insert, update, delete on all tables in schema daybreak to ${shop.boss}`);
    const other = await shop.openAs(shop.boss);
    const failure = await failureOf(refreshOn(other));
    const maintain = other.facts.versionNumber >= 170_000;
    expect(failure).toMatchObject({
      code: 'permission_denied',
      action: maintain
        ? `grant maintain, select on reporting.sales_v1_a to ${shop.boss};`
        : `grant ${shop.daybreak} to ${shop.boss};`,
    });
    expect(await shop.sql('select from daybreak.run')).toEqual([]);
    await shop.sql(failure.action ?? '');
    try {
      expect((await refreshOn(other)).state).toBe('done');
    } finally {
      if (!maintain) await shop.sql(`revoke ${shop.daybreak} from ${shop.boss}`);
    }
  });

  test('a NULL that comes into the key under a role that may only refresh in place ends the refresh with the grant', async ({
    skip,
  }) => {
    if (testServer.major < 17) return skip('up to PostgreSQL 16 only the owner may refresh at all');
    await shop.build('select category, sum(amount) as amount from erp.invoice group by category', {
      keyColumns: ['category'],
    });
    await shop.sql(`grant pg_read_all_stats to ${shop.boss}; grant usage on schema daybreak, reporting to ${shop.boss};
      grant select, insert, update, delete on all tables in schema daybreak to ${shop.boss};
      grant maintain, select on reporting.sales_v1_a to ${shop.boss};
      insert into erp.invoice values (900001, 'region 1', null, now(), 1)`);
    try {
      const failure = await failureOf(refreshOn(await shop.openAs(shop.boss)));
      expect(failure).toMatchObject({ code: 'permission_denied', action: `grant ${shop.daybreak} to ${shop.boss};` });
      expect(failure.message).toMatch(
        /old rows are still served\. A NULL has come into the key, so it can only go side by side\. Role .* side by side needs role/,
      );
      expect((await getReadModel(shop.server, 'sales', systemClock)).lastRun).toMatchObject({
        state: 'failed',
        mode: 'concurrent',
      });
    } finally {
      await shop.sql('delete from erp.invoice where invoice_id = 900001');
    }
  });

  test('a role that may not make a second copy beside is told so before anything is begun', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`alter schema reporting owner to postgres; grant usage on schema reporting to ${shop.daybreak}`);
    const failure = await failureOf(shop.refresh('sales', undefined, { mode: 'side_by_side' }));
    expect(failure).toMatchObject({
      code: 'permission_denied',
      action: `grant create on schema reporting to ${shop.daybreak};`,
    });
    expect(await shop.sql('select from daybreak.run')).toEqual([]);
    await shop.sql(failure.action ?? '');
    expect((await shop.refresh('sales', undefined, { mode: 'side_by_side' })).state).toBe('done');
  });

  test('what a member of the owning role refreshes and builds is read as before', async () => {
    await shop.build(salesByRegion, { grantTo: [shop.boss] });
    const member = `member_${randomUUID().slice(0, 8)}`;
    await shop.sql(`create role ${member} login password '${shop.password}' in role ${shop.daybreak}`);
    try {
      const server = await shop.openAs(member);
      const boss = await shop.connect(shop.boss);
      const read = async () => (await boss.query('select as_of, region from reporting.sales')).rowCount;
      await shop.refresh('sales', undefined, { server, mode: 'side_by_side' });
      expect(await read()).toBe(5);
      const proposal = await shop.propose(salesByRegion);
      const plan = await planCreateOrNewVersion({ ...stamp(server), schema: 'reporting', proposal });
      await shop.execute(plan, { server });
      expect(await read()).toBe(5);
      expect((await shop.refresh('sales', undefined, { mode: 'side_by_side' })).state).toBe('done');
    } finally {
      await shop.sql(`drop owned by ${member}; drop role ${member}`);
    }
  });

  test('a role that may not write the registry is told so before anything is begun', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`grant pg_read_all_stats to ${shop.boss}; grant usage on schema daybreak, reporting to ${shop.boss};
      grant select on all tables in schema daybreak to ${shop.boss}`);
    const failure = await failureOf(refreshOn(await shop.openAs(shop.boss)));
    expect(failure).toMatchObject({ code: 'permission_denied', action: `grant ${shop.daybreak} to ${shop.boss};` });
    expect(failure.message).toContain("may not write Daybreak's registry");
  });

  test('on a replica, and behind a pooler, nothing is planned, built or refreshed', async () => {
    await shop.build(salesByRegion);
    const proposal = await shop.propose(salesByRegion);
    for (const server of [without('primary'), without('session_state')]) {
      for (const work of [
        () => planCreateOrNewVersion({ ...stamp(server), schema: 'reporting', proposal }),
        () => planSuspend({ ...stamp(server), name: 'sales' }),
        () => planUninstall(stamp(server)),
        () => refreshOn(server),
      ]) {
        expect(await failureOf(work())).toMatchObject({ code: 'capability_missing' });
      }
    }
  });

  test('a connection that is set to read-only plans a script, and changes nothing', async () => {
    await shop.build(salesByRegion);
    const server = but({ settings: { ...shop.server.settings, readOnly: true } });
    const proposal = await shop.propose(`${salesByRegion} having count(*) > 0`);
    const plan = await planCreateOrNewVersion({ ...stamp(server), schema: 'reporting', proposal });
    expect(plan.scriptOnly?.message).toMatch(/is set to read-only/);
    const refusals = [
      () => shop.execute(plan, { server }),
      () => refreshOn(server),
      () => setRefreshMode({ server, readModel: 'sales', mode: null, journal: shop.journal, clock: systemClock }),
    ];
    for (const work of refusals) expect(await failureOf(work())).toMatchObject({ code: 'permission_denied' });
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({ currentVersion: 1, lastRun: null });
  });

  test('what a killed engine left stays as it is on a connection that is set to read-only, and is told', async () => {
    const plan = await shop.planFor(salesByRegion);
    const execution = ExecutionLog.begin(randomUUID(), plan, Date.now());
    const server = but({ settings: { ...shop.server.settings, readOnly: true } });
    const tools = { journal: shop.journal, clock: systemClock, logger: silent };
    const failure = await failureOf(recoverPlan({ ...tools, server, plan, execution }));
    expect(failure).toMatchObject({ code: 'permission_denied', message: expect.stringContaining('read-only') });
  });

  test('a role that may create nothing gets a plan that somebody else can run with psql', async () => {
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    const grant = `create on database ${row?.database}`;
    await shop.sql(`revoke ${grant} from ${shop.daybreak}`);
    try {
      const proposal = await shop.propose(salesByRegion, { grantTo: [shop.boss] });
      const plan = await planCreateOrNewVersion({
        ...stamp(shop.server),
        schema: 'reporting',
        proposal,
        forScript: true,
      });
      expect(plan.scriptOnly).toMatchObject({ action: `grant ${grant} to ${shop.daybreak};` });
      expect(plan.scriptOnly?.message).toContain('may not create schemas');
      expect((await shop.left()).filter((name) => /^(daybreak|reporting)/.test(name))).toEqual([]);
      await psql(testServer, shop.url, planScript(plan));
      const boss = await shop.connect(shop.boss);
      expect((await boss.query('select as_of, region from reporting.sales')).rowCount).toBe(5);
    } finally {
      await shop.sql(`grant ${grant} to ${shop.daybreak}`);
    }
  });

  test('a plan that psql runs ends at the first step that fails, before anything is switched', async () => {
    await shop.build(salesByRegion);
    const plan = await shop.planFor(
      'select region, category, count(*) as invoices, sum(amount) as amount from erp.invoice group by region, category',
      {
        keyColumns: ['region'],
      },
    );
    await expect(psql(testServer, shop.url, planScript(plan))).rejects.toThrow(/could not create unique index/);
    const [{ view } = { view: '' }] = await shop.sql<{ view: string }>(
      `select pg_get_viewdef('reporting.sales'::regclass) as view`,
    );
    expect(view).toContain('sales_v1_a');
  });

  test('a registry that a newer Daybreak changed is refused by whatever reads it, with one clear error', async () => {
    await shop.build(salesByRegion);
    const proposal = await shop.propose(salesByRegion);
    await shop.sql(`insert into daybreak.migration (migration, name, breaking) values (99, 'other world', true)`);
    for (const work of [
      () => listReadModels(shop.server, systemClock),
      () => planCreateOrNewVersion({ ...stamp(shop.server), schema: 'reporting', proposal }),
      () => planUninstall(stamp(shop.server)),
      () => shop.refresh('sales'),
    ]) {
      const failure = await failureOf(work());
      expect(failure.code).toBe('capability_missing');
      expect(failure.message).toMatch(/changed by a newer Daybreak \(step 99, other world\).* Update Daybreak\.$/);
    }
    await shop.sql('update daybreak.migration set breaking = false where migration = 99');
    expect((await shop.refresh('sales')).state).toBe('done');
    const installed = await shop.server.withReadonly((session) => installedMigrations(session));
    expect(installed).toContain(99);
  });
});
