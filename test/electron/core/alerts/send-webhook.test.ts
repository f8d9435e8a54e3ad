import { createHmac } from 'node:crypto';
import { onTestFinished, describe, expect, test } from 'vitest';
import { webhookSender } from '../../../../electron/core/alerts/send-webhook.ts';
import { startWebhookServer, type Answer, type ReceivedCall } from '../../../support/webhook-server.ts';
import { seven, someMessage } from './some-alerts.ts';

const key = 'a key that nobody guesses';
const signal = new AbortController().signal;

async function receiver(first?: Answer | 'hang', secret = key) {
  const server = await startWebhookServer(first);
  onTestFinished(() => server.close());
  const target = { kind: 'webhook' as const, url: server.url };
  return { server, send: webhookSender(target, secret, 500) };
}

const hmac = (secret: string | Buffer, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64');

const signedIn = (call: ReceivedCall | undefined) => ({
  id: String(call?.headers['webhook-id']),
  timestamp: String(call?.headers['webhook-timestamp']),
  signatures: String(call?.headers['webhook-signature']).split(' '),
});

describe('a webhook', () => {
  test('gets JSON that is signed over its id, its time and its body, as Standard Webhooks has it', async () => {
    const { server, send } = await receiver();
    expect(await send(someMessage(), signal)).toMatchObject({ ok: true });
    const [call] = server.calls;
    const { id, timestamp, signatures } = signedIn(call);
    expect([id, timestamp]).toEqual(['5eed', String(seven / 1000)]);
    expect(signatures).toEqual([`v1,${hmac(key, `${id}.${timestamp}.${call?.body ?? ''}`)}`]);
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      version: 1,
      severity: 'warning',
      server: { serverId: 'erp' },
    });
  });

  test('cannot be told again under another id by whoever has seen a message', async () => {
    const { server, send } = await receiver();
    await send(someMessage({ messageId: 'a1' }), signal);
    await send(someMessage({ messageId: 'b2' }), signal);
    const [one, other] = server.calls.map((call) => ({ ...signedIn(call), body: call.body }));
    expect(one?.body).toBe(other?.body);
    expect(one?.signatures).not.toEqual(other?.signatures);
  });

  test('may have made its key as whsec_ and base64, whose bytes sign then', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 200]);
    const { server, send } = await receiver({ status: 200 }, `whsec_${bytes.toString('base64')}`);
    await send(someMessage(), signal);
    const [call] = server.calls;
    const { id, timestamp, signatures } = signedIn(call);
    expect(signatures).toEqual([`v1,${hmac(bytes, `${id}.${timestamp}.${call?.body ?? ''}`)}`]);
  });

  test('elsewhere than on this machine gets nothing in the clear, and says so', async () => {
    const plain = { kind: 'webhook', url: 'http://hooks.invalid/alerts' } as const;
    const outcome = await webhookSender(plain, key, 500)(someMessage(), signal);
    expect(outcome).toMatchObject({ ok: false, problem: 'tls_failed', error: expect.stringMatching(/hooks.*https/) });
  });

  test('in trouble is one to try again, at the time that it names', async () => {
    const { server, send } = await receiver({ status: 500, body: 'database is down' });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'server_error' });
    server.answer({ status: 429, headers: { 'retry-after': '120' } });
    expect(await send(someMessage(), signal)).toMatchObject({ problem: 'server_error', retryAfterMs: 120_000 });
    server.answer({ status: 408 });
    expect(await send(someMessage(), signal)).toMatchObject({ problem: 'server_error' });
  });

  test('that refuses is not asked again, and its words are told', async () => {
    const { send } = await receiver({ status: 404, body: 'no such hook' });
    const outcome = await send(someMessage(), signal);
    expect(outcome).toMatchObject({ ok: false, problem: 'refused' });
    expect(outcome.ok ? '' : outcome.error).toContain('404: no such hook');
  });

  test('that hangs is left after a while', async () => {
    const { send } = await receiver('hang');
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'timeout' });
  });

  test('that is not there is unreachable', async () => {
    const { server, send } = await receiver();
    await server.close();
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'unreachable' });
  });

  test('that sends on to another host gets the signed message there never', async () => {
    const other = await startWebhookServer();
    onTestFinished(() => other.close());
    const { send } = await receiver({ status: 307, headers: { location: other.url } });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'redirected' });
    expect(other.calls).toEqual([]);
  });

  test('may send on within its own origin, where the method stays, and not in circles', async () => {
    const { server, send } = await receiver({ status: 308, headers: { location: '/alerts/' } });
    expect(await send(someMessage(), signal)).toMatchObject({ ok: false, problem: 'redirected' });
    expect(server.calls.map(({ path }) => path)).toEqual(['/alerts', '/alerts/', '/alerts/', '/alerts/']);
  });

  test('with an answer without an end is read to its beginning alone', async () => {
    const { send } = await receiver({ status: 400, body: 'x'.repeat(5_000_000) });
    const outcome = await send(someMessage(), signal);
    expect(outcome.ok ? '' : outcome.error.length).toBeLessThan(400);
  });

  test('that took the message has it, however long its answer drips', async () => {
    const { send } = await receiver({ status: 200, drips: true });
    const startedMs = performance.now();
    expect(await send(someMessage(), signal)).toMatchObject({ ok: true });
    expect(performance.now() - startedMs).toBeLessThan(450);
  });

  test('that refuses in drips is left after a while, with what it said', async () => {
    const { send } = await receiver({ status: 404, drips: true });
    const startedMs = performance.now();
    const outcome = await send(someMessage(), signal);
    expect(outcome).toMatchObject({ ok: false, problem: 'refused', error: expect.stringContaining('404: drip drip') });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
