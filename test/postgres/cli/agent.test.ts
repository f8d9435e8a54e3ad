import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';
import { daybreak, linesOf, printed, startCli } from '../../support/cli.ts';
import { temporaryDir } from '../../support/door.ts';
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
