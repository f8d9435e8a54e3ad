import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { agent } from '../../../electron/hosts/cli/agent.ts';
import { openCliEngine } from '../../../electron/hosts/cli/cli-engine.ts';
import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';
import { daybreak, linesOf, printed, startCli } from '../../support/cli.ts';
import { silentLogger, temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers } from '../../support/postgres.ts';

test('the agent samples without a window, is one connection however often it starts, and stops on SIGTERM', async () => {
  const [server] = testServers();
  if (!server) throw new Error('no test server runs');
  const database = await createTestDatabase(server);
  const profile = temporaryDir();
  const env = { PGPASSWORD: database.password };
  const url = new URL(database.url);
  url.password = '';
  const call = async <T>(procedure: string, input: object = {}) =>
    printed(await daybreak(['call', procedure, JSON.stringify(input)], { profile: profile.path })) as T;
  try {
    for (const start of ['first', 'second']) {
      const agent = startCli(['agent', '--url', url.href], { profile: profile.path, env });
      expect(await linesOf(agent).next(), start).toMatch(/^Sampling .*\/test_/);
      const servers = await call<ServerSummary[]>('connections.list');
      expect(servers).toMatchObject([{ state: 'connected', settings: { database: database.settings.database } }]);
      const { serverId } = servers[0] as ServerSummary;
      await expect
        .poll(async () => (await call<SamplerStatus>('sampler.status', { serverId })).lastSampleAtMs, {
          timeout: 30_000,
        })
        .not.toBe(null);
      agent.kill('SIGTERM');
      expect(await once(agent, 'exit')).toEqual([0, null]);
    }
  } finally {
    await database.drop();
    profile.remove();
  }
});

test('an agent beside a window samples by itself once the window is closed', async () => {
  const [server] = testServers();
  if (!server) throw new Error('no test server runs');
  const database = await createTestDatabase(server);
  const profile = temporaryDir();
  const open = (door: string) => openCliEngine({ profile: profile.path, door, logger: silentLogger, background: true });
  const stopping = new AbortController();
  const requested = once(stopping.signal, 'abort').then(() => {});
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const lines = () => said.mock.calls.filter(([text]) => String(text).startsWith('Sampling ')).length;
  try {
    const window = await open('window');
    const running = agent({
      url: database.url,
      urlInArguments: false,
      profile: profile.path,
      logLevel: 'silent',
      stop: { signal: stopping.signal, requested },
      checkEveryMs: 100,
    });
    await expect.poll(lines, { timeout: 30_000 }).toBe(1);
    expect(window.kind()).toBe('own');
    await window.close();
    await expect.poll(lines, { timeout: 60_000 }).toBe(2);

    const second = await open('window');
    expect(second.kind()).toBe('attached');
    const list = await second.client.connections.list({});
    const [only, ...others] = list.ok ? list.value : [];
    expect(others).toEqual([]);
    const sampler = async () => {
      const status = await second.client.sampler.status({ serverId: only?.serverId ?? '' });
      return status.ok ? { running: status.value.running, sampled: status.value.lastSampleAtMs !== null } : status;
    };
    await expect.poll(sampler, { timeout: 30_000 }).toEqual({ running: true, sampled: true });
    await second.close();
    stopping.abort();
    expect(await running).toBe(0);
  } finally {
    said.mockRestore();
    stopping.abort();
    await database.drop();
    profile.remove();
  }
});

test('an agent with a wrong password says so and ends', async () => {
  const [server] = testServers();
  if (!server) throw new Error('no test server runs');
  const profile = temporaryDir();
  const url = `postgres://${server.user}@${server.host}:${server.port}/postgres`;
  const result = await daybreak(['agent', '--url', url], { profile: profile.path, env: { PGPASSWORD: 'wrong' } });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/password/i);
  profile.remove();
});
