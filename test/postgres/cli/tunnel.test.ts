import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings, ServerSummary } from '../../../shared/model/connection.ts';
import type { FailureValue } from '../../../shared/model/failure.ts';
import { daybreak, linesOf, printed, startCli } from '../../support/cli.ts';
import { temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { hasSshd, sshKeys, startSshd, type SshKeys, type TestSshd } from '../../support/sshd.ts';

const [server] = testServers();
if (server === undefined) throw new Error('the bundled PostgreSQL is always there');

describe.skipIf(!hasSshd)('the command line and SSH', () => {
  let keys: SshKeys;
  let sshd: TestSshd;
  let database: TestDatabase;
  let here: ReturnType<typeof temporaryDir>;

  beforeAll(async () => {
    keys = await sshKeys();
    [sshd, database] = await Promise.all([startSshd(keys), createTestDatabase(server)]);
    here = temporaryDir();
    mkdirSync(join(here.path, 'profile'), { mode: 0o700 });
  });
  afterAll(async () => {
    await database.drop();
    await sshd.stop();
    await keys.remove();
    here.remove();
  });

  /** A home without an SSH configuration of its own, and the secret of the key. */
  const env = () => ({ HOME: here.path, SSH_AUTH_SOCK: '', DAYBREAK_SSH_SECRET: keys.passphrase });
  const call = (procedure: string, input: object, more: readonly string[] = []) =>
    daybreak(['call', procedure, '-', ...more], {
      profile: join(here.path, 'profile'),
      stdin: JSON.stringify(input),
      env: env(),
    });

  test('an unknown SSH server is one clear error, whose action is what trusts it; then the connection stands', async () => {
    const target = `${sshd.user}@${sshd.host}:${sshd.port}`;
    const text = `${database.url}?sslmode=disable&ssh=${encodeURIComponent(target)}&ssh_key=${encodeURIComponent(keys.encrypted)}`;
    const { settings } = printed(await call('connections.parse', { text })) as { settings: ConnectionSettings };
    expect(settings).toMatchObject({
      environment: 'production',
      label: expect.stringMatching(/ via 127\.0\.0\.1$/),
      tunnel: { host: sshd.host, port: sshd.port, user: sshd.user, auth: { kind: 'key', file: keys.encrypted } },
    });
    const { serverId } = printed(await call('connections.save', { settings })) as ServerSummary;
    const refused = await call('connections.connect', { serverId, password: database.password });
    expect(refused.code).toBe(1);
    const failure = printed(refused) as FailureValue;
    expect(failure).toMatchObject({ code: 'host_key_unknown', message: expect.stringContaining(sshd.fingerprint) });
    // As a person would run what is printed.
    const [, procedure = '', json = ''] =
      /^daybreak call (\S+) '(.*)' --profile '.*'$/.exec(failure.action ?? '') ?? [];
    expect(printed(await call(procedure, JSON.parse(json) as object))).toMatchObject({ added: true });
    const connected = await call('connections.connect', { serverId, password: database.password });
    expect(printed(connected)).toMatchObject({
      state: 'connected',
      facts: { databaseName: database.settings.database },
    });
    expect(connected.stdout + connected.stderr).not.toContain(keys.passphrase);
  });

  test('an agent that samples through a tunnel is worked on from another profile, through SSH', async () => {
    const far = temporaryDir();
    writeFileSync(join(far.path, 'known_hosts'), sshd.knownHost);
    const through = ['--ssh', `${sshd.user}@${sshd.host}:${sshd.port}`, '--ssh-key', keys.encrypted];
    const agent = startCli(['agent', ...through], {
      profile: far.path,
      env: { ...env(), DAYBREAK_URL: database.url },
    });
    agent.stdin.end();
    const gone = once(agent, 'exit');
    const address = `ssh://${sshd.user}@${sshd.host}:${sshd.port}${far.path}`;
    const attached = ['--attach', address, '--ssh-key', keys.encrypted];
    try {
      expect(await linesOf(agent).next()).toMatch(/^Sampling /);
      const servers = printed(await call('connections.list', {}, attached)) as ServerSummary[];
      expect(servers).toMatchObject([{ state: 'connected', tunnelSecretsKept: [expect.any(String)] }]);
      // A stream, too, until it has said what was asked for.
      const events = await call('system.events', {}, [...attached, '--events', '1']);
      expect(events).toMatchObject({ code: 0, stdout: expect.stringContaining('"topic":"connections"') });
    } finally {
      agent.kill('SIGTERM');
      await gone;
    }
    const nobody = printed(await call('connections.list', {}, attached));
    expect(nobody).toMatchObject({ code: 'not_found', message: expect.stringContaining(`${far.path}/engine.lock`) });
    far.remove();
  });
});
