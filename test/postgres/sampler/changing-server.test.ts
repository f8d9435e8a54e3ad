import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { createSampler, type Sampler } from '../../../electron/core/sampler/sampler.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger } from '../connect/support.ts';

const ever = [0, Number.MAX_SAFE_INTEGER] as const;

describe.each(testServers())('$label that changes while it is sampled', (server) => {
  let dir: string;
  let history: History;
  let database: TestDatabase;
  let admin: pg.Client;
  let connected: Server;
  let sampler: Sampler;
  let round = 0;
  const role = () => `sampling_${database.settings.database}`;

  const stored = async () => ({
    sets: (await history.samples.deltas(connected.serverId, ...ever)).length,
    samples: (await history.samples.samples(connected.serverId, ...ever)).length,
  });
  const present = (name: string) => connected.facts.capabilities.find((one) => one.name === name)?.present;
  const callsOf = async (text: string) => {
    const statements = await history.samples.statements(connected.serverId);
    const ids = statements.filter((one) => one.text?.includes(text)).map(({ statementId }) => statementId);
    const sets = await history.samples.deltas(connected.serverId, ...ever);
    return sets.flatMap(({ deltas }) =>
      deltas.filter(({ statementId }) => ids.includes(statementId)).map(({ counters }) => counters.calls),
    );
  };

  const sum = (calls: readonly number[]) => calls.reduce((total, one) => total + one, 0);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-changing-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
    database = await createTestDatabase(server);
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query(`
      create table old_work (); create table seen_again (); create table through_the_jump ();
      create table while_it_was_set ();
      create role ${role()} login password 'sampling';
      grant select on old_work to ${role()};
      grant pg_monitor to ${role()}`);
  });
  beforeEach(async () => {
    round += 1;
    const settings = { ...database.settings, user: role() };
    connected = await openServer({ serverId: `s${round}`, settings, password: 'sampling', clock, logger });
    await history.connections.save({
      serverId: connected.serverId,
      settings,
      lastConnectedAtMs: null,
      lastFacts: connected.facts,
    });
    sampler = createSampler({ server: connected, store: history.samples, clock, logger, onChange: () => undefined });
    sampler.start();
  });
  afterEach(async () => {
    await sampler.stop();
    await connected.close();
  });
  afterAll(async () => {
    await history.close();
    await admin.query(`drop owned by ${role()}; drop role ${role()}`);
    await admin.end();
    await database.drop();
    await rm(dir, { recursive: true });
  });

  it('goes on with less when the role loses pg_monitor, shows the GRANT, and takes no old work for new after it', async () => {
    for (let n = 0; n < 50; n += 1) await admin.query('select count(*) from old_work');
    await sampler.readNow();
    await sampler.readNow();
    expect(sampler.status().problem).toBeNull();
    const before = await stored();
    // The first look may have come between two of the fifty.
    const counted = sum(await callsOf('old_work'));
    await admin.query(`revoke pg_monitor from ${role()}`);
    await sampler.readNow();
    expect(sampler.status().problem).toContain(`grant pg_read_all_stats to ${role()};`);
    expect(present('all_statistics')).toBe(false);
    const sets = await history.samples.deltas(connected.serverId, ...ever);
    expect(sets.at(-1)?.resets).toBe(0); // what is hidden was not reset
    await admin.query(`grant pg_monitor to ${role()}`);
    await admin.query('select count(*) from old_work');
    await sampler.readNow();
    await sampler.readNow();
    expect(sampler.status().problem).toBeNull();
    expect(present('all_statistics')).toBe(true);
    // The fifty were counted before. Since 17 an entry tells since when it counts; what it did meanwhile nobody knows.
    expect(sum(await callsOf('old_work')) - counted).toBeLessThanOrEqual(1);
    const after = await stored();
    expect(after.sets).toBeGreaterThanOrEqual(before.sets + 2);
    expect(after.samples).toBeGreaterThanOrEqual(before.samples + 3);
  });

  it('records activity alone from when the extension is dropped until it is created again', async () => {
    await sampler.readNow();
    await sampler.readNow();
    const before = await stored();
    await admin.query('drop extension pg_stat_statements');
    await sampler.readNow(); // the reading that finds out
    expect(sampler.status().problem).toMatch(/^Only activity is recorded.*not created.*create extension/);
    expect(present('statement_statistics')).toBe(false);
    expect((await stored()).samples).toBeGreaterThan(before.samples);
    await admin.query('create extension pg_stat_statements');
    await admin.query('select count(*) from seen_again');
    await sampler.readNow();
    expect(sampler.status().problem).toBeNull();
    expect(present('statement_statistics')).toBe(true);
    // The library went on counting all the time.
    expect(await callsOf('seen_again')).toEqual([1]);
    expect((await stored()).sets).toBeGreaterThan(before.sets);
  });

  it('marks the interval in which the clock of the server was set, and stores on', async () => {
    await sampler.stop(); // two would count twice
    // A role's own search path puts a clock of ours before the server's.
    await admin.query(`
      create schema set_clock;
      create table set_clock.by_ms (ms float8);
      insert into set_clock.by_ms values (0);
      create function set_clock.clock_timestamp() returns timestamptz language sql security definer
        as 'select pg_catalog.clock_timestamp() + (select ms from set_clock.by_ms) * interval ''1 ms''';
      grant usage on schema set_clock to ${role()};
      alter role ${role()} set search_path = set_clock, pg_catalog, public`);
    try {
      const settings = { ...database.settings, user: role() };
      const shifted = await openServer({ serverId: connected.serverId, settings, password: 'sampling', clock, logger });
      const steady = { ...clock, steadyMs: () => performance.now() };
      const one = createSampler({
        server: shifted,
        store: history.samples,
        clock: steady,
        logger,
        onChange: () => undefined,
      });
      await one.readNow();
      const hourMs = 3_600_000;
      for (const byMs of [-hourMs, hourMs]) {
        await admin.query('update set_clock.by_ms set ms = ms + $1', [byMs]);
        await admin.query('select count(*) from through_the_jump');
        await one.readNow();
        expect(one.status().problem).toMatch(
          byMs < 0 ? /server's clock was set back by 1 h\b/ : /server's clock was set forward by 1 h\b/,
        );
        expect(Math.abs(shifted.facts.clockSkewMs - (byMs < 0 ? byMs : 0))).toBeLessThan(5_000);
      }
      // Both intervals are there, each as long as it really was, and what ran in them was counted.
      const sets = await history.samples.deltas(connected.serverId, ...ever);
      for (const { fromMs, toMs } of sets) {
        expect(toMs - fromMs).toBeGreaterThan(0);
        expect(toMs - fromMs).toBeLessThan(60_000);
      }
      expect(await callsOf('through_the_jump')).toEqual([1, 1]);
      await one.stop();
      await shifted.close();
    } finally {
      await admin.query(`alter role ${role()} reset search_path; drop schema set_clock cascade`);
    }
  });

  it('goes on in time when the clock of this machine is set', async () => {
    await sampler.stop(); // two would count twice
    let setByMs = 0;
    const set = { ...clock, nowMs: () => Date.now() + setByMs, steadyMs: () => performance.now() };
    const one = createSampler({
      server: connected,
      store: history.samples,
      clock: set,
      logger,
      onChange: () => undefined,
    });
    await one.readNow();
    for (const byMs of [-7_200_000, 3_600_000]) {
      setByMs += byMs;
      await admin.query('select count(*) from while_it_was_set');
      await one.readNow();
      expect(one.status().problem).toContain(
        `The clock of this machine was set ${byMs < 0 ? 'back by 2 h' : 'forward by 1 h'}`,
      );
    }
    expect(await callsOf('while_it_was_set')).toEqual([1, 1]);
    await one.stop();
  });
});
