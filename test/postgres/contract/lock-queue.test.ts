import { createRouterClient } from '@orpc/server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCore, type Core } from '../../../electron/core/create-core.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import type { BlockingNode } from '../../../shared/model/transactions.ts';
import type { Reply } from '../../../shared/model/failure.ts';
import { silentLogger, temporaryDir } from '../../support/door.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const members = (node: BlockingNode): BlockingNode[] => [node, ...node.waiters.flatMap(members)];

function value<T>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value;
}

describe.each(testServers())('$label with a lock queue of four sessions', (server) => {
  let database: TestDatabase;
  let core: Core;
  const profile = temporaryDir();
  const sessions: pg.Client[] = [];

  const session = async (applicationName: string): Promise<{ client: pg.Client; pid: number }> => {
    const client = new pg.Client({ connectionString: database.url, application_name: applicationName });
    client.on('error', () => undefined); // the database is dropped under it
    await client.connect();
    sessions.push(client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return { client, pid: rows[0]?.pid ?? 0 };
  };

  beforeAll(async () => {
    database = await createTestDatabase(server);
    const ports = nodePorts({
      paths: { profileDir: profile.path, resourcesDir: 'resources' },
      logger: silentLogger,
      door: 'test',
    });
    core = await createCore(ports);
  });
  afterAll(async () => {
    await core.stop();
    await database.drop();
    profile.remove();
  });

  test('the sampler sees the open dialog at its root, and each transaction with what it waited and whom it blocked', async () => {
    const client = createRouterClient(core.router);
    const saved = value(await client.connections.save({ settings: database.settings, password: database.password }));
    const { serverId } = saved;
    value(await client.connections.connect({ serverId }));
    value(await client.sampler.setMode({ serverId, mode: 'incident' }));
    const admin = await session('admin');
    await admin.client.query('create table public.stock (item_id int primary key, on_hand int)');
    await admin.client.query('insert into public.stock values (1, 10)');

    const dialog = await session('open dialog');
    await dialog.client.query('begin');
    await dialog.client.query('update public.stock set on_hand = on_hand - 1 where item_id = 1');
    const waiters = [await session('saver 1'), await session('saver 2'), await session('saver 3')];
    const saves = waiters.map(async ({ client: saver }) => {
      await saver.query('begin');
      await saver.query('update public.stock set on_hand = on_hand - 2 where item_id = 1');
      await saver.query('commit');
    });
    const fromMs = Date.now() - 3_600_000;
    const window = { serverId, fromMs, toMs: Date.now() + 3_600_000 };
    await expect
      .poll(async () => value(await client.mornings.blocking(window)).trees[0]?.waitedSeconds ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(5);
    await dialog.client.query('commit');
    await Promise.all(saves);
    value(await client.sampler.readNow({ serverId }));

    const { trees, freshness } = value(await client.mornings.blocking(window));
    const [tree] = trees;
    if (tree === undefined) throw new Error('a queue was seen');
    expect(freshness).toMatchObject({ source: 'history', state: 'fresh' });
    expect(tree.root).toMatchObject({
      pid: dialog.pid,
      applicationName: 'open dialog',
      state: 'idle in transaction',
      text: expect.stringMatching(/^update public\.stock set on_hand = on_hand - /),
      statement: { databaseName: database.settings.database },
    });
    const behind = members(tree.root).slice(1);
    expect(behind.map(({ pid }) => pid).toSorted()).toEqual(waiters.map(({ pid }) => pid).toSorted());
    const waitedByAll = behind.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0);
    expect(tree.waitedSeconds).toBeCloseTo(waitedByAll, 1);

    const { transactions } = value(await client.mornings.transactions(window));
    const ofPid = (pid: number) => transactions.find((one) => one.pid === pid);
    expect(ofPid(dialog.pid)).toMatchObject({ open: false, lockWaitSeconds: 0 });
    expect(ofPid(dialog.pid)?.blockedOthersSeconds).toBeGreaterThan(4);
    expect(ofPid(dialog.pid)?.idleSeconds).toBeGreaterThan(1);
    for (const { pid } of waiters) expect(ofPid(pid)?.lockWaitSeconds).toBeGreaterThan(1);

    // What the person says of a statement can be taken back from a list that no window limits.
    const statementId = tree.root.statement?.statementId ?? '';
    value(await client.mornings.setClass({ serverId, statementId, class: 'batch' }));
    const { statements } = value(await client.mornings.classOverrides({ serverId }));
    expect(statements).toMatchObject([{ class: 'batch', classSource: 'override' }]);
    value(await client.mornings.setClass({ serverId, statementId: statements[0]?.statementId ?? '', class: null }));
    expect(value(await client.mornings.classOverrides({ serverId }))).toEqual({ statements: [] });

    const half = { fromMs: tree.fromMs, toMs: (tree.fromMs + tree.toMs) / 2 };
    const rest = { fromMs: half.toMs, toMs: tree.toMs };
    const { comparison } = value(await client.mornings.compare({ serverId, before: half, after: rest }));
    expect(comparison).toMatchObject({
      before: half,
      after: rest,
      sentence: expect.stringMatching(/^There is not enough data .*\.$/),
    });
    expect(await client.mornings.compare({ serverId, before: rest, after: { fromMs: 2, toMs: 1 } })).toMatchObject({
      ok: false,
      error: { code: 'invalid_input' },
    });
    await Promise.all(sessions.map((one) => one.end()));
  });
});
