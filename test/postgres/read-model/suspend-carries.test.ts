import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planSuspend, planUninstall } from '../../../electron/core/read-model/plan-for.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { dryRunPlan } from '../../../electron/core/read-model/swap/dry-run.ts';
import type { Plan } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { dressView, lostObjects, viewObjects } from '../../support/stable-view-objects.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const versionSql = (version: number, amount = 'sum(amount)') =>
  `select region, ${amount} as amount, max(${version}) as v${version === 1 ? '' : ', count(*) as invoices'}
  from erp.invoice group by region`;
const keyed = { keyColumns: ['region'] };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists boards cascade; drop schema if exists reporting cascade;
      drop schema if exists daybreak cascade; end $$`);
    await shop.build(versionSql(1), keyed);
  });

  const stamp = () => ({ server: shop.server, planId: randomUUID(), nowMs: Date.now() });
  const suspend = () => planSuspend({ ...stamp(), name: 'sales' });
  const dress = () =>
    dressView(shop.admin, {
      schema: 'reporting',
      view: 'sales',
      copy: 'sales_v1_a',
      reader: shop.boss,
      other: 'pg_monitor',
    });
  const objects = () => viewObjects(shop.admin, 'reporting', 'sales');
  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const dryRun = (plan: Plan) => dryRunPlan({ server: shop.server, plan, journal: shop.journal, clock: systemClock });

  test('a suspension and the resume after it carry all that hangs on the view, also for those who read with their own rights', async () => {
    await dress();
    const before = await objects();
    const boss = await shop.connect(shop.boss);
    const served = async () => (await boss.query('select region, v from reporting.sales order by region')).rows;
    const rows = await served();
    await shop.execute(await suspend());
    expect(lostObjects(before, await objects())).toEqual([]);
    expect(await served()).toEqual(rows);
    await shop.execute(await shop.planFor(versionSql(2), keyed));
    expect(lostObjects(before, await objects())).toEqual([]);
    expect((await served()).map(({ v }) => v)).toEqual([2, 2, 2, 2, 2]);
  });

  test('a dry run tries a suspension, a resume and the end of the registry, and leaves the server as it was', async () => {
    const before = await shop.left();
    const pause = await suspend();
    expect(pause.steps.map(({ expectedLock }) => expectedLock)).toEqual([
      expect.stringContaining('at 100 MB a second'),
      expect.stringContaining('milliseconds, once it is granted'),
    ]);
    expect(pause.disk).toMatchObject({ copyBytes: expect.any(Number), laterBytes: 0 });
    for (const plan of [pause, await planUninstall(stamp())]) {
      expect(await dryRun(plan)).toMatchObject({ ok: true });
      expect(await shop.left()).toEqual(before);
    }
    await shop.execute(pause);
    const suspended = await shop.left();
    expect(await dryRun(await shop.planFor(versionSql(2), keyed))).toMatchObject({ ok: true });
    expect(await shop.left()).toEqual(suspended);
    expect(await model()).toMatchObject({ suspended: { by: shop.daybreak }, drift: [] });
  });

  test('a resume that readers would break on makes the view anew where that is asked for, its options remembered', async () => {
    await shop.sql('alter view reporting.sales set (security_barrier = true)');
    await shop.execute(await suspend());
    const breaking = versionSql(2, 'max(invoiced_at)::date');
    expect(await failureOf(shop.planFor(breaking, keyed))).toMatchObject({ detail: { mayReplace: true } });
    const plan = await shop.planFor(breaking, keyed, 'replace');
    expect(plan).toMatchObject({ kind: 'resume', replacesView: true });
    await shop.execute(plan);
    expect(await model()).toMatchObject({ suspended: null, currentVersion: 2, drift: [] });
    await shop.sql('alter view reporting.sales reset (security_barrier)');
    expect((await model()).drift.map(({ kind }) => kind)).toEqual(['options_changed']);
  });

  test('a view with a type of schema public is made anew, too', async () => {
    await shop.sql(`create type public.size_of_sale as enum ('small', 'large')`);
    const sized = (amount: string) =>
      `select region, (case when sum(amount) > 9 then 'large' else 'small' end)::size_of_sale as size, ${amount} as amount
      from erp.invoice group by region`;
    await shop.build(sized('sum(amount)'), { name: 'sized', ...keyed });
    const plan = await shop.planFor(sized('count(*)'), { name: 'sized', ...keyed }, 'replace');
    expect(plan.replacesView).toBe(true);
    expect((await shop.execute(plan)).state).toBe('done');
    await shop.execute(await shop.planDrop('sized'));
    await shop.sql('drop type public.size_of_sale');
  });

  test('a version without copies, as a suspension leaves it, is dropped all the same', async () => {
    await shop.build(versionSql(2), keyed);
    await shop.execute(await suspend());
    expect(await failureOf(shop.planRollBack('sales'))).toMatchObject({ code: 'not_found' });
    const plan = await shop.planDropVersion('sales', 1);
    expect(plan.steps[0]?.lock).toBe('ROW EXCLUSIVE on the tables of schema daybreak');
    await shop.execute(plan);
    expect((await model()).versions.map(({ version }) => version)).toEqual([2]);
  });
});
