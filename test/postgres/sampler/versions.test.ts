import { isDeepStrictEqual } from 'node:util';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerCounters, Snapshot } from '../../../shared/model/sampling.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { readExtensionState } from '../../../electron/core/postgres/queries/extension.ts';
import {
  readServerCounters,
  readStatisticsViews,
  serverCountersSql,
} from '../../../electron/core/postgres/queries/server-counters.ts';
import { SnapshotReader } from '../../../electron/core/postgres/queries/statement-counters.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { withStatisticsReader } from '../../../electron/core/postgres/statistics-reader.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger } from '../connect/support.ts';

const fixtures = <T>(folder: string): { readonly name: string; readonly fixture: T }[] => {
  const dir = join(import.meta.dirname, '../../support/fixtures', folder);
  return readdirSync(dir).map((file) => ({
    name: file.replace('.json', ''),
    fixture: JSON.parse(readFileSync(join(dir, file), 'utf8')) as T,
  }));
};
interface RecordedStatements {
  readonly version: string;
  readonly columns: readonly string[];
}
interface RecordedViews {
  readonly postgres: number;
  readonly views: Readonly<Record<string, readonly string[]>>;
}
const extensions = fixtures<RecordedStatements>('statement-columns');
const views = fixtures<RecordedViews>('statistics-views');

