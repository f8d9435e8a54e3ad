import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts, systemClock } from '../../../electron/hosts/node-ports.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { logger } from '../connect/support.ts';

const ever = [0, Number.MAX_SAFE_INTEGER] as const;
/** Waits between attempts to reconnect shrink to a hundredth. */
const hurried = {
  ...systemClock,
  sleep: (delayMs: number, signal?: AbortSignal) => systemClock.sleep(delayMs / 100, signal),
};

describe('a server that restarts while it is sampled', () => {
  let dir: string;
  let server: EmbeddedServer;
  let engine: RunningEngine;
  let serverId: string;

  const start = (port?: number) =>
    startEmbeddedServer({
      dir: join(dir, 'server'),
      settings: { fsync: 'off', shared_buffers: '32MB' },
      ...(port === undefined ? {} : { port }),
    });
  const run = async (sql: string, times: number) => {
    const { host, port, user, password } = server;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    for (let n = 0; n < times; n += 1) await client.query(sql);
    await client.end();
  };
  const readNow = async () => (await engine.servers.sampler(serverId)).readNow();
  const stateOf = async () => (await engine.servers.list()).find((each) => each.serverId === serverId)?.state;
  const until = (state: string) =>
    vi.waitFor(async () => expect(await stateOf()).toBe(state), { timeout: 30_000, interval: 20 });
  const counted = async () => {
    const { samples } = engine.history;
    const ids = (await samples.statements(serverId))
      .filter(({ text }) => text === 'select count(*) from saved')
      .map(({ statementId }) => statementId);
    const sets = await samples.deltas(serverId, ...ever);
    return {
      sets,
      calls: sets.flatMap(({ deltas }) =>
        deltas.filter(({ statementId }) => ids.includes(statementId)).map(({ counters }) => counters.calls),
      ),
    };
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-restart-'));
    await chmod(dir, 0o711); // the server runs as another user when the tests run as root
    await mkdir(join(dir, 'profile'));
    server = await start();
    await run('create extension pg_stat_statements; create table saved ()', 1);
    const ports = nodePorts({
      paths: { profileDir: join(dir, 'profile'), resourcesDir: 'resources' },
      logger,
      door: 'test',
    });
    engine = await createEngine({ ...ports, clock: hurried }, { background: true });
    const saved = await engine.servers.save({
      settings: {
        label: 'restarting',
        environment: 'development',
        host: server.host,
        port: server.port,
        database: 'postgres',
        user: server.user,
        tlsMode: 'disable',
        tlsCaFile: null,
        passfile: null,
        cores: null,
        readModelSchema: 'reporting',
      },
      password: server.password,
    });
    serverId = saved.serverId;
    await engine.servers.connect(serverId, null);
  });
  afterAll(async () => {
    await engine.stop();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('is said to be lost, comes back, and nothing is lost or counted twice', async () => {
    await run('select count(*) from saved', 2);
    await readNow();
    await run('select count(*) from saved', 3);
    await readNow();
    const before = await counted();
    const { port } = server;
    await server.stop();
    await until('lost');
    expect((await counted()).sets).toEqual(before.sets);
    server = await start(port);
    await until('connected');
    await run('select count(*) from saved', 4);
    await readNow();
    const after = await counted();
    expect(after.calls.slice(before.calls.length).reduce((sum, calls) => sum + calls, 0)).toBe(4);
    expect(after.sets.slice(0, before.sets.length)).toEqual(before.sets);
    expect(after.sets.some(({ restarted }) => restarted === true)).toBe(true);
    expect((await engine.servers.samplerStatus(serverId)).problem).toBeNull();
  });

  it('that crashes forgets its statistics, and what it counts from then on is marked', async () => {
    await run('select count(*) from saved', 1);
    await readNow();
    const before = await counted();
    const { host, port, user, password } = server;
    const victim = new pg.Client({ host, port, user, password, database: 'postgres' });
    victim.on('error', () => undefined);
    await victim.connect();
    const { rows } = await victim.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid;
    if (pid === undefined) throw new Error('a backend has a process number');
    // One killed backend takes all others with it: shared memory cannot be trusted any more.
    process.kill(pid, 'SIGKILL');
    await until('lost');
    await until('connected');
    await run('select count(*) from saved', 1);
    await readNow();
    const after = await counted();
    expect(after.calls.slice(before.calls.length).reduce((sum, calls) => sum + calls, 0)).toBeLessThanOrEqual(1);
    expect(after.sets.slice(0, before.sets.length)).toEqual(before.sets);
    for (const { server: counters } of after.sets) {
      for (const value of Object.values(counters ?? {})) if (value !== null) expect(value).toBeGreaterThanOrEqual(0);
    }
  });
});
