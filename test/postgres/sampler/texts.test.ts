import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import type { Clock } from '../../../electron/core/ports.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { createSampler, type SamplerMemory } from '../../../electron/core/sampler/sampler.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { clock, logger } from '../connect/support.ts';

const minute = 60_000;
const calm = { activityMs: minute, snapshotMs: 5 * minute };

describe.each(testServers())('texts of statements on $label', (server) => {
  let dir: string;
  let history: History;
  let database: TestDatabase;
  let databaseOid: string;
  let admin: pg.Client;
  let connected: Server;
  let round = 0;
  let nowMs: number;
  /** When, in minutes since the test began, the server was asked for texts. */
  let asked: number[];
  const role = () => `texts_${database.settings.database}`;

  /** Every wait is over at once, and has lasted as long as it should. */
  const quick: Clock = {
    nowMs: () => nowMs,
    steadyMs: () => performance.now(),
    sleep: async (delayMs) => {
      nowMs += delayMs;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const sampler = (after: SamplerMemory | null = null) =>
    createSampler({
      server: connected,
      // Other test files run statements on the same server meanwhile.
      store: {
        ...history.samples,
        keysWithoutText: async (serverId) =>
          (await history.samples.keysWithoutText(serverId)).filter((key) => key.databaseOid === databaseOid),
      },
      clock: quick,
      logger,
      rhythm: { background: calm, incident: calm },
      onChange: () => undefined,
      ...(after === null ? {} : { after }),
    });
  /** Puts a function of ours before the extension's, which does `work` where texts are asked for. */
  const whenAsked = async (work: string) => {
    const { rows } = await admin.query<{ arguments: string }>(
      `select pg_get_function_arguments('public.pg_stat_statements(boolean)'::regprocedure) as arguments`,
    );
    await admin.query(`
      create schema original;
      alter extension pg_stat_statements set schema original;
      create function original.asked() returns void language plpgsql as $$ begin ${work}; end $$;
      alter function original.pg_stat_statements(boolean) rename to counted;
      create function original.pg_stat_statements(${rows[0]?.arguments ?? ''}) returns setof record
        language plpgsql as $$ begin
          if showtext then perform original.asked(); end if;
          return query select * from original.counted(showtext);
        end $$;
      grant usage on schema original to ${role()}`);
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'daybreak-texts-'));
    history = await openHistory({ file: join(dir, 'history.sqlite'), logger });
  });
  beforeEach(async () => {
    round += 1;
    nowMs = clock.nowMs();
    const startedMs = nowMs;
    asked = [];
    database = await createTestDatabase(server);
    admin = new pg.Client(database.url);
    await admin.connect();
    const { rows } = await admin.query<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    );
    databaseOid = rows[0]?.oid ?? '';
    await admin.query(`create table invoice (); create role ${role()} login password 'texts';
      grant pg_monitor to ${role()}`);
    const settings = { ...database.settings, user: role() };
    connected = await openServer({ serverId: `s${round}`, settings, password: 'texts', clock, logger });
    const { withReadonly } = connected;
    vi.spyOn(connected, 'withReadonly').mockImplementation((work, limits) => {
      if (limits?.prepared === false) asked.push(Math.round((nowMs - startedMs) / minute));
      return withReadonly(work, limits);
    });
    await history.connections.save({
      serverId: connected.serverId,
      settings,
      lastConnectedAtMs: null,
      lastFacts: connected.facts,
    });
  });
  afterEach(async () => {
    await connected.close();
    await admin.query(`drop owned by ${role()}; drop role ${role()}`);
    await admin.end();
    await database.drop();
  });
  afterAll(async () => {
    await history.close();
    await rm(dir, { recursive: true });
  });

  it('that cannot be read are asked for less and less often, and it is said when', async () => {
    await whenAsked(`raise 'no text today'`);
    const one = sampler();
    one.start();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(5), { timeout: 20_000 });
    await one.stop();
    const pauses = asked.slice(1, 5).map((at, index) => at - (asked[index] ?? at));
    // Time goes on in leaps, also while a reading lasts.
    for (const [index, least] of [20, 40, 60, 60].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(least);
      expect(pauses[index]).toBeLessThan(least + 15);
    }
    expect(one.status().problem).toMatch(
      /Texts of statements could not be read\..*no text today\. The next try is in 1 h\.$/,
    );
    // A sampler after a lost connection does not begin anew.
    const before = asked.length;
    const next = sampler(one.memory());
    const fromMs = nowMs;
    next.start();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before), { timeout: 20_000 });
    expect(nowMs - fromMs).toBeGreaterThan(40 * minute);
    await next.stop();
  });

  it('that take too long are given up sooner where nobody may ask how large their file is', async () => {
    await whenAsked('perform pg_sleep(7)');
    const one = sampler();
    await one.readNow();
    await admin.query('select count(*) from invoice');
    const startedMs = performance.now();
    await one.readNow();
    expect(performance.now() - startedMs).toBeLessThan(6_800);
    expect(one.status().problem).toContain(
      `To mend it: grant execute on function pg_catalog.pg_stat_file(text, boolean) to ${role()};`,
    );
    expect(one.status().problem).toMatch(/The next try is in [23] h/);
    await one.stop();
  });

  it('of a statement that the server does not count are not asked for', async () => {
    const reporter = new pg.Client(database.url);
    await reporter.connect();
    const running = reporter.query('select count(*), pg_sleep(60) from invoice').catch(() => undefined);
    await vi.waitFor(async () => {
      const { rows } = await admin.query(
        `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      );
      expect(rows).toHaveLength(1);
    });
    const one = sampler();
    await one.readNow();
    await one.readNow(); // what the first reading itself ran
    // It was cancelled, so it was never booked: a sample alone knows it.
    await admin.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    );
    await running;
    await reporter.end();
    const before = asked.length;
    const missing = await history.samples.keysWithoutText(connected.serverId);
    expect(missing.some((key) => key.databaseOid === databaseOid)).toBe(true);
    await one.readNow();
    await one.readNow();
    await one.readNow();
    const texts = (await history.samples.statements(connected.serverId)).map(({ text }) => text);
    expect(texts).toContain('select count(*), pg_sleep(60) from invoice');
    expect(asked.length - before).toBeLessThanOrEqual(1); // pg_cancel_backend, above
    await one.stop();
  });
});
