import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCore, type Core } from '../../../electron/core/create-core.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe.each(testServers())('$label without pg_stat_statements in the database', (server) => {
  let database: TestDatabase;
  let core: Core;
  let profileDir: string;

  beforeAll(async () => {
    database = await createTestDatabase(server, { statementStatistics: false });
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-bare-'));
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    core = await createCore(ports, { background: false });
  });
  afterAll(async () => {
    await core.stop();
    rmSync(profileDir, { recursive: true, force: true });
    await database.drop();
  });

  test('it connects with the exact fix, and only a snapshot fails for want of it', async () => {
    const client = createRouterClient(core.router);
    const saved = await client.connections.save({ settings: database.settings, password: database.password });
    if (!saved.ok) throw new Error(saved.error.message);
    const { serverId } = saved.value;
    const connected = await client.connections.connect({ serverId });
    if (!connected.ok) throw new Error(connected.error.message);
    const missing = connected.value.facts?.capabilities.find(({ name }) => name === 'statement_statistics');
    expect(missing).toMatchObject({ present: false, action: expect.stringContaining('create extension') });

    expect(await client.sampler.readNow({ serverId })).toMatchObject({
      ok: false,
      error: { code: 'capability_missing', action: expect.stringContaining('create extension') },
    });
    expect(await client.mornings.timeline({ serverId })).toMatchObject({ ok: true });
    const toMs = Date.now();
    expect(await client.mornings.diagnose({ serverId, fromMs: toMs - 60_000, toMs })).toMatchObject({
      ok: true,
      value: { verdict: { conclusion: 'not_enough_data' } },
    });
    const proposed = await client.readModels.propose({ serverId, from: { kind: 'sql', sql: 'select 1 as one' } });
    expect(proposed).toMatchObject({ ok: true });
  });
});
