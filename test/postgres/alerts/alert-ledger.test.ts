import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Dispatcher } from '../../../electron/core/alerts/dispatcher.ts';
import type { Destination } from '../../../electron/core/alerts/plan-deliveries.ts';
import { findRegistryLedger, registryLedger } from '../../../electron/core/read-model/registry/alert-ledger.ts';
import { lateModel, minuteMs, seven } from '../../electron/core/alerts/some-alerts.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, silent, type Shop } from '../read-model/fixture.ts';

const mail: Destination = {
  key: 'email:dba',
  label: 'dba@example.com',
  channelId: 'mail',
  kind: 'email',
  quiet: null,
  ready: true,
};

describe.each(testServers())('$label', (testServer) => {
  let shop: Shop & { daybreak: string; boss: string };
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 50 });
    await shop.build('select region, sum(amount)::numeric(18,2) as amount from erp.invoice group by region', {
      name: 'sales',
      keyColumns: ['region'],
    });
  });
  afterAll(() => shop.close());
  beforeEach(() => shop.sql('truncate daybreak.alert_episode cascade'));

  /** An agent with a session of its own; `sent` is what it sent. */
  async function agent(name: string) {
    const server = await shop.openAs(shop.daybreak);
    const ledger = registryLedger(server);
    const sent: string[] = [];
    const dispatcher = new Dispatcher({
      engineId: name,
      sender: async () => async (message) => {
        sent.push(message.subject);
        return { ok: true, detail: '' };
      },
      logger: silent,
      onChange: () => undefined,
    });
    return {
      ledger,
      sent,
      async round(nowMs: number) {
        await dispatcher.round({
          ledger,
          keptIn: 'registry',
          server: { serverId: 'erp', label: 'ERP' },
          destinations: [mail],
          nowMs: () => nowMs,
          skewMs: 0,
        });
        await dispatcher.settled();
      },
    };
  }

  test('two agents that see the same trouble open one episode and send one message, and one when it is over', async () => {
    const agents = [await agent('first'), await agent('second')];
    const opened = await Promise.all(agents.map(({ ledger }) => ledger.open([lateModel()])));
    expect(opened.flat()).toHaveLength(1);
    for (let look = 1; look <= 4; look += 1) {
      await Promise.all(agents.map((one) => one.round(seven + look * minuteMs)));
    }
    const end = { episodeId: lateModel().episodeId, recoveredAtMs: seven + 5 * minuteMs, recoveredText: 'Refreshed.' };
    await Promise.all(agents.map(({ ledger }) => ledger.close([end])));
    for (let look = 6; look <= 9; look += 1) {
      await Promise.all(agents.map((one) => one.round(seven + look * minuteMs)));
    }
    expect(agents.flatMap(({ sent }) => sent).toSorted()).toEqual([
      'ERP: over: sales is older than its budget',
      'ERP: sales is older than its budget',
    ]);
  });

  test('two agents that see it become more severe tell that once, and leave what is over alone', async () => {
    const [anna, berta] = [await agent('anna'), await agent('berta')];
    const { episodeId } = lateModel();
    await anna.ledger.open([lateModel({ severity: 'info' })]);
    await anna.round(seven + minuteMs);
    const worse = { episodeId, severity: 'warning' as const, text: 'Nothing makes it due.' };
    await anna.ledger.snooze(episodeId, seven + 60 * minuteMs);
    const raised = await Promise.all([anna, berta].map(({ ledger }) => ledger.raise([worse], seven + 2 * minuteMs)));
    expect(raised.flat()).toEqual([episodeId]);
    for (const one of [berta, anna, berta]) await one.round(seven + 3 * minuteMs);
    expect([...anna.sent, ...berta.sent]).toEqual([
      'ERP: sales is older than its budget',
      'ERP: still: sales is older than its budget',
    ]);
    const { episodes } = await anna.ledger.read(0);
    expect(episodes).toMatchObject([{ severity: 'warning', text: 'Nothing makes it due.', snoozedUntilMs: null }]);
    // Less severe than it was told, and over: neither is written down.
    expect(await anna.ledger.raise([{ ...worse, severity: 'info' }], seven + 4 * minuteMs)).toEqual([]);
    await anna.ledger.close([{ episodeId, recoveredAtMs: seven + 5 * minuteMs, recoveredText: null }]);
    expect(await anna.ledger.raise([{ ...worse, severity: 'critical' }], seven + 6 * minuteMs)).toEqual([]);
  });

  test('fifty troubles at once are told once each by eight agents', async () => {
    const agents = await Promise.all(Array.from({ length: 8 }, (_, index) => agent(`agent ${index}`)));
    const many = Array.from({ length: 50 }, (_, index) => lateModel({ subject: `model_${index}` }));
    await Promise.all(agents.map(({ ledger }) => ledger.open(many)));
    await Promise.all(agents.map((one) => one.round(seven + minuteMs)));
    await Promise.all(agents.map((one) => one.round(seven + 2 * minuteMs)));
    const { deliveries } = await agents[0]!.ledger.read(seven);
    expect(deliveries.map(({ state }) => state)).toEqual(many.map(() => 'sent'));
    expect(deliveries.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(50);
  });

  test('reads back what was written, on one clock', async () => {
    const { ledger, round } = await agent('one');
    await ledger.open([lateModel()]);
    await round(seven + minuteMs);
    await ledger.acknowledge(lateModel().episodeId, { by: 'anna', atMs: seven + 2 * minuteMs });
    await ledger.snooze(lateModel().episodeId, seven + 9 * minuteMs);
    await ledger.seen([lateModel().episodeId], seven + 3 * minuteMs);
    const { episodes, deliveries } = await ledger.read(seven);
    expect(episodes).toEqual([
      {
        ...lateModel(),
        seenAtMs: seven + 3 * minuteMs,
        recoveredAtMs: null,
        recoveredText: null,
        acknowledged: { by: 'anna', atMs: seven + 2 * minuteMs },
        snoozedUntilMs: seven + 9 * minuteMs,
        snoozes: 1,
      },
    ]);
    expect(deliveries).toMatchObject([
      { state: 'sent', attempts: 1, sender: 'one', toldAtMs: seven + minuteMs, destination: 'dba@example.com' },
    ]);
  });

  test('forgets what ended long ago, with its messages', async () => {
    const { ledger, round } = await agent('one');
    await ledger.open([lateModel(), lateModel({ subject: 'stock' })]);
    await round(seven + minuteMs);
    await ledger.close([{ episodeId: lateModel().episodeId, recoveredAtMs: seven + minuteMs, recoveredText: null }]);
    await ledger.forget(seven + 2 * minuteMs);
    const { episodes, deliveries } = await ledger.read(0);
    expect(episodes.map(({ subject }) => subject)).toEqual(['stock']);
    expect(deliveries).toHaveLength(1);
  });

  test('a role that may not write it, and a registry that is older, leave it to the profile, and say so', async () => {
    await shop.sql(`grant usage on schema daybreak, erp to ${shop.boss}; grant select on erp.invoice to ${shop.boss}`);
    await shop.sql(`grant select on all tables in schema daybreak to ${shop.boss}`);
    const boss = await shop.openAs(shop.boss);
    expect(await findRegistryLedger(boss)).toMatchObject({
      ledger: null,
      why: expect.stringContaining('may not write'),
    });
    const own = await shop.openAs(shop.daybreak);
    expect((await findRegistryLedger(own)).why).toBeNull();
    await shop.sql('delete from daybreak.migration where migration = 50');
    expect(await findRegistryLedger(own)).toMatchObject({
      ledger: null,
      why: expect.stringContaining('older Daybreak'),
      older: true,
    });
    await shop.sql(`insert into daybreak.migration (migration, name, breaking) values (50, 'alerts', false)`);
  });
});