describe.each(testServers())('the statistics of $label', (server) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let connected: Server;

  beforeAll(async () => {
    database = await createTestDatabase(server, { statementStatistics: false });
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query('create table invoice (invoice_id int)');
    const { settings, password } = database;
    connected = await openServer({ serverId: 's', settings, password, clock, logger });
  });
  afterAll(async () => {
    await connected.close();
    await admin.end();
    await database.drop();
  });
  const sorted = ({ entries }: Snapshot) =>
    entries.toSorted((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
  const databaseOid = async () => {
    const { rows } = await admin.query<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    );
    return rows[0]?.oid;
  };

  // A newer server carries the older versions of the extension: their own functions answer, with their own columns.
  it.each(extensions)('are read whole through version $name of the extension', async ({ fixture }) => {
    const { rows: available } = await admin.query(
      `select from pg_available_extension_versions where name = 'pg_stat_statements' and version = $1`,
      [fixture.version],
    );
    if (available.length === 0) return expect(Number(fixture.version.slice(2))).toBeGreaterThan(10);
    await admin.query(`create extension pg_stat_statements version '${fixture.version}'`);
    try {
      await admin.query(
        `select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = current_database()`,
      );
      for (const n of [1, 2, 3]) await admin.query('insert into invoice select generate_series(1, $1::int)', [n]);
      const { state, snapshot } = await withStatisticsReader(connected, async (reader) => ({
        state: await connected.withReadonly((session) => readExtensionState(session)),
        snapshot: await reader.snapshot(),
      }));
      expect([...(state.installed?.columns ?? [])].filter((name) => name !== 'showtext')).toEqual(fixture.columns);
      const oid = await databaseOid();
      const saved = snapshot.entries.find(({ key, counters }) => key.databaseOid === oid && counters.rows === 6);
      const { rows } = await admin.query<Record<string, unknown>>(
        `select * from pg_stat_statements where dbid = $1::oid and query like 'insert into invoice%'`,
        [oid],
      );
      const [row] = rows;
      const ms = Number(row?.['total_exec_time'] ?? row?.['total_time']);
      expect(saved).toMatchObject({
        key: { queryid: row?.['queryid'], roleOid: String(row?.['userid']), toplevel: true },
        counters: {
          calls: 3,
          rows: 6,
          totalExecMs: ms,
          sharedBlksHit: Number(row?.['shared_blks_hit']),
          sharedBlksDirtied: Number(row?.['shared_blks_dirtied']),
          walRecords: Number(row?.['wal_records'] ?? 0),
          walBytes: Number(row?.['wal_bytes'] ?? 0),
        },
      });
      expect(saved?.counters.sumSquaresMs2).toBeGreaterThanOrEqual((ms ** 2 / 3) * 0.999);
      expect(saved?.statsSinceMs === null).toBe(!fixture.columns.includes('stats_since'));
    } finally {
      await admin.query('drop extension pg_stat_statements');
    }
  });

  it('are the same, read in changes, as read anew: while statements run, come, are reset and evicted', async () => {
    await admin.query('create extension pg_stat_statements');
    const seconds = Array.from({ length: 30 }, (_, n) => `c${n} int`);
    await admin.query(`create table wide (${seconds.join(', ')})`);
    await connected.withReadonly(
      async (session) => {
        const { installed } = await readExtensionState(session);
        if (installed === null) throw new Error('it was created just now');
        const known = await readStatisticsViews(session);
        const changes = new SnapshotReader(session, installed, known);
        for (let round = 0; round < 12; round += 1) {
          for (let n = 0; n < 20; n += 1) await admin.query(`select c${(round * 7 + n) % 30}, c${n} from wide`);
          if (round % 3 === 2) {
            await admin.query(
              `select pg_stat_statements_reset(userid, dbid, queryid) from pg_stat_statements
              where dbid = (select oid from pg_database where datname = current_database()) limit 5`,
            );
          }
          // Other test files run on the same server meanwhile: what is only ours is compared.
          const oid = await databaseOid();
          const ours = (snapshot: Snapshot) => sorted(snapshot).filter(({ key }) => key.databaseOid === oid);
          const inChanges = ours(await changes.read());
          const anew = ours(await new SnapshotReader(session, installed, known).read());
          const withoutReading = ({ counters }: (typeof anew)[number]) => counters.calls > 0;
          expect(inChanges.length).toBeGreaterThan(10);
          const mine = new Map(inChanges.map((entry) => [JSON.stringify(entry.key), entry]));
          const differing = anew.filter(withoutReading).filter((entry) => {
            const other = mine.get(JSON.stringify(entry.key));
            return JSON.stringify(other) !== JSON.stringify(entry);
          });
          // The two readings themselves run in between: the reading, and what stands around it.
          expect(differing.length).toBeLessThanOrEqual(4);
          expect(inChanges.length - anew.length).toBeLessThanOrEqual(0);
        }
      },
      { applicationName: 'daybreak-sampler', prepared: true },
    );
    await admin.query('drop extension pg_stat_statements');
  });

  it('of the whole instance are numbers that go up', async () => {
    const look = () =>
      connected.withReadonly(async (session) => {
        const known = await readStatisticsViews(session);
        const databases = () => session.query('select oid from pg_database order by oid');
        const [standing, first] = [await databases(), await readServerCounters(session, known)];
        await admin.query('insert into invoice select generate_series(1, 100000)');
        await admin.query('checkpoint');
        await clock.sleep(1_200); // a session tells the statistics of its database once a second
        await admin.query('select 1');
        const second = await readServerCounters(session, known);
        return { before: first, after: second, others: !isDeepStrictEqual(standing, await databases()) };
      });
    // What a database had counted goes with it, and other tests make and drop theirs on the same server.
    let seen = await look();
    while (seen.others) seen = await look();
    const { before, after } = seen;
    const names = Object.keys(after.counters) as (keyof ServerCounters)[];
    for (const name of names) {
      if (name.startsWith('io') || name === 'vacuumIoBlocks') {
        expect(after.counters[name] === null, name).toBe(server.major < 16);
      } else expect(after.counters[name], name).not.toBeNull();
      if (after.counters[name] !== null)
        expect(after.counters[name], name).toBeGreaterThanOrEqual(before.counters[name] ?? 0);
    }
    expect(after.counters.walBytes).toBeGreaterThan(before.counters.walBytes ?? 0);
    expect(after.counters.checkpoints).toBeGreaterThan(before.counters.checkpoints ?? 0);
    expect(after.startedAtMs).toBe(before.startedAtMs);
    expect(after.replication).toEqual([]);
  });

  // Tables in the shape of each version's views, every column with a number of its own.
  it.each(views)('are asked of the views as PostgreSQL $name has them', async ({ fixture }) => {
    await admin.query('begin; create schema views');
    try {
      const value = (view: string, column: string) => (fixture.views[view]?.indexOf(column) ?? 0) + 1;
      for (const [view, columns] of Object.entries(fixture.views)) {
        const cells = columns.map((column) => {
          if (column === 'stats_reset') return `'2026-01-01Z'::timestamptz as stats_reset`;
          if (column === 'backend_type') return `'autovacuum worker' as backend_type`;
          if (column === 'object') return `'relation' as object`;
          return `${value(view, column)}::float8 as ${column}`;
        });
        await admin.query(`create table views.${view} as select ${cells.join(', ')}`);
      }
      const sql = serverCountersSql(
        new Map(Object.entries(fixture.views).map(([view, columns]) => [view, new Set(columns)])),
      );
      const { rows } = await admin.query<Record<string, number | null>>(
        sql.replace(/pg_catalog\.(pg_stat_(?!replication))/g, 'views.$1'),
      );
      const checkpointer = fixture.postgres >= 17 ? 'pg_stat_checkpointer' : 'pg_stat_bgwriter';
      const io = (column: string) => (fixture.postgres < 16 ? null : value('pg_stat_io', column));
      const perBlock = fixture.postgres >= 18 ? 8192 : 1;
      const blocks = (name: string) => {
        const found = io(fixture.postgres >= 18 ? `${name}_bytes` : `${name}s`);
        return found === null ? null : found / perBlock;
      };
      const both = blocks('read') === null ? null : (blocks('read') ?? 0) + (blocks('write') ?? 0);
      expect(rows[0]).toMatchObject({
        commits: value('pg_stat_database', 'xact_commit'),
        deadlocks: value('pg_stat_database', 'deadlocks'),
        tempBytes: value('pg_stat_database', 'temp_bytes'),
        blkReadMs: value('pg_stat_database', 'blk_read_time'),
        activeMs: fixture.postgres < 14 ? null : value('pg_stat_database', 'active_time'),
        idleMs: fixture.postgres < 14 ? null : value('pg_stat_database', 'idle_in_transaction_time'),
        checkpoints:
          fixture.postgres >= 17
            ? value(checkpointer, 'num_timed') + value(checkpointer, 'num_requested')
            : value(checkpointer, 'checkpoints_timed') + value(checkpointer, 'checkpoints_req'),
        checkpointBuffers: value(checkpointer, fixture.postgres >= 17 ? 'buffers_written' : 'buffers_checkpoint'),
        checkpointWriteMs: value(checkpointer, fixture.postgres >= 17 ? 'write_time' : 'checkpoint_write_time'),
        walBytes: fixture.postgres < 14 ? null : value('pg_stat_wal', 'wal_bytes'),
        ioReads: blocks('read'),
        ioWrites: blocks('write'),
        ioReadMs: io('read_time'),
        ioFsyncs: io('fsyncs'),
        vacuumIoBlocks: both,
        resetMs: Date.parse('2026-01-01Z'),
      });
    } finally {
      await admin.query('rollback');
    }
  });
});
