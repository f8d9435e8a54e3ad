import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop view if exists erp.between cascade; drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
  });
  const model = (name: string) => getReadModel(shop.server, name, systemClock);
  const total = 'select sum(amount) as total, 1 as one from reporting.sales';
  const buildTotal = () => shop.build(total, { name: 'total', keyColumns: ['one'] });

  test('each knows what it is built on and what is built on it', async () => {
    await shop.build(salesByRegion);
    await buildTotal();
    expect(await model('total')).toMatchObject({ parents: ['sales'], children: [] });
    expect(await model('sales')).toMatchObject({ parents: [], children: ['total'] });
  });

  test('its as-of is that of the oldest parent, through a plain view too', async () => {
    await shop.build(salesByRegion);
    await shop.build(salesByRegion, { name: 'other' });
    await shop.sql(`update daybreak.copy set data_as_of = '2026-03-04 05:06:07Z' where read_model = 'other';
      create view erp.between as select region, amount from reporting.other; grant select on erp.between to ${shop.daybreak};
      grant select on reporting.other to postgres`);
    await shop.build(
      'select s.region, s.amount, b.amount as more from reporting.sales s join erp.between b on b.region = s.region',
      {
        name: 'joined',
        keyColumns: ['region'],
      },
    );
    expect((await model('joined')).freshness.asOf).toBe('2026-03-04T05:06:07.000Z');
    expect((await model('joined')).parents.toSorted()).toEqual(['other', 'sales']);
  });

  test('a role whose search_path finds the registry, as one called daybreak does, knows a read model when it reads one', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`alter role ${shop.daybreak} set search_path = daybreak, public`);
    try {
      const { baseTables } = await propose({
        server: await shop.openAs(shop.daybreak),
        schema: 'reporting',
        origin: { kind: 'sql', sql: total },
      });
      expect(baseTables).toEqual(['reporting.sales']);
    } finally {
      await shop.sql(`alter role ${shop.daybreak} reset search_path`);
    }
  });

  test('a definition that would read itself, at once or over others, is refused with the way round', async () => {
    await shop.build(salesByRegion);
    await buildTotal();
    const round = 'select s.region, s.amount, s.invoices, t.total from reporting.sales s cross join reporting.total t';
    expect(await failureOf(shop.planFor(round))).toMatchObject({
      code: 'statement_refused',
      detail: { cycle: ['sales', 'sales'] },
    });
    const over = `select region, amount, 1::bigint as invoices from erp.invoice i cross join reporting.total t`;
    const failure = await failureOf(shop.planFor(over, { keyColumns: ['region'] }));
    expect(failure).toMatchObject({ code: 'statement_refused', detail: { cycle: ['sales', 'total', 'sales'] } });
    expect(failure.message).toContain('sales reads total reads sales');
  });

  test('what others are built on is not dropped, and they are named; also where their copies are tables', async () => {
    await shop.build(
      `select date_trunc('month', invoiced_at at time zone 'UTC') as month, sum(amount) as amount from erp.invoice group by 1`,
      { keyColumns: ['month'] },
    );
    await shop.build('select month, sum(amount) as amount from reporting.sales group by month', {
      name: 'cut',
      keyColumns: ['month'],
      period: { column: 'month', grain: 'month', timeZone: 'UTC', openPeriods: 2 },
    });
    const failure = await failureOf(shop.planDrop('sales'));
    expect(failure).toMatchObject({ code: 'statement_refused', detail: { readModels: ['cut'] } });
    expect(failure.message).toContain('while cut is built on it');
    await shop.execute(await shop.planDrop('cut'));
    expect((await shop.execute(await shop.planDrop('sales'))).state).toBe('done');
  });
});
