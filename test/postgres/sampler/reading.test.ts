import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { withStatisticsReader, type StatisticsReader } from '../../../electron/core/postgres/statistics-reader.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger } from '../connect/support.ts';

describe.each(testServers())('reading the statistics of $label', (server) => {
  let database: TestDatabase;
  let databaseOid: string;
  let admin: pg.Client;
  let connected: Server;
  const role = () => `plain_${database.settings.database}`;

  const client = async () => {
    const made = new pg.Client(database.url);
    await made.connect();
    return made;
  };
  const reading = <T>(work: (reader: StatisticsReader) => Promise<T>) => withStatisticsReader(connected, work);
  const until = async (sql: string, values: unknown[] = []) => {
    for (;;) {
      const { rows } = await admin.query<{ yes: boolean }>(`select (${sql}) as yes`, values);
      if (rows[0]?.yes) return;
      await clock.sleep(10);
    }
  };

  beforeAll(async () => {
    database = await createTestDatabase(server, { statementStatistics: false });
    admin = await client();
    // Not in public, and under a name that has to be quoted: nothing may rely on the search path.
    await admin.query(`
      create schema "Stats here";
      create extension pg_stat_statements schema "Stats here";
      create table invoice (invoice_id int primary key, amount numeric);
      insert into invoice select n, n from generate_series(1, 1000) n;
      create role ${role()} login password 'plain';
      grant select on invoice to ${role()};
      grant usage on schema "Stats here" to ${role()};
      grant execute on all functions in schema "Stats here" to ${role()}`);
    const { rows } = await admin.query<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    );
    databaseOid = rows[0]?.oid ?? '';
    connected = await openServer({
      serverId: 's',
      settings: database.settings,
      password: database.password,
      clock,
      logger,
    });
  });
  afterAll(async () => {
    await connected.close();
    await admin.query(`drop owned by ${role()}; drop role ${role()}`);
    await admin.end();
    await database.drop();
  });

  it('takes whole snapshots that agree with the extension, in any schema', async () => {
    for (let n = 0; n < 7; n += 1) await admin.query('select sum(amount) from invoice where invoice_id > $1', [n]);
    const { rows } = await admin.query<Record<string, string>>(
      `
      select queryid::text, userid::text, calls, rows, total_exec_time::text as ms,
        (calls * (stddev_exec_time ^ 2 + mean_exec_time ^ 2))::text as squares, shared_blks_hit as hit
      from "Stats here".pg_stat_statements
      where query like 'select sum(amount)%' and dbid = $1::oid`,
      [databaseOid],
    );
    const [expected] = rows;
    const snapshot = await reading((reader) => reader.snapshot());
    const entry = snapshot.entries.find(
      ({ key }) => key.queryid === expected?.['queryid'] && key.databaseOid === databaseOid,
    );
    expect(entry).toMatchObject({
      key: { roleOid: expected?.['userid'], toplevel: true },
      counters: {
        calls: 7,
        rows: 7,
        totalExecMs: Number(expected?.['ms']),
        sumSquaresMs2: Number(expected?.['squares']),
        sharedBlksHit: Number(expected?.['hit']),
      },
    });
    // 17 (1.11) and later tell since when an entry counts; the sum of squares is that of the running time.
    expect(entry?.statsSinceMs === null).toBe(server.major < 17);
    expect(entry?.counters.sumSquaresMs2).toBeGreaterThanOrEqual((Number(expected?.['ms']) / 7) ** 2 * 7 * 0.999);
    expect(snapshot).toMatchObject({
      hiddenEntries: 0,
      statsResetMs: expect.any(Number),
      activeTimeMs: expect.any(Number),
    });
    expect(Math.abs(snapshot.atMs - connected.facts.clockSkewMs - clock.nowMs())).toBeLessThan(60_000);
  });

  it('fetches the texts that it is asked for, and no others', async () => {
    await admin.query(`select count(*) from invoice where amount > 5 -- ${'x'.repeat(150_000)}`);
    const [texts, snapshot] = await reading(async (reader) => {
      const taken = await reader.snapshot();
      const keys = taken.entries.map(({ key }) => key).filter((key) => key.databaseOid === databaseOid);
      return [await reader.texts(keys), taken] as const;
    });
    const sum = texts?.find(({ text }) => text.startsWith('select sum(amount)'));
    expect(sum).toMatchObject({
      text: 'select sum(amount) from invoice where invoice_id > $1',
      databaseName: database.settings.database,
      roleName: server.user,
    });
    expect(texts?.every(({ key }) => key.databaseOid === databaseOid)).toBe(true);
    expect(snapshot.entries.some(({ key }) => key.queryid === sum?.key.queryid)).toBe(true);
    expect(Math.max(...(texts ?? []).map(({ text }) => text.length))).toBe(100_000);
  });

  it('sees who works, who waits for whom, and who blocks while idle in a transaction', async () => {
    const [holder, waiter, reporter, idle] = await Promise.all([client(), client(), client(), client()]);
    await holder.query(`set application_name = 'erp'; begin; update invoice set amount = 0 where invoice_id = 1`);
    const waiting = waiter.query('update invoice set amount = amount + 1 where invoice_id = 1');
    const running = reporter.query('select pg_sleep(30), sum(amount) from invoice').catch(() => undefined);
    await idle.query('select 1');
    await until(`(select count(*) = 2 from pg_stat_activity where datname = current_database()
      and (wait_event_type = 'Lock' or wait_event = 'PgSleep'))`);
    const { rows } = await reading((reader) => reader.activity());
    const here = rows.filter((row) => row.databaseOid === databaseOid);
    const pidOf = async (one: pg.Client) => ('processID' in one ? Number(one.processID) : 0);
    const blocked = here.find((row) => row.waitEventType === 'Lock');
    expect(blocked).toMatchObject({
      pid: await pidOf(waiter),
      state: 'active',
      blockedByPids: [await pidOf(holder)],
      query: expect.stringContaining('amount + 1'),
      queryid: expect.stringMatching(/^-?\d+$/),
      databaseName: database.settings.database,
      roleName: server.user,
    });
    expect(here.find((row) => row.pid === blocked?.blockedByPids[0])).toMatchObject({
      state: 'idle in transaction',
      applicationName: 'erp',
      query: expect.stringContaining('set amount = 0'),
      xactStartMs: expect.any(Number),
    });
    expect(here.find((row) => row.waitEvent === 'PgSleep')).toMatchObject({ backendXminAge: expect.any(Number) });
    // Neither those who do nothing nor the sampler itself.
    expect(here.map((row) => row.pid)).not.toContain(await pidOf(idle));
    expect(here.map((row) => row.applicationName)).not.toContain('daybreak-sampler');
    expect(here).toHaveLength(3);
    await admin.query(`select pg_cancel_backend($1)`, [await pidOf(reporter)]);
    await running;
    await holder.query('rollback');
    await waiting;
    await Promise.all([holder, waiter, reporter, idle].map((one) => one.end()));
  });

  it('shows a session that blocks somebody though it is idle', async () => {
    const [holder, waiter] = await Promise.all([client(), client()]);
    await holder.query('select pg_advisory_lock(42)');
    const waiting = waiter.query('select pg_advisory_lock(42)');
    await until(`exists (select from pg_stat_activity where datname = current_database() and wait_event = 'advisory')`);
    const { rows } = await reading((reader) => reader.activity());
    const [blocker] = rows.find((row) => row.waitEvent === 'advisory')?.blockedByPids ?? [];
    expect(rows.find((row) => row.pid === blocker)).toMatchObject({ state: 'idle' });
    await holder.end();
    await waiting;
    await waiter.end();
  });

  it('shows a base backup, which can be a suspect as a report can, and no process that only waits', async () => {
    const { host, port, user, password } = server;
    const backup = new pg.Client({ host, port, user, password, replication: 'true' } as pg.ClientConfig);
    backup.on('error', () => undefined);
    await backup.connect();
    const running = backup.query(`BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 32)`).catch(() => undefined);
    await until(`exists (select from pg_stat_activity where backend_type = 'walsender' and state = 'active'
      and wait_event = 'BaseBackupThrottle')`);
    const { rows } = await reading((reader) => reader.activity());
    expect(rows.find(({ backendType }) => backendType === 'walsender')).toMatchObject({
      state: 'active',
      waitEvent: 'BaseBackupThrottle',
      query: expect.stringMatching(/base_backup/i),
    });
    expect(rows.filter(({ waitEventType }) => waitEventType === 'Activity')).toEqual([]);
    backup.connection.stream.destroy();
    await running;
  });

  it('credits parallel workers to the statement of their leader', async () => {
    const leader = await client();
    await leader.query(`set max_parallel_workers_per_gather = 2; set min_parallel_table_scan_size = 0;
      set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set parallel_leader_participation = off`);
    const running = leader
      .query('select count(*) from invoice where pg_sleep(0.05) is not null')
      .catch(() => undefined);
    await until(`exists (select from pg_stat_activity where leader_pid is not null and datname = current_database())`);
    const { rows } = await reading((reader) => reader.activity());
    const worker = rows.find((row) => row.leaderPid !== null && row.databaseOid === databaseOid);
    expect(worker).toMatchObject({ backendType: 'parallel worker', query: expect.stringContaining('pg_sleep(0.05)') });
    expect(worker?.queryid).toBe(rows.find((row) => row.pid === worker?.leaderPid)?.queryid);
    await admin.query(`select pg_cancel_backend($1)`, [worker?.leaderPid]);
    await running;
    await leader.end();
  });

  it('works for a role that sees its own statements only', async () => {
    const settings = { ...database.settings, user: role() };
    const plain = await openServer({ serverId: 's', settings, password: 'plain', clock, logger });
    await plain.withReadonly((session) => session.query('select min(amount) from invoice'));
    const busy = await client();
    const sleeping = busy.query('select pg_sleep(30)').catch(() => undefined);
    await until(`exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')`);
    const { snapshot, activity, texts } = await withStatisticsReader(plain, async (reader) => {
      const taken = await reader.snapshot();
      return {
        snapshot: taken,
        activity: await reader.activity(),
        texts: await reader.texts(taken.entries.map(({ key }) => key)),
      };
    });
    expect(snapshot.hiddenEntries).toBeGreaterThan(0);
    expect(new Set(snapshot.entries.map(({ key }) => key.roleOid)).size).toBe(1);
    expect(texts?.map(({ text }) => text)).toContain('select min(amount) from invoice');
    expect(activity.rows.every((row) => row.roleName === role())).toBe(true);
    await plain.close();
    await busy.end();
    await sleeping;
  });
});
