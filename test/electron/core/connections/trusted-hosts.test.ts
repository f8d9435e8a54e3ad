import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningEngine } from '../../../../electron/core/create-engine.ts';
import type { ConnectionSettings } from '../../../../shared/model/connection.ts';
import { shownHostKeySchema } from '../../../../shared/model/tunnel.ts';
import { startEngine } from '../../../postgres/read-model/shop-engine.ts';

const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 7)]);
const key = blob.toString('base64');
const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
const gate = shownHostKeySchema.parse({ host: 'gate.example', port: 2222, key, fingerprint });

const settings = (label: string, host: string | null): ConnectionSettings => ({
  label,
  environment: 'development',
  host: 'db.inside',
  port: 5432,
  database: 'erp',
  user: 'daybreak',
  tlsMode: 'disable',
  tlsCaFile: null,
  passfile: null,
  cores: null,
  readModelSchema: 'reporting',
  ...(host === null
    ? {}
    : { tunnel: { host, port: 2222, user: 'ada', auth: { kind: 'agent' }, jumps: [], keepaliveSeconds: 15 } }),
});

describe('the key of an SSH server that somebody trusts', () => {
  let profileDir: string;
  let engine: RunningEngine;
  beforeAll(async () => {
    profileDir = await mkdtemp(join(tmpdir(), 'daybreak-trusted-'));
    engine = await startEngine(profileDir);
  });
  afterAll(async () => {
    await engine?.stop();
    await rm(profileDir, { recursive: true, force: true });
  });
  const save = async (label: string, host: string | null) =>
    (await engine.servers.save({ settings: settings(label, host) })).serverId;
  const logOf = async (serverId: string) => (await engine.history.activity.list(serverId, 10)).entries;
  const ownFile = () => readFile(join(profileDir, 'known_hosts'), 'utf8');

  test('stands in the log of each connection that goes through it, and so does that it is trusted no more', async () => {
    const through = await save('erp', 'Gate.example');
    const beside = await save('another', null);
    await engine.servers.trustHostKey(gate);
    expect(await logOf(beside)).toEqual([]);
    expect(await logOf(through)).toMatchObject([
      {
        actor: 'anna (test)',
        outcome: 'done',
        purpose: `SSH server gate.example:2222: its key ${fingerprint} is trusted`,
        undoSql: `-- daybreak call connections.forgetHostKey '{"host":"gate.example","port":2222}'`,
      },
    ]);
    // Trusted once more it is no news.
    await engine.servers.trustHostKey(gate);
    expect(await logOf(through)).toHaveLength(1);

    const { host, port } = gate;
    expect(await engine.servers.forgetHostKey({ host, port })).toMatchObject({ forgotten: true });
    expect(await ownFile()).not.toContain(key);
    expect((await logOf(through))[0]).toMatchObject({ purpose: expect.stringMatching(/is trusted no more$/) });
    expect(await engine.servers.forgetHostKey({ host, port })).toMatchObject({ forgotten: false });
    expect(await logOf(through)).toHaveLength(2);
  });

  test('while a connection is only set up is written down once that is saved', async () => {
    await engine.servers.trustHostKey({ ...gate, host: 'new.example' });
    const other = await save('not through it', 'other.example');
    const through = await save('through it', 'new.example');
    expect(await logOf(other)).toEqual([]);
    expect(await logOf(through)).toMatchObject([{ purpose: expect.stringContaining('is trusted') }]);
  });

  test('is forgotten alone: other hosts and their lines stay', async () => {
    await engine.servers.trustHostKey(gate);
    const before = await ownFile();
    await engine.servers.trustHostKey({ ...gate, host: 'last.example' });
    await engine.servers.forgetHostKey({ host: 'last.example', port: 2222 });
    expect(await ownFile()).toBe(before);
    expect(before).toContain(`[gate.example]:2222 ssh-ed25519 ${key}\n`);
  });
});
