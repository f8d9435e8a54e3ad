import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, hurriedClock, openShop, salesByRegion, systemClock } from './fixture.ts';

const keyed = { keyColumns: ['k'] };
const versionSql = (version: number) =>
  `select invoice_id % 50 as k, max(${version}) as v from erp.invoice group by 1${version === 1 ? '' : ' having count(*) > 0'}`;

/** A disk of a few megabytes; null where this user may not mount one. */
function mountTinyDisk(): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'daybreak-tiny-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.sql(`create table erp.wide as
      select n as k, md5(n::text) || md5((n + 1)::text) as word, n % 7 as v from generate_series(1, 200000) n;
      analyze erp.wide; grant select on erp.wide to ${shop.daybreak}`);
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`),
  );
  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const drifted = async () => (await model()).drift.map(({ text }) => text);
  const served = async () =>
    (await shop.sql<{ v: number }>('select distinct v from reporting.sales')).map(({ v }) => v);
  /** Readers see version 1 alone, and the registry says the same as the catalog. */
  const stillVersion1 = async () => {
    expect(await served()).toEqual([1]);
    expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
    expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
    expect(shop.journal.activity.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  };

  test('a refresh whose switch never gets its lock leaves the old rows, says who holds it, and runs once he has gone', async () => {
    await shop.build(versionSql(1), keyed);
    const report = await shop.connect(shop.daybreak);
    await report.query('begin; select * from reporting.sales');
    for (const mode of ['side_by_side', 'full'] as const) {
      const failure = await failureOf(shop.refresh('sales', undefined, { mode, clock: hurriedClock }));
      expect(failure).toMatchObject({ code: 'lock_not_granted', retryable: true });
      expect(failure.message).toContain('its old rows are still served');
      expect(failure.message).toContain('idle in transaction');
      expect(failure.action).toMatch(/^select pg_terminate_backend\(\d+\);$/);
      expect((await model()).lastRun).toMatchObject({ state: 'failed', sqlstate: '55P03' });
    }
    await report.query('commit');
    await stillVersion1();
    expect((await shop.refresh('sales', undefined, { mode: 'side_by_side' })).state).toBe('done');
    await stillVersion1();
  });

  test('a build that may not spill any more is undone, and says which limit it met', async () => {
    await shop.build(versionSql(1), keyed);
    await shop.sql(
      `alter role ${shop.daybreak} set temp_file_limit = '1MB'; alter role ${shop.daybreak} set work_mem = '1MB'`,
    );
    const limited = await shop.openAs(shop.daybreak);
    try {
      const plan = await shop.planFor(
        'select (k % 50)::bigint as k, max(2) as v, count(distinct word) as n from erp.wide group by 1',
        keyed,
      );
      const failure = await failureOf(shop.execute(plan, { server: limited }));
      expect(failure).toMatchObject({ sqlstate: '53400' });
      expect(failure.message).toContain('temp_file_limit');
      expect(failure.message).toContain('Undone: ');
      await stillVersion1();
    } finally {
      await shop.sql(`alter role ${shop.daybreak} reset all`);
    }
  });

  test('a build and a refresh on a full disk leave the old rows, and say that room is needed', async ({ skip }) => {
    const disk = mountTinyDisk();
    if (disk === null) return skip('this user may not mount a disk');
    const [{ data } = { data: '' }] = await shop.sql<{ data: string }>(
      `select current_setting('data_directory') as data`,
    );
    const space = `tiny_${testServer.major}_${Date.now()}`;
    try {
      chmodSync(disk, 0o711);
      const location = join(disk, 'space');
      mkdirSync(location);
      const { uid, gid } = statSync(data);
      chownSync(location, uid, gid);
      await shop.sql(`create tablespace ${space} location '${location}'`);
      await shop.sql(`grant create on tablespace ${space} to ${shop.daybreak}`);
      await shop.build(versionSql(1), keyed);
      await shop.sql(`alter role ${shop.daybreak} set default_tablespace = ${space}`);
      const full = await shop.openAs(shop.daybreak);
      const failure = await failureOf(
        shop.execute(
          await shop.planFor('select k, max(word) as word, max(2) as v from erp.wide group by k', keyed, 'replace'),
          {
            server: full,
          },
        ),
      );
      expect(failure).toMatchObject({ sqlstate: '53100' });
      expect(failure.message).toContain('Make room on the server');
      await stillVersion1();
      // A small one fits, and is served until its refresh does not fit any more.
      await shop.sql(`create table erp.growing as select k, v, word from erp.wide where k <= 100;
        grant select on erp.growing to ${shop.daybreak}`);
      await shop.build('select k, 1 as v, word from erp.growing', { ...keyed, name: 'growing' });
      await shop.sql('insert into erp.growing select k, v, word from erp.wide where k > 100');
      const grown = await failureOf(shop.refresh('growing', undefined, { mode: 'side_by_side', server: full }));
      expect(grown).toMatchObject({ sqlstate: '53100' });
      expect(grown.message).toContain('its old rows are still served');
      expect(await shop.sql('select count(*)::int as n from reporting.growing')).toEqual([{ n: 100 }]);
      expect(await getReadModel(shop.server, 'growing', systemClock)).toMatchObject({ drift: [] });
      await full.close();
    } finally {
      await shop.sql(`alter role ${shop.daybreak} reset all`);
      await shop.sql('drop schema if exists reporting cascade');
      await shop.sql(`revoke all on tablespace ${space} from ${shop.daybreak}`).catch(() => undefined);
      await shop.sql(`drop tablespace if exists ${space}`);
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
  });

  test('a read model dropped by hand during its refresh stays dropped, and a new version puts it right', async () => {
    await shop.build(versionSql(1), keyed);
    await shop.refresh('sales', undefined, { mode: 'side_by_side' });
    const blocker = await shop.connect(shop.daybreak);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    const refresh = failureOf(shop.refresh('sales', undefined, { mode: 'side_by_side' }));
    for (;;) {
      const waiting = await shop.sql(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'refresh%'`,
      );
      if (waiting.length > 0) break;
    }
    await shop.sql('drop view reporting.sales; drop materialized view reporting.sales_v1_b');
    await blocker.query('commit');
    const failure = await refresh;
    expect(failure).toMatchObject({ sqlstate: '42P01' });
    expect(failure.message).toContain('was dropped while it was refreshed');
    expect(failure.message).toContain('Build a new version');
    expect(await drifted()).toContain('The stable view reporting.sales is gone.');
    await shop.build(versionSql(2), keyed);
    expect(await served()).toEqual([2]);
    expect(await drifted()).toEqual(['The copy sales_v1_b is gone.']);
    await shop.execute(await shop.planDropVersion('sales', 1));
    expect((await model()).drift).toEqual([]);
  });

  test('a read model over a table with row security is built with its owner’s eyes, and says so', async () => {
    await shop.sql(`create table if not exists erp.guarded as select 1 as k, 'north' as region;
      alter table erp.guarded enable row level security; grant select on erp.guarded to ${shop.daybreak}`);
    const plan = await shop.planFor('select k, region from erp.guarded', keyed);
    expect(plan.warnings.join('\n')).toContain(
      "erp.guarded has row security: the read model is built with its owner's eyes",
    );
  });

  test('a function that finds its tables by search_path is refused before anything is built, where a refresh would fail', async () => {
    await shop.sql(`
      create table if not exists erp.rate (r numeric); insert into erp.rate values (2);
      grant select on erp.rate to ${shop.daybreak};
      set search_path = erp;
      create or replace function erp.by_sql() returns numeric language sql stable as 'select max(r) from rate';
      create or replace function erp.by_plpgsql(x int) returns numeric language plpgsql stable as
        'begin return (select max(r) * x from rate); end';
      create or replace function erp.qualified(x int) returns numeric language plpgsql stable as
        'begin return (select max(r) * x from erp.rate); end';
      reset search_path`);
    await shop.sql(`alter role ${shop.daybreak} set search_path = erp, public`);
    const server = await shop.openAs(shop.daybreak);
    await shop.sql(`alter role ${shop.daybreak} reset search_path`);
    for (const call of ['erp.by_sql()', 'erp.by_plpgsql(1)']) {
      const sql = `select region as k, ${call} as rate from erp.invoice group by 1`;
      const proposed = propose({
        server,
        schema: 'reporting',
        origin: { kind: 'sql', sql },
        edits: { name: 'sales', ...keyed },
      });
      if (testServer.major < 17) {
        expect((await proposed).proposal.definitionSql).toContain(call);
      } else {
        const failure = await failureOf(proposed);
        expect(failure).toMatchObject({ code: 'statement_refused' });
        expect(failure.message).toContain('finds its tables by search_path');
        expect(failure.message).toMatch(/alter function erp\.by_\w+\(.*\) set search_path = erp, pg_catalog/);
      }
    }
    await shop.build('select region as k, erp.qualified(2) as rate from erp.invoice group by 1', keyed);
    await shop.sql(`alter function erp.by_sql() set search_path = erp, pg_catalog`);
    await shop.build('select region as k, erp.by_sql() as rate, 1 as more from erp.invoice group by 1', keyed);
    await shop.refresh('sales', undefined, { mode: 'side_by_side' });
    expect((await model()).drift).toEqual([]);
  });

  test.each([
    ['two commands', `select 1 as k; drop table erp.invoice`],
    ['a command that writes', `with gone as (delete from erp.invoice returning invoice_id as k) select k from gone`],
    ['a function that writes', `select erp.write() as k`],
  ])('%s are refused, and nothing has run', async (_, sql) => {
    await shop.sql(`create or replace function erp.write() returns int language plpgsql as
      'begin delete from erp.invoice; return 1; end'`);
    const failure = await failureOf(shop.planFor(sql, keyed));
    expect(failure).toMatchObject({ code: 'statement_refused' });
    expect(await shop.sql('select count(*)::int as n from erp.invoice')).toEqual([{ n: 2000 }]);
    expect(await shop.left()).toEqual([]);
  });

  test('a base table that is dropped under a plan makes it stale, and nothing is built', async () => {
    await shop.sql(
      `create table erp.passing as select * from erp.invoice; grant select on erp.passing to ${shop.daybreak}`,
    );
    const plan = await shop.planFor(salesByRegion.replace('erp.invoice', 'erp.passing'), { keyColumns: ['region'] });
    await shop.sql('drop table erp.passing');
    expect(await failureOf(shop.execute(plan))).toMatchObject({ code: 'plan_stale' });
    expect(await shop.left()).toEqual([]);
  });
});
