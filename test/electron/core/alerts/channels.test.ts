import { describe, expect, test } from 'vitest';
import { Channels } from '../../../../electron/core/alerts/channels.ts';
import { Notices } from '../../../../electron/core/alerts/notices.ts';
import type { Channel } from '../../../../shared/model/alert-channel.ts';
import { openTestHistory, quiet } from '../history/store.ts';
import { seven, someMessage } from './some-alerts.ts';

const hook = (url: string): Channel => ({
  channelId: 'hook',
  label: 'Operations room',
  enabled: true,
  target: { kind: 'webhook', url },
  quiet: null,
});

async function channelsOf(...stored: readonly Channel[]) {
  const history = await openTestHistory();
  for (const channel of stored) await history.alerts.saveChannel(channel);
  const secrets = new Map(stored.map(({ channelId }) => [`alert-channel:${channelId}`, 'key']));
  const notifier = { notify: () => undefined };
  return new Channels({
    history,
    notices: new Notices(notifier, () => undefined),
    ports: {
      clock: { nowMs: () => seven, sleep: async () => undefined },
      secrets: {
        kind: 'memory',
        get: async (key) => secrets.get(key) ?? null,
        set: async (key, secret) => void secrets.set(key, secret),
        remove: async (key) => void secrets.delete(key),
      },
      notifier,
      paths: { profileDir: '/nowhere', resourcesDir: '/nowhere' },
      logger: quiet,
      actor: 'anna (test)',
    },
  });
}

describe('a webhook over http', () => {
  const draft = (url: string) => ({ ...hook(url), channelId: undefined });

  test('is taken on this machine alone', async () => {
    const channels = await channelsOf();
    await expect(channels.save(draft('http://hooks.example.com/a'), 'key')).rejects.toThrow(/hooks.*over https/);
    const states = [];
    for (const [index, host] of ['localhost:8080', '127.0.0.1', '[::1]:1'].entries())
      states.push(await channels.save({ ...draft(`http://${host}/a`), label: `hook ${index}` }, 'key'));
    expect(states.map(({ problem }) => problem)).toEqual([null, null, null]);
  });

  test('that was stored before stays, says what is wrong, and sends nothing until it is mended', async () => {
    const channels = await channelsOf(hook('http://hooks.invalid/a'));
    const stored = (await channels.states()).find(({ channelId }) => channelId === 'hook');
    expect(stored?.problem).toMatch(/hooks\.invalid.*https/);
    const [destination] = await channels.destinations();
    if (destination === undefined) throw new Error('it has gone');
    const send = await channels.sender(destination);
    const outcome = await send(someMessage(), new AbortController().signal);
    expect(outcome).toMatchObject({ ok: false, problem: 'tls_failed', error: stored?.problem });
    const mended = await channels.save(hook('https://hooks.invalid/a'), undefined);
    // The key was entered for another origin.
    expect(mended).toMatchObject({ hasSecret: false });
  });
});
