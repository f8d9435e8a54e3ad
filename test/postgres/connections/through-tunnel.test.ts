import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts, systemClock } from '../../../electron/hosts/node-ports.ts';
import type { ConnectionSettings, TestStage } from '../../../shared/model/connection.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import { hopName, shownHostKeySchema, type TunnelSettings } from '../../../shared/model/tunnel.ts';
import { cuttableProxy, type CuttableProxy } from '../../support/cuttable-proxy.ts';
import { silentLogger } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { hasSshd, sshKeys, startSshd, type SshKeys, type TestSshd } from '../../support/sshd.ts';
import { certificate, tlsWireTo } from '../connect/support.ts';

const [server] = testServers();
if (server === undefined) throw new Error('the bundled PostgreSQL is always there');
/** Waits between attempts shrink to a hundredth; everything else keeps real time. */
const hurried = {
  ...systemClock,
  sleep: (delayMs: number, signal?: AbortSignal) => systemClock.sleep(delayMs / 100, signal),
};

describe.skipIf(!hasSshd)('a connection through an SSH tunnel', () => {
  let keys: SshKeys;
  let sshd: TestSshd;
  let database: TestDatabase;
  let admin: pg.Client;
  let profileDir: string;
  let wire: CuttableProxy;
  let engine: RunningEngine;

  beforeAll(async () => {
    keys = await sshKeys();
    sshd = await startSshd(keys);
    database = await createTestDatabase(server);
    admin = new pg.Client({ connectionString: database.url, application_name: 'the test itself' });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
    await sshd.stop();
    await keys.remove();
  });
  beforeEach(async () => {
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-tunnel-'));
    wire = await cuttableProxy(sshd);
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silentLogger, door: 'test' });
    engine = await createEngine({ ...ports, clock: hurried }, { background: true });
  });
  afterEach(async () => {
    await engine.stop();
    await wire.close();
    rmSync(profileDir, { recursive: true, force: true });
  });

  const encrypted = (): TunnelSettings => ({
    ...sshd.tunnel({ kind: 'key', file: keys.encrypted }),
    port: wire.port,
  });
  const secrets = () => ({ [hopName(encrypted())]: keys.passphrase });
  const settings = (changes: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
    ...database.settings,
    tunnel: encrypted(),
    ...changes,
  });
  const save = () =>
    engine.servers.save({ settings: settings(), password: database.password, tunnelSecrets: secrets() });
  const stateOf = async (serverId: string) =>
    (await engine.servers.list()).find((each) => each.serverId === serverId)?.state;
  const sessions = async () => {
    const { rows } = await admin.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'daybreak'`,
    );
    return rows[0]?.n;
  };
  const failureOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => new Error('it did not fail'),
      (cause: unknown) => cause,
    );
    if (isFailure(error)) return error.value;
    throw error;
  };
  /** What a person does who has compared the fingerprint. */
  const trust = async () => {
    const failure = await failureOf(engine.servers.test({ settings: settings(), tunnelSecrets: secrets() }));
    const shown = shownHostKeySchema.parse(failure.detail?.['hostKey']);
    expect(shown.fingerprint).toBe(sshd.fingerprint);
    await engine.servers.trustHostKey(shown);
  };

  test('is tested stage by stage, from the name of the SSH server to the role', async () => {
    const short = (stages: readonly TestStage[]) => stages.map(({ stage, outcome }) => `${stage} ${outcome}`);
    const unknown = await failureOf(engine.servers.test({ settings: settings(), tunnelSecrets: secrets() }));
    expect(unknown.code).toBe('host_key_unknown');
    expect(short(unknown.detail?.['stages'] as TestStage[]).slice(0, 5)).toEqual([
      'ssh_name passed',
      'ssh_tcp passed',
      'ssh_host_key failed',
      'ssh_login skipped',
      'ssh_forward skipped',
    ]);
    await trust();
    const { stages } = await engine.servers.test({
      settings: settings(),
      password: database.password,
      tunnelSecrets: secrets(),
    });
    expect(short(stages)).toEqual([
      'ssh_name passed',
      'ssh_tcp passed',
      'ssh_host_key passed',
      'ssh_login passed',
      'ssh_forward passed',
      'tls skipped',
      'login passed',
      'version passed',
      'rights passed',
      'extensions passed',
      'role passed',
    ]);
    const locked = await failureOf(engine.servers.test({ settings: settings(), password: database.password }));
    expect(locked).toMatchObject({ code: 'ssh_login_failed', detail: { asks: 'passphrase' } });
    await vi.waitFor(async () => expect(await sessions()).toBe(0), { timeout: 10_000 });
  });

  test('is sampled and read through it; a cut leaves no session behind, and it comes back by itself', async () => {
    await trust();
    const { serverId } = await save();
    const connected = await engine.servers.connect(serverId, null);
    expect(connected).toMatchObject({ state: 'connected', tunnelSecretsKept: [hopName(encrypted())] });
    const sampler = await engine.servers.sampler(serverId);
    await vi.waitFor(() => expect(sampler.status().lastSampleAtMs).not.toBeNull(), { timeout: 10_000 });
    const before = (await engine.servers.samplerStatus(serverId)).storedBytes;
    await wire.cut();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('lost'), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await sessions()).toBe(0), { timeout: 10_000 });
    // What was sampled stays to be looked at.
    expect((await engine.servers.samplerStatus(serverId)).storedBytes).toBeGreaterThanOrEqual(before);
    expect(await failureOf(engine.servers.server(serverId))).toMatchObject({ retryable: true });
    await wire.mend();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('connected'), { timeout: 15_000 });
  });

  test('a statement is cancelled on the server through it', async () => {
    await trust();
    const { serverId } = await save();
    await engine.servers.connect(serverId, null);
    const open = await engine.servers.server(serverId);
    const stop = new AbortController();
    const sleeping = failureOf(open.withReadonly((sql) => sql.query('select pg_sleep(60)'), { signal: stop.signal }));
    const asleep = async () =>
      (await admin.query(`select 1 from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`))
        .rowCount;
    await vi.waitFor(async () => expect(await asleep()).toBe(1), { timeout: 10_000 });
    stop.abort();
    expect(await sleeping).toMatchObject({ code: 'cancelled', sqlstate: '57014' });
    await vi.waitFor(async () => expect(await asleep()).toBe(0), { timeout: 2_000 });
  });

  test('TLS verifies the name of the database server, not of the way to it', async () => {
    await trust();
    const listener = await tlsWireTo(server);
    try {
      const verify = { port: listener.port, tlsMode: 'verify-full' as const, tlsCaFile: certificate('ca.pem') };
      const testOf = (host: string) =>
        engine.servers.test({
          settings: settings({ ...verify, host }),
          password: database.password,
          tunnelSecrets: secrets(),
        });
      const { stages } = await testOf('localhost');
      expect(stages.find(({ stage }) => stage === 'tls')?.text).toMatch(/host name verified/);
      expect(stages.find(({ stage }) => stage === 'login')?.outcome).toBe('passed');
      expect(await failureOf(testOf('127.0.0.1'))).toMatchObject({
        code: 'tls_failed',
        message: expect.stringContaining('another name than 127.0.0.1'),
      });
    } finally {
      await listener.cut();
    }
  });

  test('a changed key of the SSH server ends the attempts, and says so', async () => {
    await trust();
    const { serverId } = await save();
    await engine.servers.connect(serverId, null);
    const { port } = wire;
    await wire.close();
    const impostor = await startSshd(keys, { port });
    try {
      await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('disconnected'), { timeout: 15_000 });
      const [summary] = await engine.servers.list();
      expect(summary?.notice).toContain('shows another key than the one that is known');
      expect(impostor.log()).not.toContain('Accepted');
    } finally {
      await impostor.stop();
    }
  });

  test('secrets go with the SSH server that they were typed for, and with the connection', async () => {
    const { serverId } = await save();
    const kept = async () => (await engine.servers.list())[0]?.tunnelSecretsKept;
    expect(await kept()).toEqual([hopName(encrypted())]);
    await engine.servers.save({ serverId, settings: settings({ tunnel: { ...encrypted(), host: 'localhost' } }) });
    expect(await kept()).toEqual([]);
    await engine.servers.save({ serverId, settings: settings() });
    expect(await kept()).toEqual([]);
  });
});
