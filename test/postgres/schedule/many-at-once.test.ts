import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildersAtMost } from '../../../electron/core/postgres/backends.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from '../read-model/fixture.ts';
import { changesOf, makeOld, runnerOf, runsOf } from './runner-shop.ts';

const soon = { timeout: 20_000, interval: 50 };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  const scheduled = Array.from({ length: 8 }, (_, index) => `model_${index}`);
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 20 });
    for (const name of [...scheduled, 'by_hand']) {
      await shop.build(salesByRegion, {
        name,
        consumers:
          name === 'by_hand' ? [] : [{ consumer: `report ${name}`, owner: 'Controlling', budget: { minutes: 60 } }],
      });
    }
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await changesOf(shop).saveSettings({ atOnce: 9, effort: { workers: 0 }, guard: false, keepRunsDays: 90 });
  });
  afterAll(() => shop?.close());

  const count = async (query: string): Promise<number> =>
    (await shop.sql<{ n: number }>(`select count(*)::int as n ${query}`))[0]?.n ?? 0;

  test('refreshes that take long keep nothing from getting through: heartbeats, ticks, screens and the stop', async () => {
    await makeOld(shop, 120);
    const server = await shop.openAs(shop.daybreak);
    const { runner } = runnerOf(shop, 'anna', server);
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    runner.start();
    const byHand = shop.refresh('by_hand', undefined, { server });
    const waiting = `from pg_stat_activity where wait_event_type = 'Lock' and query ilike 'refresh%' and datname = current_database()`;
    await vi.waitFor(async () => expect(await count(waiting)).toBe(9), soon);
    // Slow screens beside them take every backend that screens may have.
    const screens = Array.from({ length: 8 }, () => server.withReadonly((sql) => sql.query('select pg_sleep(6)')));
    const began = runner.status().ticks;
    const beaten = `from daybreak.lease l join daybreak.heartbeat h using (read_model, run_id)
      where h.heartbeat_at > l.acquired_at + interval '4 s'`;
    await vi.waitFor(async () => expect(await count(beaten)).toBe(9), soon);
    expect(runner.status().ticks).toBeGreaterThan(began + 3);
    await blocker.query('commit');
    await byHand;
    await vi.waitFor(async () => {
      expect((await runsOf(shop)).map(({ state }) => state)).toEqual(Array.from({ length: 9 }, () => 'done'));
    }, soon);
    expect(runner.status().takenOver).toBe(0);
    const stopping = Date.now();
    await runner.stop(5_000);
    expect(Date.now() - stopping).toBeLessThan(3_000);
    await Promise.all(screens);
  });

  test('more refreshes and plans than the server has connections to spare for are refused, and say so', async () => {
    const server = await shop.openAs(shop.daybreak);
    const over = Promise.withResolvers<void>();
    const building = Array.from({ length: buildersAtMost }, (_, index) =>
      server.withRefresh(`run-${index}`, () => over.promise),
    );
    const refused = await failureOf(server.withRefresh('one-more', async () => undefined));
    expect(refused).toMatchObject({ code: 'busy', retryable: true });
    over.resolve();
    await Promise.all(building);
    await server.withRefresh('afterwards', async (sql) => sql.query('select 1'));
  });
});
