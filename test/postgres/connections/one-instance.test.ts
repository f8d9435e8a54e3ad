import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const ever = [0, Number.MAX_SAFE_INTEGER] as const;

describe.each(testServers())('two databases of $label', (server) => {
  let erp: TestDatabase;
  let crm: TestDatabase;
  let engine: RunningEngine;
  let profileDir: string;
  let admin: pg.Client;

  beforeEach(async () => {
    [erp, crm] = await Promise.all([createTestDatabase(server), createTestDatabase(server)]);
    admin = new pg.Client(erp.url);
    await admin.connect();
    profileDir = mkdtempSync(join(tmpdir(), 'daybreak-instance-'));
    const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger: silent, door: 'test' });
    engine = await createEngine(ports, { background: true });
  });
  afterEach(async () => {
    await engine.stop();
    rmSync(profileDir, { recursive: true, force: true });
    await admin.end();
    await erp.drop();
    await crm.drop();
  });

  const connect = async ({ settings, password }: TestDatabase, more: Partial<typeof settings> = {}) => {
    const { serverId } = await engine.servers.save({ settings: { ...settings, ...more }, password });
    await engine.servers.connect(serverId, null);
    return serverId;
  };
  const summaryOf = async (serverId: string) =>
    (await engine.servers.list()).find((summary) => summary.serverId === serverId);
  const samplersRunning = async () => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname::text from pg_stat_activity where application_name = 'daybreak-sampler' and datname = any ($1)`,
      [[erp.settings.database, crm.settings.database]],
    );
    return rows.map(({ datname }) => datname);
  };
  const readNow = async (serverId: string) => (await engine.servers.sampler(serverId)).readNow();

  test('are sampled once, have one history, and the second goes on where the first was disconnected', async () => {
    const first = await connect(erp);
    const second = await connect(crm);
    await readNow(second);
    await admin.query('select 1 as counted_once');
    await readNow(first);
    expect(await samplersRunning()).toEqual([erp.settings.database]);
    expect((await summaryOf(first))?.notice).toBeNull();
    expect((await summaryOf(second))?.notice).toContain(JSON.stringify(erp.settings.label));
    expect(await engine.servers.samplerStatus(second)).toMatchObject({ serverId: second, running: true });

    const { samples } = engine.history;
    const counted = async (serverId: string) => {
      const ids = (await samples.statements(serverId))
        .filter(({ text, databaseName }) => text?.includes('counted_once') && databaseName === erp.settings.database)
        .map(({ statementId }) => statementId);
      const sets = await samples.deltas(serverId, ...ever);
      return sets.flatMap(({ deltas }) => deltas.filter(({ statementId }) => ids.includes(statementId)));
    };
    expect((await counted(second)).map(({ counters }) => counters.calls)).toEqual([1]);
    expect(await counted(second)).toEqual(await counted(first));

    await engine.servers.disconnect(first);
    await admin.query('select 1 as counted_once');
    await readNow(second);
    expect(await samplersRunning()).toEqual([crm.settings.database]);
    expect((await summaryOf(second))?.notice).toBeNull();
    // Read while the first one samples no more, and counted neither twice nor not at all.
    expect((await counted(first)).map(({ counters }) => counters.calls)).toEqual([1, 1]);
  });

  test('are sampled through the connection that sees more', async () => {
    const role = `weak_${erp.settings.database}`;
    await admin.query(
      `create role ${role} login password 'weak'; create table t (id int); grant select on t to ${role}`,
    );
    try {
      const weak = await connect({ ...erp, password: 'weak' }, { user: role, label: 'weak' });
      await readNow(weak);
      expect((await engine.servers.samplerStatus(weak)).problem).toContain(`grant pg_read_all_stats to ${role};`);
      const strong = await connect(crm);
      await readNow(weak);
      expect(await samplersRunning()).toEqual([crm.settings.database]);
      expect((await summaryOf(weak))?.notice).toContain(JSON.stringify(crm.settings.label));
      expect((await engine.servers.samplerStatus(weak)).problem).toBeNull();
      await engine.servers.disconnect(strong);
      await vi.waitFor(async () => expect(await samplersRunning()).toEqual([erp.settings.database]));
      await engine.servers.disconnect(weak);
    } finally {
      await admin.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});
