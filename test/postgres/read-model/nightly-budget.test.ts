import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion, systemClock } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());

  test('a nightly budget is kept, and an older registry reads a day in its place', async () => {
    const nightly = { nightly: { at: '04:00', timeZone: 'Europe/Berlin' } };
    const consumers = [{ consumer: 'board', owner: 'Controlling', budget: nightly }];
    const name = 'nightly_sales';
    await shop.build(salesByRegion, { name, consumers });
    const found = await getReadModel(shop.server, name, systemClock);
    expect(found).toMatchObject({ budget: nightly, consumers, drift: [], freshness: { state: 'fresh' } });
    const [row] = await shop.sql<{ minutes: number; comment: string }>(
      `select budget_minutes as minutes, obj_description('reporting.nightly_sales'::regclass, 'pg_class') as comment
      from daybreak.consumer where read_model = 'nightly_sales'`,
    );
    expect(row?.minutes).toBe(1440);
    expect(row?.comment).toContain('Wanted anew every night at 04:00 Europe/Berlin.');
  });

  test('a registry from before nights were known is read as it is, and brought on by the next plan', async () => {
    await shop.sql(
      'alter table daybreak.consumer drop column nightly; delete from daybreak.migration where migration = 30',
    );
    const found = await getReadModel(shop.server, 'nightly_sales', systemClock);
    expect(found.budget).toEqual({ minutes: 1440 });
    const nightly = { nightly: { at: '02:30', timeZone: 'America/New_York' } };
    const consumers = [{ consumer: 'board', owner: 'Controlling', budget: nightly }];
    await shop.build(`${salesByRegion} having count(*) > 0`, { name: 'nightly_sales', consumers });
    expect((await getReadModel(shop.server, 'nightly_sales', systemClock)).budget).toEqual(nightly);
  });
});
