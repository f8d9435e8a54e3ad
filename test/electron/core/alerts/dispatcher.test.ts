import { onTestFinished, describe, expect, test } from 'vitest';
import { Dispatcher } from '../../../../electron/core/alerts/dispatcher.ts';
import type { AlertLedger } from '../../../../electron/core/alerts/ledger.ts';
import type { Destination } from '../../../../electron/core/alerts/plan-deliveries.ts';
import { webhookSender } from '../../../../electron/core/alerts/send-webhook.ts';
import type { Send } from '../../../../electron/core/alerts/send.ts';
import { startWebhookServer, type Answer } from '../../../support/webhook-server.ts';
import { openTestHistory, quiet } from '../history/store.ts';
import { hourMs, lateModel, minuteMs, seven } from './some-alerts.ts';

const server = { serverId: 'erp', label: 'Invoices' };
const hook: Destination = {
  key: 'webhook:1',
  label: 'hooks',
  channelId: 'hook',
  kind: 'webhook',
  quiet: null,
  ready: true,
};

/** An engine that sends; its clock stands still until it is set. */
function engine(ledger: AlertLedger, send: Send, destinations: readonly Destination[] = [hook]) {
  const clock = { nowMs: seven };
  const dispatcher = new Dispatcher({
    engineId: `engine ${Math.random()}`,
    sender: async () => send,
    logger: quiet,
    chance: () => 0,
    onChange: () => undefined,
  });
  onTestFinished(() => dispatcher.stop());
  const begin = () =>
    dispatcher.round({ ledger, keptIn: 'profile', server, destinations, nowMs: () => clock.nowMs, skewMs: 0 });
  return {
    clock,
    dispatcher,
    begin,
    async round(afterMs = 0) {
      clock.nowMs += afterMs;
      const nextMs = await begin();
      await dispatcher.settled();
      return nextMs;
    },
  };
}

async function withHook(first?: Answer | 'hang') {
  const history = await openTestHistory();
  const receiver = await startWebhookServer(first);
  onTestFinished(() => receiver.close());
  const ledger = history.alerts.ledger('erp');
  // A busy machine answers late: only who waits for nothing is impatient.
  const timeoutMs = first === 'hang' ? 2_000 : 20_000;
  const send = webhookSender({ kind: 'webhook', url: receiver.url }, 'key', timeoutMs);
  const told = () => receiver.calls.map(({ body }) => (JSON.parse(body) as { subject: string }).subject);
  return { history, receiver, ledger, send, told };
}

