import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from '../read-model/fixture.ts';
import { changesOf, runsOf, tablesOf } from './runner-shop.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 20 });
    await shop.build(salesByRegion);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
  });
  afterAll(() => shop?.close());

  const allDay = {
    name: 'stock taking',
    timeZone: 'UTC',
    rules: [{ kind: 'weekly' as const, weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    weekend: [6, 7],
    holidays: [],
    noRefresh: true,
    noSwap: false,
    readModels: null,
  };

  test('in a no-refresh window a refresh by hand is refused with its name and end, and nothing begins', async () => {
    await changesOf(shop).saveCalendar(allDay);
    const refused = await failureOf(shop.refresh('sales'));
    expect(refused).toMatchObject({ code: 'busy', detail: { calendar: 'stock taking', untilMs: expect.any(Number) } });
    expect(refused.message).toMatch(/^No refresh of sales runs during stock taking, until \d{4}-/);
    expect(await runsOf(shop)).toEqual([]);
    expect((await tablesOf(shop).state()).models).toMatchObject([{ lease: { holder: null } }]);
    await changesOf(shop).removeCalendar('stock taking');
  });

  test('a refresh by hand ends when a window opens, also where no runner looks', async () => {
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    const refreshing = failureOf(shop.refresh('sales'));
    await vi.waitFor(
      async () => {
        const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike 'refresh%' and datname = current_database()`;
        expect(await shop.sql(waiting)).not.toEqual([]);
      },
      { timeout: 20_000, interval: 50 },
    );
    await changesOf(shop).saveCalendar(allDay);
    const ended = await refreshing;
    await blocker.query('rollback');
    expect(ended.code).toBe('cancelled');
    expect(ended.message).toContain('cancelled, because stock taking opened');
    expect(await runsOf(shop)).toMatchObject([{ state: 'cancelled', code: 'by_hand' }]);
    await changesOf(shop).removeCalendar('stock taking');
    await shop.refresh('sales');
  });
});
