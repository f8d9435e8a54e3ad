import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hostKeys } from '../../../../electron/core/tunnel/host-keys.ts';
import { parseSshConfig } from '../../../../electron/core/tunnel/ssh-config.ts';
import { attachableEngine } from '../../../../electron/hosts/profile/attachable-engine.ts';
import { openProfileEngine, type ProfileEngine } from '../../../../electron/hosts/profile/open-engine.ts';
import { openRemoteEngine, remoteEngineFrom } from '../../../../electron/hosts/profile/remote-engine.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { shownHostKeySchema } from '../../../../shared/model/tunnel.ts';
import { routerOf, silentLogger, someInfo, temporaryDir } from '../../../support/door.ts';
import { hasSshd, sshKeys, startSshd, type SshKeys, type TestSshd } from '../../../support/sshd.ts';

describe.skipIf(!hasSshd)('an engine of another machine', () => {
  let keys: SshKeys;
  let sshd: TestSshd;
  let dir: ReturnType<typeof temporaryDir>;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    keys = await sshKeys();
    sshd = await startSshd(keys);
  });
  afterAll(async () => {
    await sshd.stop();
    await keys.remove();
  });
  beforeEach(() => {
    dir = temporaryDir();
  });
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
    dir.remove();
  });

  const profile = (name: string) => {
    const path = join(dir.path, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  /** Stands where an agent would: the real listener and the real lock, with a router that says who it is. */
  const engineOn = async (profileDir: string, version = 'far'): Promise<ProfileEngine> => {
    const router = routerOf({
      system: {
        info: () => ({ ok: true, value: someInfo({ version, profile: profileDir }) }),
        async *events() {
          yield { seq: 1, topic: 'connections', serverId: null, subject: version };
        },
      },
    });
    const engine = await openProfileEngine({
      profileDir,
      logger: silentLogger,
      startCore: async () => ({ router, stop: async () => {} }),
    });
    open.push(engine);
    return engine;
  };
  const tunnel = () => sshd.tunnel({ kind: 'key', file: keys.plain });
  const trusting = {
    hostKeys: { ...hostKeys({ own: '/nonexistent', others: [] }), verify: async () => 'known' },
    secretOf: async () => null,
    agent: null,
  };
  const attach = async (profileDir: string) => {
    const engine = await openRemoteEngine({
      remote: { tunnel: tunnel(), profile: profileDir },
      context: trusting,
      logger: silentLogger,
    });
    open.push(engine);
    return engine;
  };
  const failureOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => new Error('it did not fail'),
      (cause: unknown) => cause,
    );
    if (isFailure(error)) return error.value;
    throw error;
  };

  test('answers calls and streams through SSH, as the one that its lock names', async () => {
    const far = profile('far');
    await engineOn(far);
    const engine = await attach(far);
    expect(await engine.client.system.info({})).toMatchObject({ ok: true, value: { version: 'far', profile: far } });
    expect([engine.kind(), engine.pid()]).toEqual(['attached', process.pid]);
    for await (const event of await engine.client.system.events({})) expect(event).toMatchObject({ subject: 'far' });
  });

  test('is found again when it was started anew, without the window being opened again', async () => {
    const far = profile('far');
    const before = await engineOn(far, 'before');
    const engine = await attach(far);
    await before.close();
    await engineOn(far, 'after');
    await vi.waitFor(
      async () => expect(await engine.client.system.info({})).toMatchObject({ ok: true, value: { version: 'after' } }),
      { timeout: 20_000, interval: 200 },
    );
  });

  test('a profile without an engine, and a lock that others can read, are told apart', async () => {
    const far = profile('far');
    expect(await failureOf(attach(far))).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(`${far}/engine.lock`),
    });
    await engineOn(far);
    chmodSync(join(far, 'engine.lock'), 0o644);
    expect(await failureOf(attach(far))).toMatchObject({
      code: 'permission_denied',
      action: `chmod 0600 ${far}/engine.lock`,
    });
  });

  test('says where the SSH server offers no SFTP', async () => {
    const without = await startSshd(keys, { sftp: false });
    try {
      const remote = { tunnel: without.tunnel({ kind: 'key', file: keys.plain }), profile: profile('far') };
      const opening = openRemoteEngine({ remote, context: trusting, logger: silentLogger });
      expect(await failureOf(opening)).toMatchObject({
        code: 'not_available',
        message: expect.stringContaining('SFTP'),
      });
    } finally {
      await without.stop();
    }
  });

  test('a window attaches once its SSH server is trusted, says where it is, and comes back', async () => {
    const [here, far] = [profile('here'), profile('far')];
    await engineOn(far);
    const own = await engineOn(here, 'own');
    const attachable = attachableEngine(own, { profileDir: here, logger: silentLogger });
    open.push(attachable);
    const client = () => createRouterClient(attachable.router());
    expect(await client().system.info({})).toMatchObject({ value: { version: 'own' } });
    expect(await client().system.detach({})).toMatchObject({ ok: false, error: { code: 'not_available' } });

    const unknown = await client().system.attach({ tunnel: tunnel(), profile: far });
    if (unknown.ok) throw new Error('nobody has trusted that server');
    expect(unknown.error.code).toBe('host_key_unknown');
    expect(await client().system.info({})).toMatchObject({ value: { version: 'own' } });
    const shown = shownHostKeySchema.parse(unknown.error.detail?.['hostKey']);
    await hostKeys({ own: join(here, 'known_hosts'), others: [] }).trust(shown);

    expect(await client().system.attach({ tunnel: tunnel(), profile: far })).toMatchObject({ ok: true });
    const to = `${sshd.user}@${sshd.host}:${sshd.port}${far}`;
    expect(await client().system.info({})).toMatchObject({
      value: { version: 'far', profile: far, attached: { to, canDetach: true } },
    });
    expect(await client().system.detach({})).toEqual({ ok: true, value: { to } });
    const back = await client().system.info({});
    expect(back).toMatchObject({ value: { version: 'own' } });
    expect(back.ok && back.value.attached).toBeUndefined();
  });
});

describe('the address of an agent', () => {
  const none = parseSshConfig('');

  test('names the server and, if it is not the usual one, the profile', () => {
    expect(remoteEngineFrom('ssh://anna@gate:2200', {}, none)).toMatchObject({
      tunnel: { host: 'gate', port: 2200, user: 'anna' },
      profile: null,
    });
    expect(remoteEngineFrom('ssh://anna@gate/var/lib/daybreak/', {}, none).profile).toBe('/var/lib/daybreak');
    expect(remoteEngineFrom('ssh://anna@gate/~/day%20break', {}, none).profile).toBe('./day break');
    for (const wrong of ['gate', 'http://gate', 'ssh://', 'ssh://a b/x']) {
      expect(() => remoteEngineFrom(wrong, {}, none), wrong).toThrow(
        expect.objectContaining({ value: expect.objectContaining({ code: 'invalid_input' }) }),
      );
    }
  });
});
