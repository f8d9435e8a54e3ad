import { access, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DemoConnection } from '../../../resources/demo-erp/connection.ts';
import { isAlive } from '../../../resources/demo-erp/server/postmaster.ts';
import { openDemoErp, removeDemoErp, type DemoErp } from '../../../resources/demo-erp/open-demo.ts';

const scale = 0.005;
const serverSettings = { fsync: 'off', shared_buffers: '32MB' };
let dir: string;
let demo: DemoErp | null = null;
let dataDir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daybreak-demo-'));
});
afterEach(async () => {
  await demo?.stop();
  demo = null;
});
afterAll(async () => {
  await removeDemoErp(dir);
  await expect(access(dataDir)).rejects.toThrow(/ENOENT/);
  await expect(access(dir)).rejects.toThrow(/ENOENT/);
});

async function open(): Promise<DemoErp> {
  const opened = await openDemoErp({ dir, scale, serverSettings });
  demo = opened;
  dataDir = opened.server.dataDir;
  return opened;
}

async function as<T>(connection: DemoConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const asDaybreak = <T>({ settings, password }: DemoErp, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const { host, port, user, database } = settings;
  return as({ host, port, user, database, password }, work);
};

test('Daybreak sees all statistics and makes schemas of its own, but cannot touch the ERP’s data', async () => {
  const opened = await open();
  expect(opened.freshlySeeded).toBe(true);
  expect(opened.settings).toMatchObject({ environment: 'demo', user: 'daybreak', database: 'erp', host: '127.0.0.1' });
  await as(opened.dashboardsConnection, (client) => client.query('select count(*) from erp.customer'));
  await asDaybreak(opened, async (client) => {
    const seen = await client.query<{ query: string }>(
      `select query from pg_stat_statements join pg_roles on pg_roles.oid = userid where rolname = 'dashboards'`,
    );
    expect(seen.rows.map(({ query }) => query)).toContain('select count(*) from erp.customer');
    await client.query('create schema reporting');
    await client.query('create materialized view reporting.kept as select count(*) as n from erp.ar_invoice');
    for (const forbidden of [
      'delete from erp.ar_invoice',
      `update erp.stock set on_hand = 0`,
      'create table erp.mine (n int)',
      'create role other',
      'select * from pg_authid',
    ]) {
      await expect(client.query(forbidden), forbidden).rejects.toMatchObject({ code: '42501' });
    }
  });
  await as(opened.dashboardsConnection, async (client) => {
    await expect(client.query('delete from erp.receipt')).rejects.toMatchObject({ code: '42501' });
  });
  await as(opened.appConnection, (client) => client.query('update erp.stock set on_hand = on_hand where item_id = 1'));
});

test('no password stands in the statistics that Daybreak and others may read', async () => {
  const opened = await open();
  const found = await asDaybreak(opened, (client) =>
    client.query('select query from pg_stat_statements where query ~* $1 or strpos(query, $2) > 0', [
      'alter role|password ',
      opened.password,
    ]),
  );
  expect(found.rows).toEqual([]);
});

test('the next opening finds the data and what was built on it; logins still work', async () => {
  const opened = await open();
  expect(opened.freshlySeeded).toBe(false);
  await asDaybreak(opened, async (client) => {
    expect((await client.query('select n from reporting.kept')).rows).toHaveLength(1);
  });
});

test.each([
  ['did not finish', 'drop table demo.seeded'],
  ['was of another day', 'update demo.seeded set seeded_on = seeded_on - 1'],
  ['was of another scale', 'update demo.seeded set scale = 7'],
  ['was made by another version', `update demo.seeded set version = 'older'`],
])('a load that %s is thrown away and made again', async (_, spoil) => {
  const before = await open();
  await as(before.adminConnection, (client) => client.query(spoil));
  await before.stop();
  const opened = await open();
  expect(opened.freshlySeeded).toBe(true);
  await as(opened.adminConnection, async (client) => {
    expect((await client.query(`select to_regclass('reporting.kept') as kept`)).rows).toEqual([{ kept: null }]);
  });
});

test('an opening that is cancelled stops its server', async () => {
  const before = await open();
  await as(before.adminConnection, (client) => client.query('drop table demo.seeded'));
  await before.stop();
  const abort = new AbortController();
  const opening = openDemoErp({
    dir,
    scale: 0.1,
    serverSettings,
    signal: abort.signal,
    onProgress: ({ fraction }) => fraction > 0.1 && abort.abort(),
  });
  await expect(opening).rejects.toMatchObject({ value: { code: 'cancelled' } });
  expect(isAlive(before.server.pid)).toBe(false);
  await expect(as(before.adminConnection, async () => undefined)).rejects.toThrow(/ECONNREFUSED/);
});
