import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ScheduleRunner } from '../../../electron/core/schedule/schedule-runner.ts';
import type { Run } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion, silent, systemClock } from '../read-model/fixture.ts';
import { changesOf } from './runner-shop.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  const models = 500;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 20 });
    await shop.build(salesByRegion, {
      consumers: [{ consumer: 'report', owner: 'Controlling', budget: { minutes: 60 } }],
    });
    // As many beside it, which nothing but the registry knows.
    await shop.sql(`
      insert into daybreak.read_model (name, schema_name, question, owner)
        select 'm' || n, 'reporting', 'q', 'o' from generate_series(2, ${models}) n;
      insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
        select 'm' || n, 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p' from generate_series(2, ${models}) n;
      insert into daybreak.copy (copy_id, read_model, version, slot)
        select 'm' || n || '_v1_a', 'm' || n, 1, 'a' from generate_series(2, ${models}) n;
      insert into daybreak.consumer (read_model, consumer, owner, budget_minutes)
        select 'm' || n, 'c', 'o', 60 from generate_series(2, ${models}) n;
      update daybreak.copy set data_as_of = clock_timestamp() - interval '3 hours'`);
    await changesOf(shop).saveSettings({ atOnce: 2, effort: { workers: 0 }, guard: false, keepRunsDays: 90 });
  });
  afterAll(() => shop?.close());

  const count = async (what: string): Promise<number> =>
    (await shop.sql<{ n: number }>(`select count(*)::int as n from ${what}`))[0]?.n ?? 0;
  const lines = 'daybreak.schedule where held is not null';

  test('after a downtime refreshes start before anybody writes down why all the others wait', async () => {
    const over = Promise.withResolvers<Run>();
    const linesAtStart: Promise<number>[] = [];
    const server = await shop.openAs(shop.daybreak);
    const runner = new ScheduleRunner({
      identity: {
        runner: 'anna #1',
        name: 'anna',
        profile: '/anna',
        door: 'agent',
        host: 'here',
        pid: process.pid,
        version: '0',
      },
      server: async () => server,
      refresh: async () => {
        linesAtStart.push(count(lines));
        return over.promise;
      },
      load: () => null,
      clock: systemClock,
      logger: silent,
      onChange: () => undefined,
    });
    runner.start();
    await vi.waitFor(() => expect(linesAtStart.length).toBe(2), { timeout: 60_000, interval: 5 });
    await vi.waitFor(async () => expect(await count(lines)).toBe(models - 2), { timeout: 60_000, interval: 20 });
    expect(await Promise.all(linesAtStart)).toEqual([0, 0]);
    expect(await count(`daybreak.run where state = 'queued' and epoch is null`)).toBe(models - 2);
    over.reject(new Error('the test is over'));
    await runner.stop(0);
  });
});
