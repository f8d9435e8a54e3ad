import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  planCreateOrNewVersion,
  planDrop,
  planDropVersion,
  planRollBack,
  planSuspend,
  planUninstall,
} from '../../../electron/core/read-model/plan-for.ts';
import { getReadModel, listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import { planScript } from '../../../renderer/screens/read-models/plan-script.ts';
import type { Plan, Proposal, RefreshMode } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from './fixture.ts';
import { psql } from './psql.ts';

const daily = `select (invoiced_at at time zone 'UTC')::date as day, sum(amount) as amount from erp.invoice group by 1`;
const byDay: Partial<Proposal> = {
  keyColumns: ['day'],
  period: { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 },
};

/** Plans of a role that may not build, which somebody else runs with psql. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let database: string;
  beforeAll(async () => {
    shop = await openShop(testServer);
    database = (await shop.sql<{ name: string }>('select current_database() as name'))[0]?.name ?? '';
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$;
      grant create on database ${database} to ${shop.daybreak}`),
  );

  const stamp = () => ({ server: shop.server, planId: randomUUID(), nowMs: Date.now(), forScript: true });
  const model = (name = 'sales') => getReadModel(shop.server, name, systemClock);
  const run = (plan: Plan) => psql(testServer, shop.url, planScript(plan));
  /** A database whose administrator lets Daybreak read, and nothing else. */
  const mayCreateNothing = () => shop.sql(`revoke create on database ${database} from ${shop.daybreak}`);
  const foreign = async () =>
    shop.sql<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('reporting', 'daybreak') and pg_get_userbyid(c.relowner) <> $1
      union all select nspname from pg_namespace where nspname in ('reporting', 'daybreak') and pg_get_userbyid(nspowner) <> $1`,
      [shop.daybreak],
    );

  test.each<[string, string, Partial<Proposal>, RefreshMode]>([
    ['a materialized view', salesByRegion, {}, 'side_by_side'],
    ['a table by period', daily, byDay, 'by_period'],
  ])('what a superuser makes of %s is Daybreak’s to refresh, to build on and to drop', async (_, sql, edits, mode) => {
    await mayCreateNothing();
    const proposal = await shop.propose(sql, { ...edits, grantTo: [shop.boss] });
    const plan = await planCreateOrNewVersion({ ...stamp(), schema: 'reporting', proposal });
    expect(plan).toMatchObject({ scriptOnly: {}, role: shop.daybreak });
    await run(plan);
    expect(await foreign()).toEqual([]);
    expect((await shop.refresh('sales', undefined, { mode })).state).toBe('done');
    expect((await shop.refresh('sales', undefined, { mode: 'side_by_side' })).state).toBe('done');
    const boss = await shop.connect(shop.boss);
    const read = async () => (await boss.query('select as_of from reporting.sales')).rowCount;
    expect(await read()).toBeGreaterThan(0);
    // The next version by a superuser, too: readers come with the rights of the view's owner.
    await run(await shop.planFor(`${sql} having count(*) > 0`, edits));
    expect(await foreign()).toEqual([]);
    expect(await read()).toBeGreaterThan(0);
    expect(await model()).toMatchObject({ currentVersion: 2, drift: [] });
    expect((await shop.execute(await shop.planDrop('sales'))).state).toBe('done');
  });

  test('a role that could not give to Daybreak what it makes is stopped before it makes anything', async () => {
    const other = `other_${randomUUID().slice(0, 8)}`;
    await shop.sql(`create role ${other} login password '${shop.password}'; grant create on database ${database} to ${other};
      grant usage on schema erp to ${other}; grant select on all tables in schema erp to ${other}`);
    try {
      const plan = await shop.planFor(salesByRegion);
      expect(planScript(plan)).toContain(`-- What it makes is given to role ${shop.daybreak}`);
      const url = new URL(shop.url);
      url.username = other;
      url.password = shop.password;
      await expect(psql({ ...testServer, password: shop.password }, url.href, planScript(plan))).rejects.toThrow(
        /permission denied to set role/,
      );
      expect((await shop.left()).filter((name) => /^(daybreak|reporting)/.test(name))).toEqual([]);
    } finally {
      await shop.sql(`drop owned by ${other}; drop role ${other}`);
    }
  });

  describe('of what is there already', () => {
    beforeEach(async () => {
      await shop.build(salesByRegion);
      await shop.build(`${salesByRegion} having count(*) > 0`);
      await mayCreateNothing();
      await shop.sql('alter schema reporting owner to postgres');
      await shop.sql(`grant usage on schema reporting to ${shop.daybreak}`);
    });

    test.each<[string, (asked: ReturnType<typeof stamp>) => Promise<Plan>, () => Promise<void>]>([
      [
        'a roll back',
        (asked) => planRollBack({ ...asked, name: 'sales' }),
        async () => expect((await model()).currentVersion).toBe(1),
      ],
      [
        'the drop of a version',
        (asked) => planDropVersion({ ...asked, name: 'sales', version: 1, evenIfRead: true }),
        async () => expect((await model()).versions.map(({ version }) => version)).toEqual([2]),
      ],
      [
        'a drop',
        (asked) => planDrop({ ...asked, name: 'sales' }),
        async () => expect(await listReadModels(shop.server, systemClock)).toEqual([]),
      ],
      [
        'a suspension',
        (asked) => planSuspend({ ...asked, name: 'sales' }),
        async () => expect(await model()).toMatchObject({ suspended: { by: testServer.user }, drift: [] }),
      ],
    ])('%s is a script without the rights, and refused where none was asked for', async (_, planned, ran) => {
      expect(await failureOf(planned({ ...stamp(), forScript: false }))).toMatchObject({ code: 'permission_denied' });
      const plan = await planned(stamp());
      expect(plan.scriptOnly).toEqual({
        message: `Role ${shop.daybreak} may not create relations in schema reporting. Nothing was created.`,
        action: `grant usage, create on schema reporting to ${shop.daybreak};`,
      });
      expect(await failureOf(shop.execute(plan))).toMatchObject({ code: 'permission_denied' });
      await run(plan);
      await ran();
    });

    test('so is the end of the registry', async () => {
      await shop.sql(`revoke insert on daybreak.run from ${shop.daybreak}`);
      expect(await failureOf(planUninstall({ ...stamp(), forScript: false }))).toMatchObject({
        code: 'permission_denied',
      });
      const plan = await planUninstall(stamp());
      expect(plan.scriptOnly?.message).toContain("may not write Daybreak's registry");
      await run(plan);
      expect(await shop.sql(`select from pg_namespace where nspname = 'daybreak'`)).toEqual([]);
      expect((await shop.sql('select as_of, region from reporting.sales')).length).toBe(5);
    });

    test('a view that belongs to another role is replaced by a script, and its owner can read the copy', async () => {
      await shop.sql('alter schema reporting owner to ' + shop.daybreak);
      // A view reads with the rights of its owner, also the as-of, and so does the refresh of its copy.
      await shop.sql(`alter view reporting.sales owner to ${shop.boss};
        grant usage on schema erp to ${shop.boss}; grant select on erp.invoice to ${shop.boss};
        grant usage on schema daybreak to ${shop.boss}; grant select on daybreak.copy to ${shop.boss}`);
      const plan = await planCreateOrNewVersion({
        ...stamp(),
        schema: 'reporting',
        proposal: await shop.propose(salesByRegion),
      });
      expect(plan).toMatchObject({
        role: shop.boss,
        scriptOnly: { action: `alter view reporting.sales owner to ${shop.daybreak};` },
      });
      await run(plan);
      const boss = await shop.connect(shop.boss);
      await shop.sql(`grant usage on schema reporting to ${shop.boss}`);
      expect((await boss.query('select as_of, region from reporting.sales')).rowCount).toBe(5);
      await shop.sql('alter view reporting.sales owner to ' + shop.daybreak);
    });
  });
});
