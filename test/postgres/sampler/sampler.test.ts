import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import type { Clock } from '../../../electron/core/ports.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import {
  createSampler,
  type Sampler,
  type SamplerChange,
  type SamplerOptions,
} from '../../../electron/core/sampler/sampler.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger, wireTo } from '../connect/support.ts';

/** Every wait is over at once, and has lasted as long as it should. */
function quickClock(): Clock {
  let nowMs = clock.nowMs();
  return {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe.each(testServers())('the sampler on $label', (server) => {
  let dir: string;
  let history: History;
  let database: TestDatabase;
  let admin: pg.Client;
  let connected: Server;
  let serverId = 0;
  const ending: (() => Promise<void>)[] = [];

  const open = async (settings: ConnectionSettings = database.settings) => {
    const made = await openServer({ serverId: `s${serverId}`, settings, password: database.password, clock, logger });
    ending.push(() => made.close());
    return made;
  };
  /** A sampler over `on`, and a way to wait until it has told of something. */
  const sampler = (on = connected, time = clock, options: Partial<SamplerOptions> = {}) => {
    let listeners: (() => void)[] = [];
    const seen: SamplerChange[] = [];
    const made = createSampler({
      server: on,
      store: history.samples,
      clock: time,
      logger,
      ...options,
      onChange: (kind) => {
        seen.push(kind);
        for (const listener of listeners.splice(0)) listener();
      },
    });
    ending.unshift(() => made.stop());
    const until = async (true_: (state: Sampler) => boolean) => {
      while (!true_(made)) await new Promise<void>((resolve) => (listeners = [...listeners, resolve]));
    };
    return Object.assign(made, { until, seen });
  };
  const id = () => connected.serverId;
  const save = (n: number) => admin.query('insert into invoice select $1::int from pg_sleep(0)', [n]);
  const deltasOf = async (text: string) => {
    const statements = await history.samples.statements(id());
    const ids = new Set(
      statements
        .filter((one) => one.databaseName === database.settings.database && one.text?.includes(text))
        .map((one) => one.statementId),
    );
    const sets = await history.samples.deltas(id(), 0, Number.MAX_SAFE_INTEGER);
    return sets.flatMap(({ deltas }) => deltas.filter(({ statementId }) => ids.has(statementId)));
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-sampler-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    database = await createTestDatabase(server);
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query('create table invoice (invoice_id int)');
  });
  beforeEach(async () => {
    serverId += 1; // each test has a history of its own
    connected = await open();
    const { settings } = database;
    await history.connections.save({ serverId: id(), settings, lastConnectedAtMs: null, lastFacts: null });
  });
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });
  afterAll(async () => {
    await history.close();
    await admin.end();
    await database.drop();
    await rm(dir, { recursive: true });
  });

  it('stores exactly what was executed between two readings, with its text', async () => {
    const one = sampler();
    await save(0);
    await one.readNow();
    for (let n = 1; n <= 5; n += 1) await save(n);
    await one.readNow();
    expect(await deltasOf('insert into invoice')).toMatchObject([
      { counters: { calls: 5, rows: 5 }, discontinuity: false },
    ]);
    expect(await history.samples.samples(id(), 0, Number.MAX_SAFE_INTEGER)).toHaveLength(2);
    expect(one.status()).toMatchObject({
      running: false,
      problem: null,
      lastSampleAtMs: expect.any(Number),
      lastSnapshotAtMs: expect.any(Number),
    });
    expect(one.status().statements).toBeGreaterThan(0);
  });

  it('reads by itself once it is started, and at once when it is asked to', async () => {
    const one = sampler();
    one.start();
    await one.until((state) => state.status().lastSnapshotAtMs !== null);
    await save(1);
    const [first, second] = [one.readNow(), one.readNow()];
    await Promise.all([first, second]);
    expect((await deltasOf('insert into invoice')).map(({ counters }) => counters.calls)).toEqual([1]);
    const { rows } = await admin.query(
      `select current_setting('application_name') from pg_stat_activity
       where application_name = 'daybreak-sampler' and datname = current_database()`,
    );
    expect(rows).toHaveLength(1); // one connection
    await one.stop();
    expect(one.status().running).toBe(false);
  });

  it('looks every 5 s and takes a snapshot every minute; in incident mode, or asked for a closer look, more often', async () => {
    const quick = quickClock();
    const one = sampler(connected, quick);
    const readings = async (lastMs: number) => {
      const [untilMs, from] = [quick.nowMs() + lastMs, one.seen.length];
      await one.until(() => quick.nowMs() >= untilMs);
      const seen = one.seen.slice(from);
      return ['sample', 'snapshot'].map((kind) => seen.filter((other) => other === kind).length);
    };
    one.start();
    const about = (count: number) => (seen: number | undefined) => Math.abs((seen ?? 0) - count) <= 1;
    const [samples, snapshots] = await readings(600_000);
    expect(samples).toSatisfy(about(120));
    expect(snapshots).toSatisfy(about(10));
    one.setMode('incident');
    expect(one.status()).toMatchObject({ mode: 'incident', incidentReason: 'Switched on by hand.' });
    const [closerSamples, closerSnapshots] = await readings(100_000);
    expect(closerSamples).toSatisfy(about(100));
    expect(closerSnapshots).toSatisfy(about(20));
    expect(one.status().ownCostPercent).toBeGreaterThanOrEqual(0);
    one.setMode('background');
    expect(one.status().mode).toBe('background');
    one.lookCloser(100_000);
    expect(one.status()).toMatchObject({ mode: 'background', incidentReason: null });
    const [guardedSamples, guardedSnapshots] = await readings(100_000);
    expect(guardedSamples).toSatisfy(about(50));
    expect(guardedSnapshots).toSatisfy(about(10));
    const [laterSamples] = await readings(100_000);
    expect(laterSamples).toSatisfy(about(20));
    await one.stop();
  });

  it('survives the killing of its backend and goes on without a gap in the counters', async () => {
    const one = sampler();
    one.start();
    await one.readNow();
    await save(1);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'daybreak-sampler' and datname = current_database()`,
    );
    await one.readNow();
    expect((await deltasOf('insert into invoice')).map(({ counters }) => counters.calls)).toEqual([1]);
    expect(one.status().problem).toBeNull();
  });

  it('says that the server is out of reach, and stops without it', async () => {
    const wire = await wireTo(server);
    const far = await open({ ...database.settings, port: wire.port });
    const one = sampler(far);
    one.start();
    await one.readNow();
    await wire.cut();
    await expect(one.readNow()).rejects.toMatchObject({ value: { code: 'connection_lost', retryable: true } });
    await one.until((state) => state.status().problem !== null);
    expect(one.status().problem).toMatch(/went away|out of reach/);
    await one.stop();
  });

  it('records activity alone where pg_stat_statements is missing, and says so', async () => {
    const bare = await createTestDatabase(server, { statementStatistics: false });
    const one = sampler(await open(bare.settings));
    await one.readNow();
    expect(one.status()).toMatchObject({ lastSnapshotAtMs: null, lastSampleAtMs: expect.any(Number) });
    expect(one.status().problem).toMatch(/^Only activity is recorded.*not created in database/);
    for (const end of ending.splice(0)) await end();
    await bare.drop();
  });

  it('goes on after a restart from the last snapshot, and counts nothing twice', async () => {
    const before = sampler();
    await save(0);
    await before.readNow();
    await save(1);
    await before.readNow();
    await before.stop();
    for (const n of [2, 3, 4]) await save(n);
    const after = sampler();
    await after.readNow();
    expect((await deltasOf('insert into invoice')).map(({ counters }) => counters.calls)).toEqual([1, 3]);
  });

  it('begins anew where a killed engine stored more than its last snapshot', async () => {
    const killed = sampler();
    await save(0);
    await killed.readNow(); // kept
    await save(1);
    await killed.readNow(); // stored as a delta; the snapshot itself is kept every ten minutes, or by `stop`
    const after = sampler();
    await save(2);
    await after.readNow();
    expect((await deltasOf('insert into invoice')).map(({ counters }) => counters.calls)).toEqual([1]);
  });

  it('says that it met a bug when reading texts, goes on sampling, and stops', async () => {
    const quick = quickClock();
    const keysWithoutText = () => Promise.reject(new TypeError('undefined is not a function'));
    const one = sampler(connected, quick, { store: { ...history.samples, keysWithoutText } });
    one.start();
    await one.until((state) => state.status().problem !== null);
    expect(one.status().problem).toMatch(/error in Daybreak.*undefined is not a function/);
    const before = one.seen.length;
    await one.until(() => one.seen.slice(before).includes('sample'));
    await one.readNow();
    expect(one.status().running).toBe(true);
    await one.stop();
  });

  it('goes on after a reconnect in the mode that was set by hand', async () => {
    const before = sampler();
    before.setMode('incident');
    expect(before.modeByHand()).toBe('incident');
    const after = sampler(connected, clock, { mode: before.modeByHand() });
    expect(after.status().mode).toBe('incident');
    after.setMode('background');
    expect(after.status().mode).toBe('background');
  });

  it('ends by itself what was switched on for a while, also after a reconnect', async () => {
    const quick = quickClock();
    const before = sampler(connected, quick);
    before.setMode('incident', 60_000);
    const one = sampler(connected, quick, { mode: before.modeByHand(), after: before.memory() });
    const untilMs = quick.nowMs() + 60_000;
    one.start();
    await one.until(() => one.seen.includes('mode'));
    expect(quick.nowMs()).toBeGreaterThanOrEqual(untilMs);
    expect(one.status()).toMatchObject({ running: true, mode: 'background', incidentReason: null });
  });

  it('marks what a reset of the statistics cut off', async () => {
    const one = sampler();
    for (const n of [1, 2, 3]) await save(n);
    await one.readNow();
    await admin.query(
      'select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)',
    );
    await save(4);
    await one.readNow();
    expect(await deltasOf('insert into invoice')).toMatchObject([{ counters: { calls: 1 }, discontinuity: true }]);
    const [set] = await history.samples.deltas(id(), 0, Number.MAX_SAFE_INTEGER);
    expect(set?.resets).toBe(1);
  });
});
