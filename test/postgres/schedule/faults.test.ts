import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion } from '../read-model/fixture.ts';
import { makeOld, runnerOf, runsOf, tablesOf, type TestRunner } from './runner-shop.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';

const soon = { timeout: 20_000, interval: 50 };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let runners: TestRunner[] = [];
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 200 });
    const consumers = [{ consumer: 'a report', owner: 'Controlling', budget: { minutes: 60 } }];
    await shop.build(salesByRegion, { consumers });
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
  });
  afterEach(async () => {
    for (const { runner } of runners) await runner.stop(0);
    runners = [];
    await shop.sql('delete from daybreak.run; delete from daybreak.schedule; delete from daybreak.runner');
  });
  afterAll(() => shop?.close());

  /** A runner whose connection is opened anew when it was lost, as an engine does it. */
  const start = async (clock?: Parameters<typeof runnerOf>[3]) => {
    let server: Server | null = null;
    const current = async () => {
      if (server !== null) return server;
      const opened = await shop.openAs(shop.daybreak);
      opened.onLost(() => (server = null));
      return (server = opened);
    };
    const made = runnerOf(shop, 'anna', current, clock);
    runners.push(made);
    made.runner.start();
    return made.runner;
  };
  const states = async () => (await runsOf(shop)).map(({ state, sqlstate }) => `${state} ${sqlstate ?? ''}`.trim());
  const done = () => vi.waitFor(async () => expect((await states()).at(-1)).toBe('done'), soon);

  test('sessions that the server ends in the middle of a refresh fail it, and it is tried again', async () => {
    await makeOld(shop, 120);
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    await start();
    await vi.waitFor(async () => {
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name like 'daybreak refresh %'`;
      expect(await shop.sql(waits)).toHaveLength(1);
    }, soon);
    await shop.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${shop.daybreak}' and application_name like 'daybreak%' and datname = current_database()`,
    );
    await vi.waitFor(async () => {
      const [model] = (await tablesOf(shop).state()).models;
      expect(model).toMatchObject({ failures: 1, running: null });
      expect(model?.retryAtMs).toBeGreaterThan(0);
    }, soon);
    await blocker.query('commit');
    await shop.sql(`update daybreak.schedule set retry_at = clock_timestamp()`);
    await done();
    expect((await states())[0]).toMatch(/^failed/);
    await vi.waitFor(async () => {
      expect((await tablesOf(shop).state()).models).toMatchObject([{ failures: 0, lease: { holder: null } }]);
    }, soon);
  });

  test('a role without a free connection is a labelled state, and passes', async () => {
    await makeOld(shop, 120);
    await shop.sql(`alter role ${shop.daybreak} connection limit 0`);
    const runner = await start();
    await vi.waitFor(() => expect(runner.status().problem).toMatch(/too many connections/), soon);
    expect(await states()).toEqual([]);
    await shop.sql(`alter role ${shop.daybreak} connection limit -1`);
    await done();
    await vi.waitFor(() => expect(runner.status().problem).toBe(null), soon);
  });

  test('a clock of this machine that jumps changes nothing: the server says what time it is', async () => {
    await makeOld(shop, 10);
    const started = performance.now();
    const runner = await start({
      // A day ahead, and a second later a day behind.
      nowMs: () => Date.now() + (performance.now() - started < 1_000 ? 86_400_000 : -86_400_000),
      steadyMs: () => performance.now(),
    });
    await vi.waitFor(() => expect(performance.now() - started > 2_000 && runner.status().ticks > 10).toBe(true), soon);
    expect(await states()).toEqual([]);
    await makeOld(shop, 120);
    await done();
    const [seen] = (await tablesOf(shop).state()).runners;
    expect(Math.abs((seen?.heartbeatAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('a registry that is newer, older or not there is a labelled state, in which nothing is written', async () => {
    await makeOld(shop, 120);
    const written = () =>
      shop.sql(
        `select (select count(*) from daybreak.run) as runs, (select max(data_as_of) from daybreak.copy) as newest`,
      );
    const before = await written();
    await shop.sql(`insert into daybreak.migration (migration, name, breaking) values (9000, 'from the future', true)`);
    const newer = await start();
    await vi.waitFor(() => expect(newer.status().registry?.state).toBe('newer'), soon);
    expect(newer.status().problem).toMatch(/newer Daybreak/);
    await newer.stop(0);
    await shop.sql(`delete from daybreak.migration where migration in (9000, 40)`);
    const older = await start();
    await vi.waitFor(() => expect(older.status().registry?.state).toBe('older'), soon);
    expect(older.status().problem).toMatch(/older Daybreak.*Bring it up to date/);
    await older.stop(0);
    await shop.sql(
      `insert into daybreak.migration (migration, name, breaking) values (40, 'schedules and leases', true)`,
    );
    await shop.sql('alter schema daybreak rename to elsewhere');
    const none = await start();
    await vi.waitFor(() => expect(none.status().registry?.state).toBe('none'), soon);
    await none.stop(0);
    await shop.sql('alter schema elsewhere rename to daybreak');
    expect(await written()).toEqual(before);
    await start();
    await done();
  });
});
