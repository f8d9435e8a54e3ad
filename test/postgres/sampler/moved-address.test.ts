import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { createSampler, type Sampler } from '../../../electron/core/sampler/sampler.ts';
import { createTestDatabase, testServers, type TestDatabase, type TestServer } from '../../support/postgres.ts';
import { startServerLike } from '../../support/postgres-servers.ts';
import { clock, listen, logger, type Listener } from '../connect/support.ts';

const ever = [0, Number.MAX_SAFE_INTEGER] as const;
const role = 'moving';

describe.each(testServers())('an address that leads to another server than before, $label', (server) => {
  let dir: string;
  let history: History;
  let other: Awaited<ReturnType<typeof startServerLike>>;
  let database: TestDatabase;
  let here: pg.Client;
  let there: pg.Client;
  let address: Listener;
  let target: TestServer;
  let connected: Server;
  let sampler: Sampler;
  let round = 0;

  const admin = async (on: TestServer, name: string) => {
    const { host, port, user, password } = on;
    const client = new pg.Client({ host, port, user, password, database: name });
    await client.connect();
    return client;
  };
  /** The pool stays where it was; the sampler has to connect anew. */
  const moveTo = async (next: TestServer) => {
    const from = target === server ? here : there;
    target = next;
    await from.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'daybreak-sampler' and usename = '${role}' and datname = current_database()`);
  };
  const start = async () => {
    round += 1;
    const settings = { ...database.settings, host: '127.0.0.1', port: address.port, user: role };
    connected = await openServer({ serverId: `s${round}`, settings, password: role, clock, logger });
    await history.connections.save({
      serverId: connected.serverId,
      settings,
      lastConnectedAtMs: null,
      lastFacts: connected.facts,
    });
    sampler = createSampler({ server: connected, store: history.samples, clock, logger, onChange: () => undefined });
    sampler.start();
    await sampler.readNow();
  };
  /** What was counted of `select count(*) from table` as the server of `client` knows it; its text may be unknown here. */
  const callsOf = async (table: string, client: pg.Client) => {
    const { rows } = await client.query<{ queryid: string; oid: string }>(
      `select queryid::text, dbid::text as oid from pg_stat_statements
      where query = $1 and dbid = (select oid from pg_database where datname = current_database())`,
      [`select count(*) from ${table}`],
    );
    const statements = await history.samples.statements(connected.serverId);
    const ids = statements
      .filter(({ key }) => rows.some(({ queryid, oid }) => queryid === key?.queryid && oid === key.databaseOid))
      .map(({ statementId }) => statementId);
    const sets = await history.samples.deltas(connected.serverId, ...ever);
    return sets.flatMap(({ deltas }) =>
      deltas.filter(({ statementId }) => ids.includes(statementId)).map(({ counters }) => counters.calls),
    );
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-moved-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    other = await startServerLike(server);
    database = await createTestDatabase(server);
    here = await admin(server, database.settings.database);
    const outside = await admin(other.server, 'postgres');
    await outside.query(`create database ${database.settings.database}`);
    await outside.end();
    there = await admin(other.server, database.settings.database);
    await there.query('create extension pg_stat_statements');
    for (const client of [here, there]) {
      await client.query(`create role ${role} login password '${role}'; grant pg_monitor to ${role};
        create table at_home (); create table elsewhere (); grant select on at_home, elsewhere to ${role}`);
    }
    target = server;
    address = await listen((socket) => {
      const far = connect(target.port, target.host).on('error', () => undefined);
      socket.pipe(far).pipe(socket);
      socket.on('close', () => far.destroy());
      far.on('close', () => socket.destroy());
    });
  });
  afterEach(async () => {
    await sampler.stop();
    await connected.close();
    target = server;
  });
  afterAll(async () => {
    await address.cut();
    await here.query(`drop owned by ${role}; drop role ${role}`);
    await Promise.all([here.end(), there.end()]);
    await database.drop();
    await history.close();
    await other.running.stop();
    await rm(dir, { recursive: true });
  });

  it('stores nothing of that one, says so, and goes on once the address leads back', async () => {
    await start();
    for (let n = 0; n < 50; n += 1) await there.query('select count(*) from elsewhere');
    await moveTo(other.server);
    await expect(sampler.readNow()).rejects.toMatchObject({ value: { code: 'connection_lost' } });
    expect(sampler.status().problem).toMatch(/now leads to another server \(system identifier \d+\) than when/);
    await here.query('select count(*) from at_home');
    await moveTo(server);
    await vi.waitFor(() => sampler.readNow(), { timeout: 20_000 });
    expect(sampler.status().problem).toBeNull();
    expect(await callsOf('at_home', here)).toEqual([1]);
    expect(await callsOf('elsewhere', there)).toEqual([]);
  });

  it('takes no old work of that one for new where no server tells its identifier', async () => {
    for (const client of [here, there]) {
      await client.query('revoke execute on function pg_catalog.pg_control_system() from public');
    }
    await start();
    expect(connected.facts.systemIdentifier).toBeNull();
    for (let n = 0; n < 50; n += 1) await there.query('select count(*) from elsewhere');
    await moveTo(other.server);
    await sampler.readNow();
    expect(sampler.status().problem).toMatch(/do not go on from those before the connection broke/);
    await there.query('select count(*) from elsewhere');
    await sampler.readNow();
    expect(await callsOf('elsewhere', there)).toEqual([1]);
  });

  it('goes on without a gap where the same server answers', async () => {
    await start();
    await here.query('select count(*) from at_home');
    await moveTo(server);
    await here.query('select count(*) from at_home');
    await sampler.readNow();
    expect((await callsOf('at_home', here)).reduce((sum, calls) => sum + calls, 0)).toBe(2);
    expect(sampler.status().problem).toBeNull();
  });
});
