import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunningEngine } from '../../../electron/core/create-engine.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, hurriedClock, openShop, salesByRegion } from '../read-model/fixture.ts';
import { startEngine } from '../read-model/shop-engine.ts';
import { changesOf, makeOld, runnerOf } from './runner-shop.ts';

const soon = { timeout: 20_000, interval: 50 };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  let profileDir: string;
  /** The window from which somebody cancels; it refreshes nothing itself. */
  let window: RunningEngine;
  let serverId: string;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 200 });
    const consumers = [{ consumer: 'a report', owner: 'Controlling', budget: { minutes: 60 } }];
    await shop.build(salesByRegion, { consumers });
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-cancel-'));
    window = await startEngine(profileDir);
    ({ serverId } = await window.servers.save({ settings: shop.server.settings, password: shop.password }));
  });
  afterEach(() => shop.sql('delete from daybreak.run; delete from daybreak.schedule'));
  afterAll(async () => {
    await window?.stop();
    await rm(profileDir, { recursive: true, force: true });
    await shop?.close();
  });

  const blockInvoices = async () => {
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    return () => blocker.query('commit');
  };
  const refreshWaits = () =>
    vi.waitFor(async () => {
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name like 'daybreak refresh %'`;
      expect(await shop.sql(waits)).toHaveLength(1);
    }, soon);
  const runs = () => window.schedules.runs(serverId, { limit: 10 });
  const cancelled = {
    state: 'cancelled',
    cancelAsked: { by: 'anna (test)', atMs: expect.any(Number) },
    error: 'The refresh of sales was cancelled, as anna (test) asked. Its old rows are still served.',
  };

  test('a window ends what another engine refreshes, and the run says who asked', async () => {
    const release = await blockInvoices();
    const ended = failureOf(shop.refresh('sales', undefined, { clock: hurriedClock, runner: 'agent on erp' }));
    await refreshWaits();
    const view = await window.schedules.cancelRun(serverId, 'sales');
    // Who asks again does not become the one who asked.
    if (view.running !== null) {
      expect(view.running.cancelAsked).toMatchObject({ by: 'anna (test)' });
      await changesOf(shop, 'berta (window)').askToCancel('sales', view.running.runId);
    }
    expect(await ended).toMatchObject({ code: 'cancelled' });
    expect(await runs()).toMatchObject([{ runner: 'agent on erp', why: { code: 'by_hand' }, ...cancelled }]);
    await release();
    expect(await failureOf(window.schedules.cancelRun(serverId, 'sales'))).toMatchObject({ code: 'not_found' });
    expect((await shop.refresh('sales')).state).toBe('done');
  });

  test('a run that a schedule began waits for its next turn, and that is no failure', async () => {
    await makeOld(shop, 120);
    const release = await blockInvoices();
    const { runner } = runnerOf(shop, 'agent', await shop.openAs(shop.daybreak), {}, hurriedClock);
    runner.start();
    await refreshWaits();
    const { running } = await window.schedules.get(serverId, 'sales');
    const stale = await failureOf(window.schedules.cancelRun(serverId, 'sales', 'another run'));
    expect(stale).toMatchObject({ code: 'not_found', message: expect.stringContaining('has ended') });
    const asked = await window.schedules.cancelRun(serverId, 'sales', running?.runId);
    if (asked.running !== null) expect(asked.running).toMatchObject({ cancelAsked: { by: 'anna (test)' } });
    // Its next turn is waited for with a line of its own, as soon as the runner has looked again.
    await vi.waitFor(async () => {
      expect((await runs()).filter(({ state }) => state !== 'queued')).toMatchObject([cancelled]);
    }, soon);
    await vi.waitFor(async () => {
      const view = await window.schedules.get(serverId, 'sales');
      expect(view).toMatchObject({ running: null, failures: 0, lease: { holder: null } });
      expect(view.retryAtMs).toBeGreaterThan(Date.now() + 50 * 60_000);
    }, soon);
    await runner.stop(0);
    await release();
  });

  test('the command line asks as a window does, and says who it is that runs', async () => {
    await shop.sql(`update daybreak.lease set epoch = epoch + 1, run_id = 'far', kind = 'refresh', runner = 'agent on erp',
      acquired_at = clock_timestamp(), deadline_at = clock_timestamp() + interval '1 hour'`);
    await shop.sql(`update daybreak.heartbeat set run_id = 'far', heartbeat_at = clock_timestamp()`);
    await shop.sql(`insert into daybreak.run (run_id, read_model, version, state, runner, why)
      values ('far', 'sales', 1, 'running', 'agent on erp', '{"code":"due","text":"its budget ends"}')`);
    const { host, port, user, database } = shop.server.settings;
    const args = ['schedule', 'cancel', 'sales', '--url', `postgres://${user}@${host}:${port}/${database}`];
    const env = { PGPASSWORD: shop.password, DAYBREAK_PROFILE: join(profileDir, 'command line') };
    const asked = await daybreakHere(args, { env });
    expect(asked.stdout).toMatch(/refreshing for .* \(agent on erp\); .* \(command line\) asked to cancel it/);
    expect(await runs()).toMatchObject([
      { state: 'running', cancelAsked: { by: expect.stringMatching(/command line/) } },
    ]);
    await shop.sql(`update daybreak.lease set run_id = null, runner = null`);
    expect(await daybreakHere(args, { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing to cancel'),
    });
  });

  test('what a runner left that is gone ends at once, and no other runner begins it anew', async () => {
    await makeOld(shop, 120);
    await shop.sql(`insert into daybreak.schedule (read_model, schedule) values ('sales', '{"kind":"budget"}')`);
    await shop.sql(`update daybreak.lease set epoch = epoch + 1, run_id = 'dead', kind = 'refresh', runner = 'ghost #1',
      acquired_at = clock_timestamp() - interval '5 min', deadline_at = clock_timestamp() + interval '1 hour'`);
    await shop.sql(`update daybreak.heartbeat set run_id = 'dead', heartbeat_at = clock_timestamp() - interval '40 s'`);
    await shop.sql(`insert into daybreak.run (run_id, read_model, version, state, runner, why)
      values ('dead', 'sales', 1, 'running', 'ghost #1', '{"code":"due","text":"its budget ends"}')`);
    const view = await window.schedules.cancelRun(serverId, 'sales');
    expect(view).toMatchObject({ running: null, failures: 0 });
    expect(view.retryAtMs).toBeGreaterThan(Date.now() + 50 * 60_000);
    const [ended] = await runs();
    expect(ended).toMatchObject({ state: 'abandoned', why: { code: 'due' }, cancelAsked: { by: 'anna (test)' } });
    expect(ended?.error).toMatch(/^anna \(test\) asked to cancel it; ghost #1 last reported 40/);
    const { runner } = runnerOf(shop, 'agent', await shop.openAs(shop.daybreak));
    runner.start();
    await vi.waitFor(() => expect(runner.status().ticks).toBeGreaterThan(4), soon);
    await runner.stop(0);
    expect((await runs()).filter(({ state }) => state === 'done')).toEqual([]);
  });
});
