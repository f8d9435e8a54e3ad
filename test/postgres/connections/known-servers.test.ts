import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts, systemClock } from '../../../electron/hosts/node-ports.ts';
import { cuttableProxy, type CuttableProxy } from '../../support/cuttable-proxy.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const [server] = testServers();
if (server === undefined) throw new Error('the bundled PostgreSQL is always there');
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** Waits between attempts shrink to a hundredth; everything else keeps real time. */
const hurried = {
  ...systemClock,
  sleep: (delayMs: number, signal?: AbortSignal) => systemClock.sleep(delayMs / 100, signal),
};

describe('connections of a profile', () => {
  let database: TestDatabase;
  let engine: RunningEngine;
  let profileDir: string;
  let proxy: CuttableProxy;

  beforeEach(async () => {
    database = await createTestDatabase(server);
    proxy = await cuttableProxy(server);
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-connections-'));
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    engine = await createEngine({ ...ports, clock: hurried }, { background: true });
  });

  afterEach(async () => {
    await engine.stop();
    await proxy.close();
    rmSync(profileDir, { recursive: true, force: true });
    await database.drop();
  });

  const save = (port: number) =>
    engine.servers.save({ settings: { ...database.settings, port }, password: database.password });
  const stateOf = async (serverId: string) =>
    (await engine.servers.list()).find((each) => each.serverId === serverId)?.state;

  test('a lost server is said at once, and comes back by itself in the mode that was set by hand', async () => {
    const { serverId } = await save(proxy.port);
    await engine.servers.connect(serverId, null);
    (await engine.servers.sampler(serverId)).setMode('incident');
    await proxy.cut();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('lost'), { timeout: 10_000 });
    await expect(engine.servers.server(serverId)).rejects.toMatchObject({ value: { retryable: true } });
    await proxy.mend();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('connected'), { timeout: 10_000 });
    expect((await engine.servers.sampler(serverId)).status()).toMatchObject({ running: true, mode: 'incident' });
  });

  test('an address that leads to another server than before says so', async () => {
    const { serverId } = await save(server.port);
    const noticeOf = async () => (await engine.servers.connect(serverId, null)).notice;
    expect(await noticeOf()).toBeNull();
    await engine.servers.disconnect(serverId);
    expect(await noticeOf()).toBeNull();
    await engine.servers.disconnect(serverId);
    const stored = await engine.servers.stored(serverId);
    if (stored.lastFacts === null) throw new Error('it was connected twice');
    await engine.history.connections.save({ ...stored, lastFacts: { ...stored.lastFacts, systemIdentifier: '7' } });
    expect(await noticeOf()).toMatch(
      /leads to another server than when it was last connected \(system identifier 7 then/,
    );
  });

  test('an attempt by hand that fails does not end the attempts by themselves', async () => {
    const { serverId } = await save(proxy.port);
    await engine.servers.connect(serverId, null);
    await proxy.cut();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('lost'), { timeout: 10_000 });
    await expect(engine.servers.connect(serverId, null)).rejects.toMatchObject({ value: { code: 'host_unreachable' } });
    await proxy.mend();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('connected'), { timeout: 10_000 });
  });

  test('on a machine that is started out of reach of a server it knows, that server is tried until it answers', async () => {
    const { serverId } = await save(proxy.port);
    await engine.servers.connect(serverId, null);
    await engine.stop();
    await proxy.cut();
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    const secrets = { ...ports.secrets, get: async () => database.password };
    engine = await createEngine({ ...ports, secrets, clock: hurried }, { background: true });
    await expect(engine.servers.server(serverId)).rejects.toMatchObject({ value: { code: 'host_unreachable' } });
    const [out] = await engine.servers.list();
    expect(out).toMatchObject({ state: 'lost', nextAttemptAtMs: expect.any(Number) });
    await proxy.mend();
    await vi.waitFor(async () => expect(await stateOf(serverId)).toBe('connected'), { timeout: 10_000 });
  });

  test('a server that never answered is not tried again by itself', async () => {
    await proxy.cut();
    const { serverId } = await save(proxy.port);
    await expect(engine.servers.server(serverId)).rejects.toMatchObject({ value: { code: 'host_unreachable' } });
    expect(await stateOf(serverId)).toBe('disconnected');
  });

  test('what a person disconnected stays disconnected', async () => {
    const { serverId } = await save(proxy.port);
    await engine.servers.connect(serverId, null);
    await engine.servers.disconnect(serverId);
    await expect(engine.servers.server(serverId)).rejects.toMatchObject({ value: { code: 'not_connected' } });
    expect(await stateOf(serverId)).toBe('disconnected');
  });

  test('what is saved as it was stays open, with the refreshes that run over it; another address does not', async () => {
    const { serverId, settings } = await save(server.port);
    await engine.servers.connect(serverId, null);
    const open = await engine.servers.server(serverId);
    const again = await engine.servers.save({ serverId, settings: { ...settings }, password: database.password });
    expect(again.state).toBe('connected');
    expect(await engine.servers.server(serverId)).toBe(open);
    await engine.servers.save({ serverId, settings: { ...settings, port: proxy.port } });
    expect(await stateOf(serverId)).toBe('disconnected');
  });

  describe('while a server takes its time to answer', () => {
    let mute: Server;
    const held = new Set<Socket>();

    beforeEach(async () => {
      mute = createServer((socket) => {
        held.add(socket);
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    });
    afterEach(async () => {
      for (const socket of held) socket.destroy();
      await new Promise((resolve) => mute.close(resolve));
    });
    const mutePort = () => {
      const address = mute.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    };
    const hangUp = () => held.forEach((socket) => socket.destroy());

    test('an edited address is kept, and the overtaken attempt writes nothing over it', async () => {
      const { serverId } = await save(mutePort());
      const attempt = engine.servers.connect(serverId, null).catch((error: unknown) => error);
      await vi.waitFor(() => expect(held.size).toBeGreaterThan(0));
      await engine.servers.save({
        serverId,
        settings: { ...database.settings, port: server.port },
        password: database.password,
      });
      hangUp();
      expect(await attempt).toMatchObject({ name: 'Failure' });
      expect((await engine.servers.stored(serverId)).settings.port).toBe(server.port);
      expect((await engine.servers.connect(serverId, null)).state).toBe('connected');
    });

    test('a removed connection does not come back', async () => {
      const { serverId, settings } = await save(mutePort());
      const attempt = engine.servers.connect(serverId, null).catch((error: unknown) => error);
      await vi.waitFor(() => expect(held.size).toBeGreaterThan(0));
      await engine.servers.remove(serverId, settings.label);
      hangUp();
      await attempt;
      expect(await engine.servers.list()).toEqual([]);
    });
  });
});
