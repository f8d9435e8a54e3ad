import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Alerts } from '../../../electron/core/alerts/alerts.ts';
import { owedDeliveries } from '../../../electron/core/alerts/plan-deliveries.ts';
import { createEvents } from '../../../electron/core/events.ts';
import { readSchedulesWhereKept } from '../../../electron/core/read-model/registry/schedule-state.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { lateModel } from '../../electron/core/alerts/some-alerts.ts';
import { openTestHistory } from '../../electron/core/history/store.ts';
import { testServers } from '../../support/postgres.ts';
import { startWebhookServer } from '../../support/webhook-server.ts';
import { openShop, silent, systemClock, type Shop } from '../read-model/fixture.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe.each(testServers())('$label', (testServer) => {
  let shop: Shop & { daybreak: string; boss: string };
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 50 });
    await shop.build('select region, sum(amount)::numeric(18,2) as amount from erp.invoice group by region', {
      name: 'sales',
      keyColumns: ['region'],
      consumers: [{ consumer: 'board', owner: 'CFO', budget: { minutes: 30 } }],
    });
  });
  afterEach(() =>
    shop.sql(
      'truncate daybreak.alert_episode cascade; delete from daybreak.runner; delete from daybreak.migration where migration = 999',
    ),
  );
  afterAll(() => shop.close());

  /** An engine beside the server whose clock can be set, as a person or a virtual machine that wakes up does it. */
  async function engine() {
    const clock = { aheadMs: 0 };
    const history = await openTestHistory();
    const summary: ServerSummary = {
      serverId: 'erp',
      settings: shop.server.settings,
      state: 'connected',
      notice: null,
      facts: shop.server.facts,
      hasPassword: true,
      lastConnectedAtMs: Date.now(),
      nextAttemptAtMs: null,
      capture: null,
    };
    const server = { ...shop.server, serverId: 'erp' };
    const secrets = new Map<string, string>();
    const alerts = new Alerts({
      ports: {
        clock: { ...systemClock, nowMs: () => Date.now() + clock.aheadMs, steadyMs: () => performance.now() },
        secrets: {
          kind: 'memory',
          get: async (key) => secrets.get(key) ?? null,
          set: async (key, secret) => void secrets.set(key, secret),
          remove: async (key) => void secrets.delete(key),
        },
        notifier: { notify: () => undefined },
        paths: { profileDir: '/nowhere', resourcesDir: '/nowhere' },
        logger: silent,
        actor: 'anna (test)',
      },
      history,
      events: createEvents(),
      servers: {
        list: async () => [summary],
        isOpen: () => true,
        stored: async () => ({ ...summary, capture: null }) as never,
        server: async () => server,
        serverOrNull: async () => ({ server, reason: null }),
      },
      readSchedules: readSchedulesWhereKept,
    });
    onTestFinished(() => alerts.stop());
    return { alerts, history, clock };
  }
  const aged = (minutes: number) =>
    shop.sql(`update daybreak.copy set data_as_of = clock_timestamp() - $1 * interval '1 minute'`, [minutes]);
  const agentReported = () =>
    shop.sql(
      `insert into daybreak.runner (runner, name, door, host, pid, version) values ('agent #1', 'agent', 'agent', 'h', 1, '0')`,
    );

  test('a clock that is set by an hour after connecting makes nothing late and no agent missing, and hides nothing', async () => {
    const { alerts, clock } = await engine();
    await agentReported();
    for (const aheadMs of [hourMs, -hourMs]) {
      clock.aheadMs = aheadMs;
      await aged(5);
      expect((await alerts.watchNow('erp')).open).toEqual([]);
      await aged(40);
      const { open } = await alerts.watchNow('erp');
      expect(open.map(({ kind, subject, keptIn }) => `${kind} ${subject} ${keptIn}`)).toEqual(['late sales registry']);
      // Shown on this machine's clock, as it stands now.
      const lateForMs = Date.now() + aheadMs - (open[0]?.openedAtMs ?? NaN);
      expect(Math.abs(lateForMs - 10 * minuteMs)).toBeLessThan(minuteMs);
    }
  });

  test('a registry of a newer Daybreak holds up no message of this profile, and is named where alerts are shown', async () => {
    const { alerts, history } = await engine();
    const receiver = await startWebhookServer();
    onTestFinished(() => receiver.close());
    const target = { kind: 'webhook', url: receiver.url } as const;
    await alerts.saveChannel({ label: 'hooks', enabled: true, target, quiet: null }, 'key');
    const ledger = history.alerts.ledger('erp');
    await ledger.open([lateModel({ kind: 'server_unreachable', openedAtMs: Date.now() - hourMs })]);
    const destinations = await alerts.channels.destinations();
    await ledger.plan(owedDeliveries(await ledger.read(0), destinations, Date.now()));
    await shop.sql(`insert into daybreak.migration (migration, name, breaking) values (999, 'far ahead', true)`);
    alerts.start();
    await expect.poll(() => receiver.calls.length, { timeout: 15_000 }).toBe(1);
    const newer = await alerts.desk.list('erp');
    expect(newer.isUpToDate).toBe(false);
    expect(newer.notes).toEqual([expect.stringMatching(/^Nothing is watched here\..*newer Daybreak.*Update Daybreak/)]);
    expect(await alerts.watching('erp')).toMatchObject({ problem: expect.stringContaining('newer Daybreak') });
    await shop.sql('delete from daybreak.migration where migration = 999');
    await aged(5);
    const understood = await alerts.watchNow('erp');
    expect(understood).toMatchObject({ notes: [], isUpToDate: true });
    expect((await alerts.watching('erp')).problem).toBeNull();
  });

  test('a look that fails for a while is named, too, and messages go out meanwhile', async () => {
    const { alerts, history } = await engine();
    const receiver = await startWebhookServer();
    onTestFinished(() => receiver.close());
    const target = { kind: 'webhook', url: receiver.url } as const;
    await alerts.saveChannel({ label: 'hooks', enabled: true, target, quiet: null }, 'key');
    const ledger = history.alerts.ledger('erp');
    await ledger.open([lateModel({ kind: 'server_unreachable', openedAtMs: Date.now() - hourMs })]);
    await ledger.plan(owedDeliveries(await ledger.read(0), await alerts.channels.destinations(), Date.now()));
    await shop.sql('alter table daybreak.copy rename to copy_elsewhere');
    try {
      alerts.start();
      await expect.poll(() => receiver.calls.length, { timeout: 15_000 }).toBe(1);
      const { notes, isUpToDate } = await alerts.desk.list('erp');
      expect(isUpToDate).toBe(false);
      expect(notes).toEqual([expect.stringMatching(/^The last look found nothing out.*copy/)]);
    } finally {
      await shop.sql('alter table daybreak.copy_elsewhere rename to copy');
    }
  });
});
