import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion } from '../read-model/fixture.ts';
import { changesOf, makeOld, runnerOf, runsOf, tablesOf, type TestRunner } from './runner-shop.ts';

const soon = { timeout: 20_000, interval: 50 };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let runners: TestRunner[] = [];
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 20 });
    await shop.build(salesByRegion, {
      consumers: [{ consumer: 'report', owner: 'Controlling', budget: { minutes: 60 } }],
    });
    await shop.sql(`grant pg_read_all_stats to ${shop.boss}; grant usage on schema daybreak, reporting to ${shop.boss};
      grant select, insert, update, delete on all tables in schema daybreak to ${shop.boss};
      grant all on erp.invoice to ${shop.daybreak}`);
  });
  afterEach(async () => {
    for (const { runner } of runners) await runner.stop(0);
    runners = [];
    await shop.sql('delete from daybreak.run; delete from daybreak.schedule; delete from daybreak.runner');
  });
  afterAll(() => shop?.close());

  const start = (name: string, server: Server, of = shop): TestRunner => {
    const made = runnerOf(of, name, server);
    runners.push(made);
    made.runner.start();
    return made;
  };
  const states = async () => (await runsOf(shop)).map(({ state, code }) => `${state} ${code}`);
  const schedule = async () => (await tablesOf(shop).state()).models[0];

  test('a runner without the rights hands back what it claimed, says so, and leaves it to one that has them', async () => {
    await makeOld(shop, 120);
    const reader = start('reader', await shop.openAs(shop.boss));
    await vi.waitFor(async () => expect(await states()).toEqual(['skipped catch_up']), soon);
    const from = reader.runner.status().ticks;
    await vi.waitFor(() => expect(reader.runner.status().ticks).toBeGreaterThan(from + 4), soon);
    // Once, and not again at every tick.
    expect(await states()).toEqual(['skipped catch_up']);
    expect(await schedule()).toMatchObject({ failures: 0, stopped: null, gaveUp: false, lease: { holder: null } });
    const [seen] = (await tablesOf(shop).state()).runners;
    expect(seen?.cannot).toMatchObject([
      { readModel: 'sales', text: expect.stringContaining('may not refresh sales') },
    ]);
    start('owner', await shop.openAs(shop.daybreak));
    await vi.waitFor(async () => expect((await states())[1]).toMatch(/^done/), soon);
  });

  test('a runner whose own disk is full leaves all to others, and what a person asked for stays asked for', async () => {
    await changesOf(shop).ask('sales');
    const full = async () => {
      throw new Failure({ code: 'storage_failed', message: 'The store is full: database or disk is full.' });
    };
    const journal = Object.assign(Object.create(shop.journal), { saveRun: full });
    const broken = start('laptop', await shop.openAs(shop.daybreak), { ...shop, journal });
    await vi.waitFor(async () => {
      const [seen] = (await tablesOf(shop).state()).runners;
      expect(seen?.cannot).toMatchObject([{ readModel: null, text: expect.stringContaining('disk is full') }]);
    }, soon);
    await vi.waitFor(async () => {
      expect(await schedule()).toMatchObject({ failures: 0, stopped: null, askedAtMs: expect.any(Number) });
    }, soon);
    expect(await states()).toEqual(['failed by_hand']);
    await broken.runner.stop(0);
    start('agent', await shop.openAs(shop.daybreak));
    await vi.waitFor(async () => expect((await states())[1]).toBe('done by_hand'), soon);
  });

  const claimed = async () => {
    const tables = tablesOf(shop);
    const { nowMs } = await tables.state();
    const claim = {
      expectedEpoch: (await schedule())?.lease.epoch ?? 0,
      epoch: 0,
      deadlineMs: nowMs + 60_000,
      takenFrom: null,
    };
    const reason = { code: 'due', text: '' } as const;
    const how = { dueMs: null, endByMs: nowMs + 60_000, effort: { workers: 0 }, reason, asked: true, atOnce: 9 };
    const lease = await tables.claim({
      readModel: 'sales',
      runId: crypto.randomUUID(),
      runner: 'anna #1',
      claim,
      ...how,
    });
    if (lease === null) throw new Error('not claimed');
    return lease;
  };
  const stop = { atMs: 1_000, sqlstate: '42703', error: 'No column x.', runId: null };
  const failed = {
    failures: 1,
    recentFailures: ['42703'],
    lastFailedMs: 1_000,
    lastError: 'No column x.',
    gaveUp: true,
    retryAtMs: 9e12,
    stopped: stop,
    askedAtMs: null,
    text: null,
  };
  const endWith = async (lease: Awaited<ReturnType<typeof claimed>>, from: { failures: number; stopped: boolean }) => {
    const closeAs = { state: 'failed', error: 'No column x.', sqlstate: '42703' } as const;
    expect(await tablesOf(shop).endClaimed(lease, { ...failed, from, failures: from.failures + 1 }, closeAs)).toBe(
      true,
    );
    return schedule();
  };

  test('a schedule that is set while a refresh runs is not held back by how the old one’s run ended', async () => {
    await changesOf(shop).ask('sales');
    const lease = await claimed();
    await changesOf(shop).set('sales', { kind: 'hand' });
    expect(await endWith(lease, { failures: 0, stopped: false })).toMatchObject({
      failures: 1,
      lastError: 'No column x.',
      stopped: null,
      retryAtMs: null,
      gaveUp: false,
    });
  });

  test('who resumes it while a refresh runs has resumed it; where nobody did, it is stopped', async () => {
    await changesOf(shop).ask('sales');
    await shop.sql(
      `update daybreak.schedule set failures = 2, stopped_at = clock_timestamp(), stopped_error = 'Before.'`,
    );
    const lease = await claimed();
    await changesOf(shop).resume('sales');
    const resumed = await endWith(lease, { failures: 2, stopped: true });
    expect(resumed).toMatchObject({ failures: 1, stopped: null, retryAtMs: null });
    await changesOf(shop).ask('sales');
    const again = await endWith(await claimed(), { failures: 1, stopped: false });
    expect(again).toMatchObject({
      failures: 2,
      stopped: { error: 'No column x.' },
      recentFailures: ['42703', '42703'],
    });
  });
});
