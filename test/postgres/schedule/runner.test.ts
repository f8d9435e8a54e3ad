import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion } from '../read-model/fixture.ts';
import { changesOf, makeOld, runnerOf, runsOf, tablesOf, type TestRunner } from './runner-shop.ts';

const soon = { timeout: 20_000, interval: 50 };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let runners: TestRunner[] = [];
  const names = ['sales', 'one', 'two', 'three'];
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 200 });
    for (const name of names) {
      await shop.build(salesByRegion, {
        name,
        consumers: [{ consumer: `report ${name}`, owner: 'Controlling', budget: { minutes: 60 } }],
      });
    }
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
  });
  afterEach(async () => {
    for (const { runner } of runners) await runner.stop(0);
    runners = [];
    await shop.sql(
      'delete from daybreak.run; delete from daybreak.calendar; delete from daybreak.schedule; delete from daybreak.guard_decision',
    );
  });
  afterAll(() => shop?.close());

  const start = async (name: string): Promise<TestRunner> => {
    // Over a connection of its own, as another process has it.
    const made = runnerOf(shop, name, await shop.openAs(shop.daybreak));
    runners.push(made);
    made.runner.start();
    return made;
  };
  const ticked = ({ runner }: TestRunner, times = 2) => {
    const from = runner.status().ticks;
    return vi.waitFor(() => expect(runner.status().ticks).toBeGreaterThan(from + times), soon);
  };
  const blockInvoices = async () => {
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    return () => blocker.query('commit');
  };
  const refreshWaits = () =>
    vi.waitFor(async () => {
      const query = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike 'refresh%'`;
      expect(await shop.sql(query)).not.toEqual([]);
    }, soon);
  const states = async () => (await runsOf(shop)).map(({ readModel, state, code }) => `${readModel} ${state} ${code}`);

  test('three runners refresh what is due once each, at most two at a time, and then rest', async () => {
    await makeOld(shop, 120);
    for (const name of ['anna', 'berta', 'cleo']) await start(name);
    await vi.waitFor(async () => {
      expect((await runsOf(shop)).filter(({ state }) => state === 'done')).toHaveLength(names.length);
    }, soon);
    for (const runner of runners) await ticked(runner, 5);
    // Those that waited for a place have a line that says so.
    const begun = (await runsOf(shop)).filter(({ state }) => state !== 'queued');
    expect(begun.map(({ readModel, state }) => `${readModel} ${state}`).toSorted()).toEqual(
      names.map((name) => `${name} done`).toSorted(),
    );
    const overlapping = await shop.sql(
      `select max(n)::int as n from (select count(*) as n from daybreak.run a join daybreak.run b
        on b.started_at <= a.started_at and b.ended_at > a.started_at and b.state = 'done'
        where a.state = 'done' group by a.run_id) o`,
    );
    expect(overlapping).toEqual([{ n: expect.toSatisfy((n: number) => n <= 2) }]);
    const { models, runners: seen } = await tablesOf(shop).state();
    for (const model of models) {
      expect(model).toMatchObject({ running: null, failures: 0, lease: { holder: null } });
      expect(model.nextDueMs).toBeGreaterThan(Date.now() + 30 * 60_000);
      expect(model.durationsMs).toHaveLength(1);
    }
    expect(seen.map(({ name }) => name).toSorted()).toEqual(['anna', 'berta', 'cleo']);
  });

  test('somebody asks, and a runner does it although nothing is due', async () => {
    const runner = await start('anna');
    await ticked(runner);
    await changesOf(shop).ask('two');
    await vi.waitFor(async () => expect(await states()).toEqual(['two done by_hand']), soon);
  });

  test('a paused model waits, and is refreshed once when it is resumed', async () => {
    await makeOld(shop, 120);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'one'`);
    await changesOf(shop).pause('one', 'an upgrade');
    const runner = await start('anna');
    await ticked(runner, 4);
    expect(await states()).toEqual([]);
    await changesOf(shop).resume('one');
    await vi.waitFor(async () => expect(await states()).toEqual(['one done catch_up']), soon);
  });

  test('an error that does not pass stops the schedule of that model alone', async () => {
    await makeOld(shop, 120);
    await shop.sql(`revoke all on erp.invoice from ${shop.daybreak}`);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'one'`);
    const runner = await start('anna');
    await vi.waitFor(async () => expect(await states()).toEqual(['one failed catch_up']), soon);
    await ticked(runner, 4);
    const stopped = (await tablesOf(shop).state()).models.filter((model) => model.stopped !== null);
    expect(stopped).toMatchObject([{ readModel: 'one', stopped: { sqlstate: '42501' }, failures: 1 }]);
    expect(await states()).toHaveLength(1);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await changesOf(shop).resume('one');
    await vi.waitFor(async () => expect((await states())[1]).toMatch(/^one done/), soon);
  });

  test('a window that opens cancels what runs, and lets nothing begin until it ends', async () => {
    await makeOld(shop, 120);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'three'`);
    const release = await blockInvoices();
    const runner = await start('anna');
    await refreshWaits();
    await changesOf(shop).saveCalendar({
      name: 'stock taking',
      timeZone: 'Europe/Berlin',
      rules: [{ kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
      weekend: [6, 7],
      holidays: [],
      noRefresh: true,
      noSwap: false,
      readModels: null,
    });
    await vi.waitFor(async () => expect((await states())[0]).toBe('three cancelled catch_up'), soon);
    await release();
    await vi.waitFor(async () => expect((await states())[1]).toBe('three skipped window'), soon);
    await ticked(runner, 4);
    expect(await states()).toHaveLength(2);
    await shop.sql(`update daybreak.schedule set retry_at = clock_timestamp() where read_model = 'three'`);
    await changesOf(shop).removeCalendar('stock taking');
    await vi.waitFor(async () => expect((await states())[2]).toBe('three done after_window'), soon);
  });

  test('a runner that stops hands back what runs, and another one has it at once', async () => {
    await makeOld(shop, 120);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'two'`);
    const release = await blockInvoices();
    const first = await start('anna');
    await refreshWaits();
    await first.runner.stop(0);
    expect(await states()).toEqual(['two cancelled catch_up']);
    const { models, runners: seen } = await tablesOf(shop).state();
    expect(models.find(({ readModel }) => readModel === 'two')).toMatchObject({ running: null, failures: 0 });
    expect(seen.find(({ name }) => name === 'anna')?.stoppedAtMs).not.toBe(null);
    await release();
    await start('berta');
    await vi.waitFor(async () => expect((await states())[1]).toMatch(/^two done/), soon);
  });

  test('what a person asked of a paused model is done by another runner, too, when its own is stopped', async () => {
    await changesOf(shop).pause('two', 'an upgrade');
    await changesOf(shop).ask('two');
    const release = await blockInvoices();
    const first = await start('anna');
    await refreshWaits();
    await first.runner.stop(0);
    await release();
    await start('berta');
    await vi.waitFor(async () => expect(await states()).toEqual(['two cancelled by_hand', 'two done by_hand']), soon);
  });

  test('what a runner left that is gone is taken over, written down as abandoned, and refreshed', async () => {
    await makeOld(shop, 120);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'two'`);
    const first = await start('anna');
    await ticked(first);
    await first.runner.stop(0);
    await makeOld(shop, 120);
    await shop.sql(
      `delete from daybreak.run; update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'two'`,
    );
    await shop.sql(`update daybreak.lease set epoch = epoch + 1, run_id = 'dead', kind = 'refresh', runner = 'ghost #1',
      acquired_at = clock_timestamp() - interval '40 s',
      deadline_at = clock_timestamp() + interval '1 hour', end_by = clock_timestamp() + interval '1 hour'
      where read_model = 'two'`);
    await shop.sql(`insert into daybreak.heartbeat values ('two', 'dead', clock_timestamp() - interval '29 s', null)
      on conflict (read_model) do update set run_id = excluded.run_id, heartbeat_at = excluded.heartbeat_at`);
    await shop.sql(`insert into daybreak.run (run_id, read_model, version, state, runner)
      values ('dead', 'two', 1, 'running', 'ghost #1')`);
    const second = await start('berta');
    await vi.waitFor(async () => expect(await states()).toEqual(['two abandoned null', 'two done taken_over']), soon);
    expect(second.runner.status().takenOver).toBe(1);
  });

  test('the guard looks closely while a refresh runs, and slows it down when people wait', async () => {
    await makeOld(shop, 57);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'two'`);
    const calm = { oltpMs: 20, usualMs: 20, activeSessions: 1, cores: 16, replicaLagMs: null, lockQueue: 0 };
    const seen = (change: Partial<typeof calm> = {}) => ({ ...calm, ...change, atMs: Date.now() });
    const runner = runnerOf(shop, 'anna', await shop.openAs(shop.daybreak));
    runners.push(runner);
    runner.load = seen();
    const release = await blockInvoices();
    runner.runner.start();
    await refreshWaits();
    await vi.waitFor(() => expect(runner.closerLooks).toBeGreaterThan(0), soon);
    runner.load = seen({ oltpMs: 26 });
    await vi.waitFor(async () => {
      const [decision] = await tablesOf(shop).guardDecisions({ limit: 10 });
      expect(decision).toMatchObject({ readModel: 'two', decision: 'slow_down', reason: { code: 'load_latency' } });
      expect(decision?.runId).not.toBe(null);
    }, soon);
    await release();
    await vi.waitFor(async () => expect(await states()).toEqual(['two done due']), soon);
    const looks = runner.closerLooks;
    await ticked(runner);
    expect(runner.closerLooks - looks).toBeLessThan(2);
  });

  test('the guard postpones while people wait, says why, and lets go when the budget ends', async () => {
    await makeOld(shop, 57);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'sales'`);
    const busy = { oltpMs: 90, usualMs: 20, activeSessions: 1, cores: 4, replicaLagMs: null, lockQueue: 0 };
    const runner = runnerOf(shop, 'anna', await shop.openAs(shop.daybreak));
    runners.push(runner);
    runner.load = { ...busy, atMs: Date.now() };
    runner.runner.start();
    await vi.waitFor(async () => expect(await states()).toEqual(['sales postponed load_latency']), soon);
    await vi.waitFor(async () => {
      const decisions = await tablesOf(shop).guardDecisions({ limit: 10 });
      expect(decisions).toMatchObject([{ readModel: 'sales', decision: 'postpone', reason: { code: 'load_latency' } }]);
    }, soon);
    await makeOld(shop, 70);
    await shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() where read_model <> 'sales'`);
    await vi.waitFor(async () => expect((await states()).at(-1)).toBe('sales done budget_ends'), soon);
  });
});
