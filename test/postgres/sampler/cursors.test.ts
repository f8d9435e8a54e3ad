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
import { clock, logger } from '../connect/support.ts';

describe.each(testServers())('a report that is read through a cursor on $label', (server) => {
  let dir: string;
  let history: History;
  let database: TestDatabase;
  let connected: Server;
  let sampler: Sampler;
  let report: pg.Client;
  let admin: pg.Client;

  const fetching = async () => {
    const { rows } = await admin.query<{ fetching: boolean }>(
      `select exists (select from pg_stat_activity where query ilike 'fetch%' and state = 'active'
        and datname = current_database() and pid <> pg_backend_pid()) as fetching`,
    );
    if (rows[0]?.fetching !== true) {
      await clock.sleep(10);
      await fetching();
    }
  };
  const lastSample = async () => (await history.samples.samples('s', 0, Number.MAX_SAFE_INTEGER)).at(-1)?.rows ?? [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-cursors-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    database = await createTestDatabase(server);
    const { settings, password } = database;
    connected = await openServer({ serverId: 's', settings, password, clock, logger });
    await history.connections.save({ serverId: 's', settings, lastConnectedAtMs: null, lastFacts: null });
    sampler = createSampler({ server: connected, store: history.samples, clock, logger, onChange: () => undefined });
    [report, admin] = [new pg.Client(database.url), new pg.Client(database.url)];
    await Promise.all([report.connect(), admin.connect()]);
    await admin.query('create table invoice (invoice_id int); insert into invoice values (1)');
  });
  afterAll(async () => {
    await sampler.stop();
    await connected.close();
    await history.close();
    await Promise.all([report.end(), admin.end()]);
    await database.drop();
    await rm(dir, { recursive: true });
  });

  it('is known by its DECLARE when that was sampled in the transaction', async () => {
    await report.query('begin');
    await report.query(`declare "My report" no scroll cursor for select sum(invoice_id), pg_sleep(2) from invoice`);
    await sampler.readNow(); // idle in transaction, after the DECLARE
    const done = report.query('FETCH FORWARD 100 FROM "My report"');
    await fetching();
    await sampler.readNow();
    expect((await lastSample()).map(({ row }) => row.query)).toContain(
      `declare "My report" no scroll cursor for select sum(invoice_id), pg_sleep(2) from invoice`,
    );
    await done;
    await report.query('rollback');
  });

  it('is known by the one DECLARE of its role in the statistics, when no sample met it', async () => {
    await report.query('begin');
    await report.query('declare unmet cursor for select max(invoice_id), pg_sleep(2) from invoice');
    await report.query('rollback');
    await sampler.readNow();
    await sampler.readNow(); // its text
    const again = createSampler({
      server: connected,
      store: history.samples,
      clock,
      logger,
      onChange: () => undefined,
    });
    await report.query('begin');
    await report.query('declare unmet cursor for select max(invoice_id), pg_sleep(2) from invoice');
    const done = report.query('fetch all in unmet');
    await fetching();
    await again.readNow();
    const row = (await lastSample()).find((one) => one.row.query.includes('max(invoice_id)'));
    const known = (await history.samples.statements('s')).find(({ statementId }) => statementId === row?.statementId);
    expect(known?.text).toMatch(/^declare unmet cursor for select max/i);
    await done;
    await report.query('rollback');
  });
});
