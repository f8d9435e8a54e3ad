import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planSuspend, planUninstall } from '../../../electron/core/read-model/plan-for.ts';
import { listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import { uninstallScript } from '../../../electron/core/read-model/scripts/psql-scripts.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, hurriedClock, openShop, salesByRegion, systemClock } from './fixture.ts';
import { psql } from './psql.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop view if exists erp.board; drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
  });

  const stamp = () => ({ server: shop.server, planId: randomUUID(), nowMs: Date.now() });
  const planned = () => planUninstall(stamp());
  const asOf = async (name: string) => {
    const [row] = await shop.sql<{ asOf: Date }>(`select as_of as "asOf" from reporting.${name} limit 1`);
    return row?.asOf;
  };
  /** Three models: served from copy b, suspended, and one with an earlier version; all of them in use. */
  const inUse = async () => {
    await shop.build(salesByRegion, { grantTo: [shop.boss] });
    await shop.sql('alter view reporting.sales set (security_barrier = true)');
    await shop.sql('update daybreak.copy set row_count = 1000000');
    expect((await shop.refresh('sales')).slot).toBe('b');
    await shop.build(salesByRegion, { name: 'held' });
    await shop.execute(await planSuspend({ ...stamp(), name: 'held' }));
    await shop.build(salesByRegion, { name: 'twice' });
    await shop.build(
      `select region, sum(amount) as amount, count(*) as invoices, 1 as one from erp.invoice group by 1`,
      {
        name: 'twice',
      },
    );
    await shop.sql('create view erp.board as select region, as_of from reporting.sales');
    return { sales: await asOf('sales'), held: await asOf('held'), twice: await asOf('twice') };
  };
  const expectInUse = async (before: Record<string, Date | undefined>) => {
    for (const name of ['sales', 'held', 'twice']) expect(await asOf(name)).toEqual(before[name]);
    const boss = await shop.connect(shop.boss);
    expect((await boss.query('select * from reporting.sales')).rowCount).toBe(5);
    expect((await shop.sql('select region from erp.board')).length).toBe(5);
    const [view] = await shop.sql<{ options: string[]; comment: string }>(
      `select reloptions as options, obj_description(oid) as comment from pg_class where oid = 'reporting.sales'::regclass`,
    );
    expect(view?.options).toEqual(['security_barrier=true']);
    expect(view?.comment).toMatch(/^What do we sell\?\nOwner: Controlling\. Frozen when/);
    expect((await shop.left()).filter((name) => !name.endsWith('_key'))).toEqual([
      'reporting', 'reporting.held', 'reporting.held_v1_a', 'reporting.sales', 'reporting.sales_v1_b', 'reporting.twice',
      'reporting.twice_v2_a',
    ]); // prettier-ignore
    expect(await listReadModels(shop.server, systemClock)).toEqual([]);
  };

  test('stable views stay in use with the as-of of their last refresh, and the registry is gone', async () => {
    const before = await inUse();
    const plan = await planned();
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    expect(plan).toMatchObject({ kind: 'uninstall', confirmWith: row?.database });
    expect(plan.warnings[0]).toContain('its as_of stands still');
    expect((await shop.execute(plan)).state).toBe('done');
    await expectInUse(before);
  });

  test('psql does the same, as of the moment when it runs', async () => {
    const before = await inUse();
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    const script = uninstallScript({ database: row?.database ?? '', role: shop.daybreak });
    await psql(testServer, shop.url, script);
    await expectInUse(before);
  });

  test('afterwards it can be installed again, under other names', async () => {
    await inUse();
    await shop.execute(await planned());
    expect(await failureOf(shop.planFor(salesByRegion))).toMatchObject({ code: 'invalid_input' });
    expect((await shop.build(salesByRegion, { name: 'anew' })).state).toBe('done');
  });

  test('what else reads the registry is named, and nothing is done', async () => {
    await shop.build(salesByRegion);
    await shop.sql('create view erp.board as select name, owner from daybreak.read_model');
    expect(await failureOf(planned())).toMatchObject({
      code: 'statement_refused',
      detail: { dependents: ['view erp.board'] },
    });
  });

  test('while a report stays open nothing happens, and it is named', async () => {
    await shop.build(salesByRegion);
    const report = await shop.connect(shop.daybreak);
    await report.query('begin; select * from reporting.sales');
    const failure = await failureOf(shop.execute(await planned(), { clock: hurriedClock }));
    expect(failure).toMatchObject({ code: 'lock_not_granted', retryable: true });
    expect(failure.message).toContain('idle in transaction');
    await report.query('commit');
    expect(await listReadModels(shop.server, systemClock)).toMatchObject([{ name: 'sales', drift: [] }]);
  });

  test('a schema that an administrator made for the registry stays, empty', async () => {
    await shop.sql(`create schema daybreak; grant usage, create on schema daybreak to ${shop.daybreak}`);
    await shop.build(salesByRegion);
    await shop.execute(await planned());
    expect((await shop.left()).filter((name) => name.startsWith('daybreak'))).toEqual(['daybreak']);
  });

  test('there is nothing to uninstall where nothing is installed', async () => {
    expect(await failureOf(planned())).toMatchObject({ code: 'not_found' });
  });
});
