import { availableParallelism } from 'node:os';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { readMachineCores } from '../../../electron/core/postgres/machine-cores.ts';
import { quoteIdent } from '../../../electron/core/postgres/quote.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger, wireTo } from './support.ts';

const failsWith = (code: string, more: object = {}) =>
  expect.objectContaining({ value: expect.objectContaining({ code, ...more }) });

describe.each(testServers())('sessions on $label', (server) => {
  let database: TestDatabase;
  let admin: pg.Client;
  const opened: Server[] = [];

  const open = async (changes: Partial<ConnectionSettings> = {}) => {
    const settings = { ...database.settings, ...changes };
    const made = await openServer({ serverId: 's', settings, password: database.password, clock, logger });
    opened.push(made);
    return made;
  };
  /** Waits until the server says yes. */
  const until = async (sql: string, values: unknown[] = []) => {
    for (;;) {
      const { rows } = await admin.query<{ yes: boolean }>(`select (${sql}) as yes`, values);
      if (rows[0]?.yes) return;
      await clock.sleep(10);
    }
  };
  const ours = `from pg_stat_activity where application_name like 'daybreak%' and datname = current_database()`;

  beforeAll(async () => {
    database = await createTestDatabase(server);
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query('create table invoice (invoice_id int8 primary key, amount numeric(12,2), posted timestamptz)');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await until(`not exists (select ${ours})`); // no session outlives its connection
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  it('know the processors of a server on this very machine, and never take another process for it', async () => {
    const connected = await open();
    expect(connected.facts.machineCores).toBe(availableParallelism());
    await connected.refreshFacts();
    expect(connected.facts.machineCores).toBe(availableParallelism());
    await connected.withReadonly(async (session) => {
      expect(await readMachineCores(session, 'erp.example.org')).toBeNull();
      const answering = (pid: number, ageMs: number) =>
        readMachineCores({ ...session, query: async <R>() => [{ pid, ageMs } as R] }, '127.0.0.1');
      // What a tunnel leads to: a number that another process has here, or an older backend.
      expect(await answering(process.pid, process.uptime() * 1000)).toBeNull();
      const [{ pid, ageMs } = { pid: 0, ageMs: 0 }] = await session.query<{ pid: number; ageMs: number }>(
        `select pid, (extract(epoch from clock_timestamp() - backend_start) * 1000)::float8 as "ageMs"
        from pg_stat_activity where pid = pg_backend_pid()`,
      );
      expect(await answering(pid, ageMs + 10_000)).toBeNull();
      expect(await answering(pid, ageMs)).toBe(availableParallelism());
    });
  });

  it('give what the server printed: no number loses a digit, no time its zone', async () => {
    const connected = await open();
    const sql = `select 9007199254740993::int8 as big, 61731172.5040::numeric as money,
      '2026-11-20 07:30:00+01'::timestamptz as at, date '2026-11-20' as day, array[1.10::numeric, null] as list,
      interval '1 day 2 hours' as span, true as yes, 1.5::float8 as ratio, 'x'::text as name, null::int4 as nothing`;
    const [row] = await connected.withReadonly((session) =>
      session.query(`set timezone to 'UTC'`).then(() => session.query(sql)),
    );
    expect(row).toEqual({
      big: '9007199254740993',
      money: '61731172.5040',
      at: '2026-11-20 06:30:00+00',
      day: '2026-11-20',
      list: ['1.10', null],
      span: '1 day 02:00:00',
      yes: true,
      ratio: 1.5,
      name: 'x',
      nothing: null,
    });
    const printed = await connected.withReadonly((session) =>
      session.queryText('select 1.50::numeric as a, $1::bool as b, null as c', [true]),
    );
    expect(printed).toEqual({
      columns: [
        { name: 'a', typeOid: 1700 },
        { name: 'b', typeOid: 16 },
        { name: 'c', typeOid: 25 },
      ],
      rows: [['1.50', 't', null]],
    });
  });

  it('that read refuse to write, and to smuggle a second statement in', async () => {
    const connected = await open();
    const read = (sql: string) => connected.withReadonly((session) => session.query(sql));
    await expect(read('insert into invoice values (1)')).rejects.toThrow(
      failsWith('statement_refused', { sqlstate: '25006' }),
    );
    await expect(read('set default_transaction_read_only = off; insert into invoice values (1)')).rejects.toThrow(
      failsWith('server_error', { sqlstate: '42601' }),
    );
    await connected.withRegistry((session) => session.query('insert into invoice values (1, 2.5)'));
    expect(await read('select amount from invoice')).toEqual([{ amount: '2.50' }]);
  });

  it('are handed out clean, whatever the one before left', async () => {
    const connected = await open();
    const state = `select pg_backend_pid() as pid, current_setting('work_mem') as mem, current_setting('application_name') as app,
      current_setting('default_transaction_read_only') as readonly,
      (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks,
      (select count(*) from pg_prepared_statements) as prepared,
      to_regclass('pg_temp.rest') is not null as temp`;
    const [before] = await connected.withReadonly((session) => session.query(state));
    await connected.withDdl(
      { planId: 'p', planHash: 'h' },
      async (session) => {
        await session.query(`set work_mem = '99MB'`);
        await session.query('create temp table rest ()');
        await session.query('select pg_advisory_lock(1)');
        await session.query('prepare x as select 1');
        await session.query('begin');
      },
      { applicationName: 'daybreak-plan' },
    );
    expect(await connected.withReadonly((session) => session.query(state))).toEqual([before]);
    expect(before).toMatchObject({ readonly: 'on', app: 'daybreak', locks: '0', prepared: '0', temp: false });
  });

  it('carry what they were opened for, and their limits', async () => {
    const connected = await open();
    const limits = { statementTimeoutMs: 1_234, lockTimeoutMs: 567 };
    const seen = await connected.withRefresh(
      'run-1',
      async (session) => {
        expect(session.runId).toBe('run-1');
        const [row] = await session.query<Record<string, string>>(
          `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, pg_backend_pid()::text as pid`,
        );
        expect(row?.['pid']).toBe(String(session.backendPid));
        return row;
      },
      limits,
    );
    expect(seen).toMatchObject({ statement: '1234ms', lock: '567ms' });
    await expect(
      connected.withReadonly((session) => session.query('select pg_sleep(30)'), { statementTimeoutMs: 50 }),
    ).rejects.toThrow(failsWith('cancelled', { retryable: true, sqlstate: '57014' }));
  });

  it('commit a transaction as a whole or not at all', async () => {
    const connected = await open();
    const boom = new Error('boom');
    const count = () =>
      connected.withReadonly((session) =>
        session.query<{ n: string }>(`select count(*) as n from invoice where invoice_id >= 100`),
      );
    await expect(
      connected.withRegistry((session) =>
        session.transaction(async (sql) => {
          await sql.query('insert into invoice values (100)');
          throw boom;
        }),
      ),
    ).rejects.toBe(boom);
    expect(await count()).toEqual([{ n: '0' }]);
    await connected.withRegistry((session) =>
      session.transaction((sql) => sql.query('insert into invoice values (101)')),
    );
    expect(await count()).toEqual([{ n: '1' }]);
  });

  it('read one state of the data in a snapshot', async () => {
    const connected = await open();
    await connected.withReadonly((session) =>
      session.snapshot(async (sql) => {
        const count = () => sql.query('select count(*) as n from invoice');
        const before = await count();
        await admin.query('insert into invoice select max(invoice_id) + 1 from invoice');
        expect(await count()).toEqual(before);
      }),
    );
  });

  it('cancel the running statement on the server when they are aborted', async () => {
    const connected = await open();
    const abort = new AbortController();
    const sleeping = connected.withReadonly((session) => session.query(`select pg_sleep(600), 'abort me'`), {
      signal: abort.signal,
      statementTimeoutMs: 0,
    });
    await until(`exists (select ${ours} and state = 'active' and query like '%abort me%')`);
    abort.abort();
    await expect(sleeping).rejects.toThrow(failsWith('cancelled'));
    await until(`not exists (select ${ours} and state = 'active')`);
    expect(await connected.withReadonly((session) => session.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('wait their turn when all backends are in use, and can be aborted while they wait', async () => {
    const connected = await open();
    const gate = Promise.withResolvers<void>();
    const busy = Array.from({ length: 6 }, () => connected.withReadonly(() => gate.promise));
    await until(`(select count(*) = 6 ${ours})`);
    const abort = new AbortController();
    const aborted = connected.withReadonly((session) => session.query('select 1'), { signal: abort.signal });
    const waiting = connected.withReadonly((session) => session.query('select 2 as two'));
    abort.abort();
    await expect(aborted).rejects.toThrow(failsWith('cancelled'));
    gate.resolve();
    await Promise.all(busy);
    expect(await waiting).toEqual([{ two: 2 }]);
  });

  it('cannot be used after their work', async () => {
    const connected = await open();
    const leaked = await connected.withReadonly(async (session) => session);
    await expect(leaked.query('select 1')).rejects.toThrow('after its work had ended');
  });

  it('survive the killing of their backend: that server is not lost', async () => {
    const connected = await open();
    let lost = false;
    connected.onLost(() => (lost = true));
    const killed = connected.withReadonly(async (session) => {
      await admin.query('select pg_terminate_backend($1)', [session.backendPid]);
      await until(`not exists (select from pg_stat_activity where pid = $1)`, [session.backendPid]);
      return session.query('select 1');
    });
    await expect(killed).rejects.toThrow(failsWith('connection_lost', { retryable: true }));
    // An idle one as well, without anybody asking for anything.
    await connected.withReadonly((session) => session.query('select 1'));
    await admin.query(`select pg_terminate_backend(pid) ${ours}`);
    await until(`not exists (select ${ours})`);
    expect(await connected.withReadonly((session) => session.query('select 1 as one'))).toEqual([{ one: 1 }]);
    expect(lost).toBe(false);
  });

  it('tell at once when the server is out of reach, and fail from then on', async () => {
    const wire = await wireTo(server);
    const connected = await open({ port: wire.port });
    const lost = new Promise<void>((resolve) => connected.onLost(resolve));
    await wire.cut();
    await lost;
    await expect(connected.withReadonly((session) => session.query('select 1'))).rejects.toThrow(
      failsWith('connection_lost', { retryable: true }),
    );
    const late = new Promise<void>((resolve) => connected.onLost(resolve));
    await late;
  });

  it('end with their connection, in the middle of a statement too', async () => {
    const connected = await open();
    const sleeping = connected.withReadonly((session) => session.query('select pg_sleep(600)'));
    const outcome = expect(sleeping).rejects.toThrow(failsWith('cancelled'));
    await until(`exists (select ${ours} and state = 'active' and wait_event = 'PgSleep')`);
    await connected.close();
    await outcome;
    await expect(connected.withReadonly((session) => session.query('select 1'))).rejects.toThrow(
      failsWith('not_connected'),
    );
  });

  it('quote every keyword and every odd name as the server does', async () => {
    const names = ['a b', 'Größe', 'a"b', 'select', 'name', 'x_1', '_x', '1x', 'été', '表', 'a.b', ' ', "it's", 'a\\b'];
    const { rows } = await admin.query<{ name: string; quoted: string }>(
      'select word as name, quote_ident(word) as quoted from (select word from pg_get_keywords() union select unnest($1::text[])) w',
      [names],
    );
    expect(rows.length).toBeGreaterThan(400);
    for (const { name, quoted } of rows) {
      // Words that only a later version reserved are quoted here already.
      expect([quoted, `"${name}"`]).toContain(quoteIdent(name));
      if (quoted !== name) expect(quoteIdent(name)).toBe(quoted);
    }
  });
});
