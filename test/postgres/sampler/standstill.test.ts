import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { withStatisticsReader } from '../../../electron/core/postgres/statistics-reader.ts';
import { subtractSnapshots } from '../../../electron/core/sampler/deltas.ts';
import { calmState, observe, observeSample } from '../../../electron/core/sampler/incident-rule.ts';
import { createSampler } from '../../../electron/core/sampler/sampler.ts';
import { standstillIn } from '../../../electron/core/sampler/standstill.ts';
import { learn } from '../../../electron/core/sampler/usual-latency.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger } from '../connect/support.ts';

describe.each(testServers())('savers that stand on $label', (server) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let savers: pg.Client[];
  let connected: Server;
  const client = async () => {
    const made = new pg.Client(database.url);
    await made.connect();
    return made;
  };
  const save = (saver: pg.Client | undefined) => saver?.query('update invoice set amount = amount + $1', [1]);

  beforeAll(async () => {
    database = await createTestDatabase(server);
    [admin, ...savers] = await Promise.all([client(), client(), client()]);
    await admin.query('create table invoice (amount int); insert into invoice values (0)');
    const { settings, password } = database;
    connected = await openServer({ serverId: 's', settings, password, clock, logger });
  });
  afterAll(async () => {
    await connected.close();
    await Promise.all([admin, ...savers].map((each) => each.end()));
    await database.drop();
  });

  /** What a sample shows of this database when all savers have stood for longer than a second. */
  const standstill = async (hold: string) => {
    return withStatisticsReader(connected, async (reader) => {
      const before = await reader.snapshot();
      for (let n = 0; n < 50; n += 1) await save(savers[n % 2]);
      const usual = learn(new Map(), subtractSnapshots(before, await reader.snapshot()));
      await admin.query(`begin; ${hold}`);
      const waiting = savers.map((saver) => save(saver));
      await clock.sleep(1_500);
      const { atMs, rows } = await reader.activity();
      await admin.query('rollback');
      await Promise.all(waiting);
      const here = rows.filter(({ databaseName }) => databaseName === database.settings.database);
      return { seen: standstillIn({ atMs, rows: here }, usual), queryids: here.map(({ queryid }) => queryid) };
    });
  };

  it('are seen behind the row that an idle transaction holds', async () => {
    const { seen, queryids } = await standstill('update invoice set amount = 0');
    expect(seen).toMatchObject({ standing: 2, atWork: 2, waitingForLocks: 2 });
    expect(queryids).not.toContain(null);
  });

  it('are seen behind the lock of a table, where the server has no queryid yet', async () => {
    const { seen, queryids } = await standstill('lock table invoice');
    expect(seen).toMatchObject({ standing: 2, atWork: 2, waitingForLocks: 2 });
    expect(queryids).toContain(null);
  });

  it('begin an incident in the sampler once they have stood for 30 seconds', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'daybreak-standstill-'));
    const history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    const { settings } = database;
    await history.connections.save({ serverId: 's', settings, lastConnectedAtMs: null, lastFacts: null });
    await withStatisticsReader(connected, async (reader) => {
      const before = await reader.snapshot();
      for (let n = 0; n < 50; n += 1) await save(savers[n % 2]);
      const { deltas, ...interval } = subtractSnapshots(before, await reader.snapshot());
      const { rows } = await admin.query<{ oid: string }>(
        'select oid::text from pg_database where datname = current_database()',
      );
      // Other test files work on the same server meanwhile, and do not stand.
      const ours = deltas.filter(({ key }) => key.databaseOid === rows[0]?.oid);
      const quiet = observe(calmState, { ...interval, deltas: ours });
      await admin.query('begin; update invoice set amount = 0');
      const waiting = savers.map((saver) => save(saver));
      await clock.sleep(1_500);
      const sample = await reader.activity();
      // As the sample would have been half a minute ago.
      const earlier = {
        atMs: sample.atMs - 29_000,
        rows: sample.rows.map((row) => ({ ...row, queryStartMs: (row.queryStartMs ?? 0) - 29_000 })),
      };
      const sampler = createSampler({
        server: connected,
        store: history.samples,
        clock,
        logger,
        after: {
          last: null,
          incident: observeSample(observeSample(quiet, earlier), sample),
          texts: null,
          byHandUntilMs: null,
        },
        onChange: () => undefined,
      });
      expect(sampler.status().mode).toBe('background');
      await clock.sleep(1_000);
      await sampler.readNow();
      expect(sampler.status()).toMatchObject({
        mode: 'incident',
        incidentReason: expect.stringContaining('waiting for a lock'),
      });
      await admin.query('rollback');
      await Promise.all(waiting);
      await sampler.stop();
    });
    await history.close();
    await rm(dir, { recursive: true });
  });
});
