import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRouter } from '../../electron/core/api/router.ts';
import { createEngine, type RunningEngine } from '../../electron/core/create-engine.ts';
import { agentHealth } from '../../electron/hosts/cli/agent-health.ts';
import { nodePorts } from '../../electron/hosts/node-ports.ts';
import { cuttableProxy, type CuttableProxy } from '../support/cuttable-proxy.ts';
import { passingClock } from '../support/passing-clock.ts';
import { silent } from '../postgres/read-model/fixture.ts';
import { openOutageShop, type OutageShop } from './outage-shop.ts';

const soon = { timeout: 30_000, interval: 50 };
const minuteMs = 60_000;
/** One after the other; 'by_hand' is nobody's turn. */
const scheduled = ['by_category', 'by_region', 'follows_category', 'on_by_region'];

interface RunRow {
  readonly model: string;
  readonly state: string;
  readonly sqlstate: string | null;
  readonly why: string | null;
}

describe('an agent whose server goes away', () => {
  const clock = passingClock();
  const messages: string[] = [];
  let shop: OutageShop;
  let proxy: CuttableProxy;
  let profileDir: string;
  let engine: RunningEngine;
  let serverId: string;

  beforeAll(async () => {
    shop = await openOutageShop();
    proxy = await cuttableProxy(shop.settings);
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-outage-profile-'));
    const ports = nodePorts({
      paths: { profileDir, resourcesDir: 'resources' },
      logger: silent,
      door: 'agent',
      notifier: { visible: true, notify: (title) => void messages.push(title) },
    });
    engine = await createEngine({ ...ports, clock }, { background: true, graceMs: 0 });
    const settings = { ...shop.settings, port: proxy.port };
    ({ serverId } = await engine.servers.save({ settings, password: shop.password }));
    await engine.servers.connect(serverId, null);
    await engine.schedules.setRunner(serverId, true);
  });
  afterAll(async () => {
    await engine?.stop();
    await proxy?.close();
    await shop?.close();
    await rm(profileDir, { recursive: true, force: true });
  });

  const stateOf = async () => (await engine.servers.list()).find((each) => each.serverId === serverId);
  /** Attempts of models, the first first; held-back turns are none. */
  const runs = () =>
    shop.sql<RunRow>(
      `select read_model as model, state, sqlstate, why ->> 'code' as why from daybreak.run
      where mode is not null and epoch is not null order by started_at`,
    );
  const doneRuns = async () => (await runs()).filter(({ state }) => state === 'done').map(({ model }) => model);
  const forgetRuns = () => shop.sql('delete from daybreak.run');
  const waitingRefreshes = () =>
    shop.sql(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name like 'daybreak refresh %'`,
    );
  const nothingIsStuck = async () => {
    const [stuck] = await shop.sql(
      `select (select count(*)::int from daybreak.lease where run_id is not null) as leases,
        (select count(*)::int from daybreak.run where ended_at is null) as runs,
        (select sum(failures)::int from daybreak.schedule) as failures`,
    );
    expect(stuck).toEqual({ leases: 0, runs: 0, failures: 0 });
  };
  const asOf = () => shop.sql('select as_of, count(*)::int as rows from reporting.by_region group by as_of');

  test('that is stopped in the middle of a refresh and started again: the run has failed by name, the old rows answer, and one retry catches up', async () => {
    const release = await shop.block();
    await shop.age('35 minutes');
    await forgetRuns();
    const before = await asOf();
    await vi.waitFor(async () => expect(await waitingRefreshes()).toHaveLength(2), soon);

    await shop.stopServer('immediate');
    await release();
    await shop.startServer();
    const releaseAgain = await shop.block();
    expect(await asOf()).toEqual(before);
    await clock.pass(10_000);
    await vi.waitFor(async () => {
      const failed = (await runs()).filter(({ state }) => state === 'failed');
      expect(failed.map(({ model }) => model).toSorted()).toEqual(['by_category', 'by_region']);
      for (const { sqlstate } of failed) expect(sqlstate ?? '57P01').toMatch(/^(57P0|08)/);
    }, soon);
    const retries = await shop.sql(
      `select failures, stopped_at, last_error like '%old rows are still served%' as told
      from daybreak.schedule where failures > 0`,
    );
    expect(retries).toEqual(Array(2).fill({ failures: 1, stopped_at: null, told: true }));

    // The pause before the retry, and the lease of nobody.
    await shop.age('10 seconds');
    await vi.waitFor(async () => expect(await waitingRefreshes()).toHaveLength(2), soon);
    await releaseAgain();
    await vi.waitFor(async () => expect((await doneRuns()).toSorted()).toEqual(scheduled), soon);
    await vi.waitFor(nothingIsStuck, soon);
    const again = (await runs()).filter(({ state }) => state === 'done');
    expect(again.filter(({ why }) => why === 'retry').map(({ model }) => model)).toHaveLength(2);
    expect(await asOf()).not.toEqual(before);
  });

  test('for an hour: it says so, tries with patience, tells it once, and catches up once for each model, in order', async () => {
    // The watchdog looks each minute: it knows the budgets before the server goes.
    await clock.pass(61_000);
    await vi.waitFor(async () => {
      const { watchedAtMs } = await engine.alerts.desk.list(serverId);
      expect(watchedAtMs).toBeGreaterThan(clock.nowMs() - 2 * minuteMs);
    }, soon);
    await forgetRuns();
    messages.splice(0);

    await shop.stopServer('fast');
    const { accepted } = proxy;
    await clock.pass(60 * minuteMs);

    const attempts = proxy.accepted - accepted;
    expect(attempts).toBeGreaterThan(40);
    expect(attempts).toBeLessThanOrEqual(130);
    expect(await stateOf()).toMatchObject({ state: 'lost', nextAttemptAtMs: expect.any(Number) });
    expect(engine.schedules.runnerStatus(serverId)).toMatchObject({
      running: 0,
      problem: expect.stringContaining('erp'),
    });
    const client = createRouterClient(createRouter(engine), { context: {} });
    const health = await agentHealth(client, serverId, { refresh: true, hadRegistry: true, nowMs: clock.nowMs() });
    expect(health).toMatchObject({ state: 'degraded', server: { state: 'lost' }, schedule: null });
    expect(health.problems).toContain('Nothing is sampled.');
    const [episode, ...others] = (await engine.alerts.desk.list(serverId)).open.filter(
      ({ keptIn }) => keptIn === 'profile',
    );
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'server_unreachable', severity: 'critical' });
    expect(episode?.text).toMatch(
      /as last seen \S+, (on_)?by_region is over its budget from \S+ on, (on_)?by_region from/,
    );
    expect(messages).toEqual(['erp: erp cannot be reached']);

    await proxy.cut(); // until the hour has gone by on the server's clock, too
    await shop.startServer();
    await shop.age('1 hour');
    await proxy.mend();
    await clock.pass(31_000);
    await vi.waitFor(async () => expect((await doneRuns()).toSorted()).toEqual(scheduled), soon);
    await clock.pass(61_000);
    await vi.waitFor(() => expect(messages).toContain('erp: over: erp cannot be reached'), soon);

    const order = await doneRuns();
    expect(order.toSorted()).toEqual(scheduled);
    expect(order.indexOf('by_region')).toBeLessThan(order.indexOf('on_by_region'));
    expect(order.indexOf('by_category')).toBeLessThan(order.indexOf('follows_category'));
    const why = new Map((await runs()).map((run) => [run.model, run.why]));
    expect([why.get('by_region'), why.get('by_category')]).toEqual(['catch_up', 'catch_up']);
    expect((await runs()).every(({ state }) => state === 'done')).toBe(true);
    await nothingIsStuck();
    expect(await stateOf()).toMatchObject({ state: 'connected' });

    await vi.waitFor(async () => {
      const { open, recent } = await engine.alerts.desk.list(serverId);
      expect(open).toEqual([]);
      expect(recent.map(({ kind }) => kind)).not.toContain('agent_missing');
      expect(recent.flatMap(({ deliveries }) => deliveries).every(({ state }) => state === 'sent')).toBe(true);
      // What was over before it could be told is told once.
      for (const { deliveries } of recent)
        expect([['opened', 'recovered'], ['opened'], []]).toContainEqual(deliveries.map(({ event }) => event));
    }, soon);
    expect(messages.filter((title) => title.includes('cannot be reached'))).toHaveLength(2);
  });
});
