import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { agent } from '../../../electron/hosts/cli/agent.ts';
import { openCliEngine } from '../../../electron/hosts/cli/cli-engine.ts';
import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';
import { openRaceShop } from '../../bench/agent/shop.ts';
import { daybreak, linesOf, printed, startCli } from '../../support/cli.ts';
import { daybreakHere } from '../../support/cli-here.ts';
import { silentLogger, temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers } from '../../support/postgres.ts';

test('the agent samples without a window, is one connection however often it starts, keeps what it was told, and stops on SIGTERM', async () => {
  const [server] = testServers();
  if (!server) throw new Error('no test server runs');
  const database = await createTestDatabase(server);
  const profile = temporaryDir();
  const env = { PGPASSWORD: database.password };
  const url = new URL(database.url);
  url.password = '';
  const call = async <T>(procedure: string, input: object = {}) =>
    printed(await daybreakHere(['call', procedure, '-'], { profile: profile.path, stdin: JSON.stringify(input) })) as T;
  const secrets = join(profile.path, 'agent-secrets.json');
  const other = 'another server';
  const channel = {
    label: 'hooks',
    enabled: false,
    target: { kind: 'webhook', url: 'https://example.com/' },
    quiet: null,
  };
  try {
    for (const start of ['first', 'second']) {
      const agent = startCli(['agent', '--url', url.href], { profile: profile.path, env });
      expect(await linesOf(agent).next(), start).toMatch(/^Sampling .*\/test_/);
      const servers = (await call<ServerSummary[]>('connections.list')).filter(
        ({ settings }) => settings.label !== other,
      );
      expect(servers).toMatchObject([{ state: 'connected', settings: { database: database.settings.database } }]);
      const { serverId } = servers[0] as ServerSummary;
      await expect
        .poll(async () => (await call<SamplerStatus>('sampler.status', { serverId })).lastSampleAtMs, {
          timeout: 30_000,
        })
        .not.toBe(null);
      if (start === 'first') {
        await call('alerts.saveChannel', { channel, secret: 'key of the hooks' });
        await call('connections.save', { settings: { ...database.settings, label: other }, password: 'of the other' });
      }
      expect(await call('system.info')).toMatchObject({ secretStore: 'file', notices: [] });
      expect(await call('alerts.channels')).toMatchObject([{ hasSecret: false }, { label: 'hooks', hasSecret: true }]);
      // The password of the server was given, and will be given again.
      expect(Object.values(JSON.parse(await readFile(secrets, 'utf8')))).toEqual(['key of the hooks', 'of the other']);
      agent.kill('SIGTERM');
      expect(await once(agent, 'exit')).toEqual([0, null]);
    }
    await chmod(secrets, 0o644);
    const refused = await daybreak(['agent', '--url', url.href], { profile: profile.path, env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/is open to others.*\n.*chmod 600/) });
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

test('the agent refreshes what is due, says how it is on a loopback port, and ends in good order', async () => {
  const [server] = testServers();
  if (!server) throw new Error('no test server runs');
  const database = await createTestDatabase(server);
  const profile = temporaryDir();
  const shop = await openRaceShop({ models: 1, everySeconds: 2, atOnce: 1, url: database.url });
  const config = join(profile.path, 'agent.json');
  const passwordFile = join(profile.path, 'password');
  const url = new URL(database.url);
  url.password = '';
  await writeFile(passwordFile, `${database.password}\n`, { mode: 0o600 });
  const settings = { url: url.href, passwordFile, profile: join(profile.path, 'profile'), listen: 0, graceSeconds: 5 };
  await writeFile(config, JSON.stringify(settings), { mode: 0o644 });
  try {
    const open = await daybreak(['agent', '--config', config]);
    expect(open).toMatchObject({ code: 1, stderr: expect.stringMatching(/can be read by others.*\n.*chmod 600/) });
    await chmod(config, 0o600);
    const unit = await daybreak(['agent', '--config', config, '--print-unit']);
    expect(unit.stdout).toContain(`agent --config ${config}`);
    expect(unit.stdout).toMatch(/^TimeoutStopSec=35$/m);

    const running = startCli(['agent', '--config', config]);
    let log = '';
    running.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    expect(await linesOf(running).next()).toMatch(/^Sampling /);
    const address = await vi.waitFor(() => {
      const found = /"address":"(http:[^"]+)"/.exec(log)?.[1];
      if (found === undefined) throw new Error(`no address in ${log}`);
      return found;
    }, 10_000);
    await expect
      .poll(async () => (await shop.admin.query(`select 1 from daybreak.run where state = 'done'`)).rows.length, {
        timeout: 30_000,
      })
      .toBeGreaterThan(0);
    const health = await fetch(`${address}/healthz`);
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { state: 'ok', problems: [], server: { state: 'connected' }, runner: { on: true }, registry: { state: 'ready' } },
    ]);
    const metrics = await (await fetch(`${address}/metrics`)).text();
    expect(metrics).toMatch(/^daybreak_healthy 1$/m);
    expect(metrics).toMatch(/^daybreak_read_model_age_seconds\{read_model="model_0"\} \d/m);
    expect(metrics).toMatch(/^daybreak_watchdog_round_age_seconds \d/m);
    expect(metrics).toMatch(/^daybreak_process_resident_memory_bytes \d/m);
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
    const { rows } = await shop.admin.query(
      `select (select count(*)::int from daybreak.lease where run_id is not null) as held,
        (select count(*)::int from daybreak.runner where stopped_at is null) as missing,
        (select count(*)::int from daybreak.run where state = 'running') as running`,
    );
    expect(rows).toEqual([{ held: 0, missing: 0, running: 0 }]);
  } finally {
    await shop.stop();
    await database.drop();
    profile.remove();
  }
});