describe('a dispatcher', () => {
  test('tells the beginning once and the end once, however often it looks', async () => {
    const { ledger, send, told } = await withHook();
    const one = engine(ledger, send);
    await ledger.open([lateModel()]);
    for (let look = 0; look < 5; look += 1) await one.round(minuteMs);
    await ledger.close([
      { episodeId: lateModel().episodeId, recoveredAtMs: one.clock.nowMs, recoveredText: 'Refreshed.' },
    ]);
    for (let look = 0; look < 5; look += 1) await one.round(minuteMs);
    expect(told()).toEqual([
      'Invoices: sales is older than its budget',
      'Invoices: over: sales is older than its budget',
    ]);
  });

  test('tells once more what became more severe, and to each address once', async () => {
    const { ledger, send, receiver, told } = await withHook();
    const { episodeId } = lateModel();
    await ledger.open([lateModel({ severity: 'info' })]);
    const { round } = engine(ledger, send);
    await round();
    const worse = { episodeId, severity: 'warning' as const, text: 'Nothing makes it due.' };
    await ledger.snooze(episodeId, seven + hourMs);
    expect(await ledger.raise([worse], seven)).toEqual([episodeId]);
    expect(await ledger.raise([worse], seven)).toEqual([]);
    await round(minuteMs);
    await round(minuteMs);
    expect(told()).toEqual([
      'Invoices: sales is older than its budget',
      'Invoices: still: sales is older than its budget',
    ]);
    const last = JSON.parse(receiver.calls[1]?.body ?? '{}') as { severity: string; text: string };
    expect(last.severity).toBe('warning');
    expect(last.text).toContain('Nothing makes it due.');
    expect((await ledger.read(0)).episodes[0]).toMatchObject({ severity: 'warning', snoozedUntilMs: null });
  });

  test('tells what became more severe before anybody was told as it is now, in one message', async () => {
    const { ledger, send, told } = await withHook();
    const { episodeId } = lateModel();
    await ledger.open([lateModel({ severity: 'info' })]);
    await ledger.raise([{ episodeId, severity: 'critical', text: 'Look at once.' }], seven);
    const { round } = engine(ledger, send);
    await round();
    await round(minuteMs);
    expect(told()).toEqual(['Invoices: sales is older than its budget']);
    await ledger.close([{ episodeId, recoveredAtMs: seven + 2 * minuteMs, recoveredText: null }]);
    expect(await ledger.raise([{ episodeId, severity: 'critical', text: 'Again.' }], seven)).toEqual([]);
  });

  test('tells nothing again after a restart', async () => {
    const { ledger, send, told } = await withHook();
    await ledger.open([lateModel()]);
    await engine(ledger, send).round();
    await engine(ledger, send).round(hourMs);
    expect(told()).toHaveLength(1);
  });

  test('of two engines with the same address one tells', async () => {
    const { ledger, send, told } = await withHook();
    await ledger.open([lateModel()]);
    const both = [engine(ledger, send), engine(ledger, send)];
    for (let look = 0; look < 3; look += 1) await Promise.all(both.map((one) => one.round(minuteMs)));
    expect(told()).toHaveLength(1);
  });

  test('tries a receiver in trouble again, until it takes the message', async () => {
    const { ledger, send, told, receiver } = await withHook({ status: 500 });
    const one = engine(ledger, send);
    await ledger.open([lateModel()]);
    await one.round();
    const [waiting] = (await ledger.read(seven)).deliveries;
    expect(waiting).toMatchObject({
      state: 'waiting',
      attempts: 1,
      problem: 'server_error',
      nextAttemptAtMs: seven + 15_000,
    });
    await one.round(14_000);
    expect(told()).toHaveLength(1);
    receiver.answer({ status: 200 });
    await one.round(1_000);
    expect(told()).toHaveLength(2);
    expect((await ledger.read(seven)).deliveries).toMatchObject([{ state: 'sent', attempts: 2, problem: null }]);
    await one.round(hourMs);
    expect(told()).toHaveLength(2);
  });

  test('tells a digest under another id than the part of it whose answer was lost', async () => {
    const { ledger, send, receiver } = await withHook();
    const one = engine(ledger, async (message, signal) => {
      await send(message, signal);
      return { ok: false, problem: 'timeout', error: 'The answer was lost.' };
    });
    await ledger.open([lateModel({ subject: 'sales' })]);
    await one.round();
    const heir = engine(ledger, send);
    await ledger.open([lateModel({ subject: 'a model that sorts before or after it', episodeId: 'zz' })]);
    await heir.round(minuteMs);
    // A receiver that drops what it has seen, as it is told to.
    const taken = new Map(receiver.calls.toReversed().map(({ headers, body }) => [headers['webhook-id'], body]));
    const subjects = [...taken.values()].flatMap((body) =>
      (JSON.parse(body) as { episodes: { subject: string }[] }).episodes.map(({ subject }) => subject),
    );
    expect(new Set(subjects)).toEqual(new Set(['sales', 'a model that sorts before or after it']));
    expect((await ledger.read(seven)).deliveries.map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  test('gives up what is refused, and sends it again when somebody asks', async () => {
    const { ledger, send, told, receiver } = await withHook({ status: 410, body: 'gone' });
    const one = engine(ledger, send);
    await ledger.open([lateModel()]);
    await one.round();
    const [failed] = (await ledger.read(seven)).deliveries;
    expect(failed).toMatchObject({ state: 'failed', problem: 'refused' });
    await one.round(hourMs);
    expect(told()).toHaveLength(1);
    receiver.answer({ status: 204 });
    await ledger.revive([failed?.deliveryId ?? ''], one.clock.nowMs);
    await one.round();
    expect((await ledger.read(seven)).deliveries).toMatchObject([{ state: 'sent' }]);
  });

  test('is not held up by one that hangs', async () => {
    const { ledger, send, receiver } = await withHook('hang');
    const calm: Destination = { ...hook, key: 'webhook:2', label: 'calm' };
    const shown: string[] = [];
    const clock = { nowMs: seven };
    const dispatcher = new Dispatcher({
      engineId: 'one',
      sender: async ({ key }) =>
        key === calm.key
          ? async (message) => {
              shown.push(message.subject);
              return { ok: true, detail: '' };
            }
          : send,
      logger: quiet,
      onChange: () => undefined,
    });
    onTestFinished(() => dispatcher.stop());
    await ledger.open([lateModel()]);
    await dispatcher.round({
      ledger,
      keptIn: 'profile',
      server,
      destinations: [hook, calm],
      nowMs: () => clock.nowMs,
      skewMs: 0,
    });
    const hooks = (await ledger.read(seven)).deliveries.find(({ destination }) => destination === 'hooks');
    expect(hooks?.problem, 'the round does not wait until it has failed').toBeNull();
    await expect.poll(() => shown, { timeout: 15_000 }).toHaveLength(1);
    await dispatcher.settled();
    expect(receiver.calls).toHaveLength(1);
    const states = (await ledger.read(seven)).deliveries.map(({ destination, state, problem }) => ({
      destination,
      state,
      problem,
    }));
    expect(states).toContainEqual({ destination: 'calm', state: 'sent', problem: null });
    expect(states).toContainEqual({ destination: 'hooks', state: 'waiting', problem: 'timeout' });
  });

  test('takes over what an engine that died had taken, when its time is over', async () => {
    const { ledger, send, told } = await withHook();
    await ledger.open([lateModel()]);
    const neverEnds: Send = (_message, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ ok: false, problem: 'timeout', error: 'stopped' })),
      );
    const dead = engine(ledger, neverEnds);
    await dead.begin();
    await expect.poll(async () => (await ledger.read(seven)).deliveries[0]?.state, { timeout: 15_000 }).toBe('sending');
    const heir = engine(ledger, send);
    await heir.round(30_000);
    expect(told()).toEqual([]);
    await heir.round(minuteMs);
    expect(told()).toHaveLength(1);
  });

  test('does not send again what went out while the ledger could not be told', async () => {
    const { ledger, send, told } = await withHook();
    await ledger.open([lateModel()]);
    let broken = true;
    const shaky: AlertLedger = {
      ...ledger,
      settle: (...args) => (broken ? Promise.reject(new Error('the server is gone')) : ledger.settle(...args)),
    };
    const one = engine(shaky, send);
    await one.round();
    expect((await ledger.read(seven)).deliveries).toMatchObject([{ state: 'sending' }]);
    broken = false;
    await one.round(hourMs);
    expect(told()).toHaveLength(1);
    expect((await ledger.read(seven)).deliveries).toMatchObject([{ state: 'sent' }]);
  });

  test('sends a night of alerts as one digest in the morning, with what is over by then', async () => {
    const { ledger, send, told, receiver } = await withHook();
    const nights = {
      from: '22:00',
      to: '09:00',
      timeZone: 'Europe/Berlin',
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      exceptFrom: null,
    };
    const one = engine(ledger, send, [{ ...hook, quiet: nights }]);
    await ledger.open([lateModel(), lateModel({ subject: 'stock' }), lateModel({ subject: 'margin' })]);
    await one.round();
    await ledger.close([
      {
        episodeId: lateModel({ subject: 'stock' }).episodeId,
        recoveredAtMs: seven + hourMs,
        recoveredText: 'Refreshed.',
      },
    ]);
    await one.round(hourMs);
    expect(told()).toEqual([]);
    await one.round(hourMs);
    expect(told()).toEqual(['Invoices: 2 alerts open, 1 over']);
    const { text } = JSON.parse(receiver.calls[0]?.body ?? '{}') as { text: string };
    expect(text).toContain('margin is older than its budget');
    expect(text).toContain('over: stock is older than its budget');
    await one.round(hourMs);
    expect(told()).toHaveLength(1);
  });
});
