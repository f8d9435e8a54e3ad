import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { createSampler, type Sampler } from '../../../electron/core/sampler/sampler.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { startServerLike } from '../../support/postgres-servers.ts';
import { clock, logger } from '../connect/support.ts';

const ever = [0, Number.MAX_SAFE_INTEGER] as const;
const image = '<img src=x onerror=alert(1)>';

describe.each(testServers())('texts that $label may hold', (shared) => {
  let own: Awaited<ReturnType<typeof startServerLike>>;
  let dir: string;
  let history: History;
  let database: TestDatabase;
  let admin: pg.Client;
  let connected: Server;
  let sampler: Sampler;
  const bytes = () => `bytes_${database.settings.database}`;

  const client = async (url = database.url, applicationName = 'erp') => {
    const made = new pg.Client({ connectionString: url, application_name: applicationName });
    await made.connect();
    return made;
  };
  /** Resolves when the backend runs a statement like this. */
  const running = async (like: string) => {
    for (;;) {
      const { rows } = await admin.query(
        `select from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1`,
        [like],
      );
      if (rows.length > 0) return;
      await clock.sleep(10);
    }
  };
  const rows = async () => (await history.samples.samples('s', ...ever)).flatMap((sample) => sample.rows);
  const statements = () => history.samples.statements('s');

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-hostile-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    // Every reader of statement texts on the same server would meet them.
    own = await startServerLike(shared);
    database = await createTestDatabase(own.server);
    admin = await client();
    await admin.query(`create database ${bytes()} template template0 encoding 'SQL_ASCII' locale 'C'`);
    const { settings, password } = database;
    connected = await openServer({ serverId: 's', settings, password, clock, logger });
    await history.connections.save({ serverId: 's', settings, lastConnectedAtMs: null, lastFacts: null });
    sampler = createSampler({ server: connected, store: history.samples, clock, logger, onChange: () => undefined });
    await sampler.readNow();
  });
  afterAll(async () => {
    await sampler.stop();
    await connected.close();
    await history.close();
    await admin.query(`drop database ${bytes()} with (force)`);
    await admin.end();
    await database.drop();
    await own.running.stop();
    await rm(dir, { recursive: true });
  });

  it('keeps an application name as it is, markup and all, as text', async () => {
    const one = await client(database.url, image);
    const sleeping = one.query('select pg_sleep(60)').catch(() => undefined);
    await running('select pg_sleep(60)%');
    await sampler.readNow();
    expect((await rows()).map(({ row }) => row.applicationName)).toContain(image);
    expect(sampler.status().problem).toBeNull();
    await one.end();
    await sleeping;
  });

  it('reads a statement of 7 MB once, cut, and samples while it runs', async () => {
    const one = await client();
    const list = Array.from({ length: 700_000 }, (_, n) => 1_000_000 + n).join(', ');
    const sleeping = one.query(`select pg_sleep(60) where 1 in (${list})`).catch(() => undefined);
    await running('select pg_sleep(60) where 1 in%');
    await sampler.readNow();
    await one.end();
    await sleeping;
    const other = await client();
    await other.query(`select 7 as million -- ${'x'.repeat(7_000_000)}`);
    await other.query(`select 7 /* ${'y'.repeat(7_000_000)} */ + 7.5 as million`);
    await other.end();
    await sampler.readNow();
    const long = (await statements()).find(({ text }) => text?.includes('/* yyyy'));
    expect(long?.text?.length).toBe(100_000);
    expect(sampler.status().problem).toBeNull();
  });

  it('reads on when a database without an encoding runs bytes that are no characters', async () => {
    const url = database.url.replace(database.settings.database, bytes());
    const [latin, other] = await Promise.all([client(url), client(url)]);
    await other.query(`set client_encoding = 'SQL_ASCII'`);
    await latin.query(`set client_encoding = 'SQL_ASCII'; create table article (name text)`);
    await sendLatin1(latin, `select name as "Müller" from article where name = 'Größe'`);
    const sleeping = sendLatin1(other, `select pg_sleep(60) as "Müller"`).catch(() => undefined);
    await running('select pg_sleep(60) as "M%');
    await admin.query('select 1 - 1 as plain_text');
    await sampler.readNow();
    await sampler.readNow();
    const sampled = (await rows()).map(({ row }) => row.query);
    expect(sampled).toContain(`select pg_sleep(60) as "M\ufffdller"`);
    // For its sake the server gives no text at all, as long as nobody can ask in that database.
    expect(sampler.status().problem).toMatch(
      new RegExp(`bytes that are no characters.*from database (${bytes()}|\\w+): create the extension`),
    );

    await latin.query('create extension pg_stat_statements');
    await sampler.readNow();
    expect(sampler.status().problem).toBeNull();
    const known = await statements();
    expect(known.find(({ text }) => text?.startsWith('select name as'))).toMatchObject({
      text: `select name as "M\ufffdller" from article where name = $1`,
      databaseName: bytes(),
    });
    expect(known.some(({ text }) => text?.includes('plain_text'))).toBe(true);

    // Connected to that very database, the server would have to vouch for each text that it sends.
    const settings = { ...database.settings, database: bytes() };
    const inside = await openServer({ serverId: 's', settings, password: database.password, clock, logger });
    const apart = createSampler({ server: inside, store: history.samples, clock, logger, onChange: () => undefined });
    const before = (await rows()).length;
    await apart.readNow();
    expect(apart.status().problem).toBeNull();
    expect((await rows()).slice(before).map(({ row }) => row.query)).toContain(`select pg_sleep(60) as "M\ufffdller"`);
    await inside.close();
    await Promise.all([latin.end(), other.end()]);
    await sleeping;
  });
});

/** pg sends UTF-8 only: the message is made by hand. */
function sendLatin1(client: pg.Client, text: string): Promise<unknown> {
  const body = Buffer.from(`${text}\0`, 'latin1');
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(body.length + 4, 1);
  const connection = client.connection as unknown as { query: (text: string) => void };
  const { query } = connection;
  connection.query = () => {
    connection.query = query;
    client.connection.stream.write(Buffer.concat([head, body]));
  };
  return client.query(text);
}
