import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion, systemClock } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
    await shop.build(salesByRegion, { grantTo: [shop.boss] });
  });
  const drift = async () => (await getReadModel(shop.server, 'sales', systemClock)).drift;
  const bareView = async (more = '') => {
    const [row] = await shop.sql<{ text: string }>(`select pg_get_viewdef('reporting.sales'::regclass) as text`);
    return `create or replace view reporting.sales${more} as ${row?.text ?? ''}`;
  };

  /** What somebody did by hand, what it is called, and on what. */
  const byHand: readonly [sql: string, kind: string, object: string][] = [
    ['drop view reporting.sales', 'view_gone', 'reporting.sales'],
    ['drop view reporting.sales; create table reporting.sales as select 1 as one', 'view_replaced', 'reporting.sales'],
    ['create or replace view reporting.sales as select now() as as_of, region, amount, invoices from reporting.sales_v1_a', 'view_redefined', 'reporting.sales'],
    [`comment on view reporting.sales is 'mine'`, 'comment_changed', 'reporting.sales'],
    ['alter view reporting.sales owner to postgres', 'owner_changed', 'reporting.sales'],
    ['drop index reporting.sales_v1_a_key', 'index_lost', 'reporting.sales_v1_a'],
    ['refresh materialized view reporting.sales_v1_a', 'copy_rewritten', 'reporting.sales_v1_a'],
    ['update erp.invoice set amount = amount + 1 where invoice_id = 1; refresh materialized view concurrently reporting.sales_v1_a', 'copy_rewritten', 'reporting.sales_v1_a'],
    ['refresh materialized view reporting.sales_v1_a with no data', 'copy_empty', 'reporting.sales_v1_a'],
    ['drop view reporting.sales; drop materialized view reporting.sales_v1_a', 'copy_gone', 'reporting.sales_v1_a'],
    ['drop view reporting.sales; drop materialized view reporting.sales_v1_a; create table reporting.sales_v1_a as select 1 as one', 'copy_replaced', 'reporting.sales_v1_a'],
  ]; // prettier-ignore
  test.each(byHand)('%s is %s', async (sql, kind, object) => {
    expect(await drift()).toEqual([]);
    await shop.sql(sql);
    expect(await drift()).toContainEqual(expect.objectContaining({ kind, object }));
  });

  test('rights that were taken or given are told with the statement that puts them right', async () => {
    await shop.sql(`revoke select on reporting.sales from ${shop.boss}; grant select on reporting.sales to public`);
    const found = await drift();
    // Everybody may read it, so the boss may, too.
    expect(found.map(({ kind }) => kind)).toEqual(['grant_unknown']);
    await shop.sql(found[0]?.action ?? '');
    const [lost] = await drift();
    expect(lost).toMatchObject({ kind: 'grant_lost', action: `grant select on reporting.sales to ${shop.boss};` });
    await shop.sql(lost?.action ?? '');
    expect(await drift()).toEqual([]);
  });

  test('options that a bare CREATE OR REPLACE VIEW erased are missed, and restored by the statement beside', async () => {
    await shop.sql('alter view reporting.sales set (security_barrier = true)');
    expect(await drift()).toEqual([]);
    await shop.refresh('sales');
    await shop.sql(await bareView());
    const [erased] = await drift();
    expect(erased).toMatchObject({ kind: 'options_changed', object: 'reporting.sales' });
    await shop.refresh('sales');
    expect((await drift())[0]?.kind).toBe('options_changed');
    await shop.sql(erased?.action ?? '');
    expect(await drift()).toEqual([]);
  });

  test('every statement beside a drift puts it right', async () => {
    await shop.sql(`comment on view reporting.sales is null; drop index reporting.sales_v1_a_key;
      alter view reporting.sales owner to postgres`);
    const found = await drift();
    expect(found.map(({ kind }) => kind)).toEqual(['owner_changed', 'comment_changed', 'index_lost']);
    for (const { action } of found) await shop.sql(action ?? 'select no action');
    expect(await drift()).toEqual([]);
  });

  test('what Daybreak, ANALYZE and VACUUM do is no drift', async () => {
    await shop.refresh('sales');
    await shop.sql('update daybreak.copy set row_count = 1000000');
    await shop.refresh('sales');
    await shop.sql('analyze reporting.sales_v1_b');
    await shop.admin.query('vacuum reporting.sales_v1_b');
    await shop.sql('create index on reporting.sales_v1_b (invoices)');
    expect(await drift()).toEqual([]);
  });

  test('rights on a copy, and a refresh by hand that changes no row, are no drift', async () => {
    await shop.sql(`grant select on reporting.sales_v1_a to ${shop.boss}`);
    expect(await drift()).toEqual([]);
    await shop.sql(`revoke select on reporting.sales_v1_a from ${shop.boss};
      refresh materialized view concurrently reporting.sales_v1_a`);
    expect(await drift()).toEqual([]);
  });

  test.each([
    [`insert into reporting.daily_v1_a values ('2026-01-01', 0)`],
    ['update reporting.daily_v1_a set amount = amount + 1 where day = (select min(day) from reporting.daily_v1_a)'],
    ['delete from reporting.daily_v1_a where day = (select min(day) from reporting.daily_v1_a)'],
  ])('%s in a copy by period is noticed, and mended by a refresh of all periods', async (sql) => {
    const daily = `select (invoiced_at at time zone 'UTC')::date as day, sum(amount) as amount from erp.invoice
      where invoiced_at > '2026-01-02' group by 1`;
    const period = { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 } as const;
    await shop.build(daily, { name: 'daily', keyColumns: ['day'], period });
    const found = async () => (await getReadModel(shop.server, 'daily', systemClock)).drift;
    await shop.refresh('daily');
    expect(await found()).toEqual([]);
    await shop.sql(sql);
    expect(await found()).toMatchObject([
      { kind: 'copy_rewritten', object: 'reporting.daily_v1_a', advice: expect.stringContaining('Verify all periods') },
    ]);
    await shop.refresh('daily', undefined, { periods: 'all' });
    expect(await found()).toEqual([]);
    expect(await shop.sql(`select day, amount from reporting.daily except select * from (${daily}) d`)).toEqual([]);
  });

  test('a refresh here after one by hand brings rows and age together', async () => {
    await shop.sql('refresh materialized view reporting.sales_v1_a');
    await shop.refresh('sales');
    expect(await drift()).toEqual([]);
  });
});
