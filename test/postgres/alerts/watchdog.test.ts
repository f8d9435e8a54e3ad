import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applySteps, watchedEpisodes, type Book } from '../../../electron/core/alerts/episode-book.ts';
import { Watchdog } from '../../../electron/core/alerts/watchdog.ts';
import { registryLedger } from '../../../electron/core/read-model/registry/alert-ledger.ts';
import { ScheduleTables } from '../../../electron/core/read-model/registry/schedule-registry.ts';
import { readSchedulesWhereKept } from '../../../electron/core/read-model/registry/schedule-state.ts';
import {
  DefinitionSources,
  readWatchFacts,
  type ReadSchedules,
} from '../../../electron/core/read-model/registry/watch-facts.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, type Shop } from '../read-model/fixture.ts';

const minuteMs = 60_000;

describe.each(testServers())('$label', (testServer) => {
  let shop: Shop & { daybreak: string; boss: string };
  let book: Book;
  const watchdog = new Watchdog(async () => null);
  const definitions = new DefinitionSources();

  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 50 });
    await shop.build('select region, sum(amount)::numeric(18,2) as amount from erp.invoice group by region', {
      name: 'sales',
      keyColumns: ['region'],
      owner: 'Controlling',
      consumers: [
        { consumer: 'board', owner: 'CFO', budget: { minutes: 1440 } },
        { consumer: 'sales desk', owner: 'Sales', budget: { minutes: 60 } },
      ],
    });
    book = { keptIn: 'registry', ledger: registryLedger(shop.server), skewMs: 0 };
  });
  afterAll(() => shop.close());

  /** A look of an engine that has no runner, at a moment of the server's clock. */
  async function look(nowMs: number) {
    const { episodes } = await book.ledger.read(0);
    const facts = await readWatchFacts(shop.server, definitions, async () => null);
    if (facts === null) throw new Error('there is a registry');
    const steps = watchdog.stepsOf('test', facts, watchedEpisodes(episodes), nowMs);
    await applySteps(book, steps, episodes, nowMs);
    const after = (await book.ledger.read(0)).episodes;
    return after.map(
      ({ kind, subject, recoveredAtMs }) => `${kind} ${subject}${recoveredAtMs === null ? '' : ' over'}`,
    );
  }

  test('a model that nobody refreshes is late by its tightest budget, once, and is over when it was refreshed', async () => {
    const now = Date.now();
    expect(await look(now + 59 * minuteMs)).toEqual([]);
    expect(await look(now + 62 * minuteMs)).toEqual(['late sales']);
    expect(await look(now + 63 * minuteMs)).toEqual(['late sales']);
    const [episode] = (await book.ledger.read(0)).episodes;
    expect(episode).toMatchObject({ owner: 'Controlling', severity: 'warning' });
    expect(episode?.text).toContain('sales desk accepts 1 h');
    await shop.refresh('sales');
    expect(await look(Date.now())).toEqual(['late sales over']);
  });

  test('a model that nobody scheduled is watched as the runner keeps it: by its budgets, and by hand where no runner can', async () => {
    const definitions = new DefinitionSources();
    const watchedAs = async (readSchedules: ReadSchedules) =>
      (await readWatchFacts(shop.server, definitions, readSchedules))?.models.map(({ schedule }) => schedule);
    const kept = (await new ScheduleTables(shop.server).state()).models.map(({ schedule }) => schedule);
    expect(await watchedAs(readSchedulesWhereKept)).toEqual(kept);
    expect(kept).toEqual([{ kind: 'budget' }]);
    const older: ReadSchedules = (sql, installed) =>
      readSchedulesWhereKept(
        sql,
        installed.filter((migration) => migration < 40),
      );
    expect(await watchedAs(older)).toEqual([{ kind: 'hand' }]);
  });

  test('each budget of its consumers is watched, whether the registry keeps schedules or not', async () => {
    await shop.sql(`insert into daybreak.consumer (read_model, consumer, owner, budget_minutes, nightly)
      values ('sales', 'the morning report', 'CFO', null, '{"at": "07:00", "timeZone": "UTC"}')`);
    const decide = [
      { budget: { minutes: 60 }, consumer: 'sales desk' },
      { budget: { nightly: { at: '07:00', timeZone: 'UTC' } }, consumer: 'the morning report' },
    ];
    for (const read of [async () => null, readSchedulesWhereKept]) {
      const facts = await readWatchFacts(shop.server, new DefinitionSources(), read);
      const budgets = facts?.models.find(({ readModel }) => readModel === 'sales')?.budgets;
      expect(budgets?.toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1))).toEqual(
        decide.toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1)),
      );
    }
  });

  test('what its definition reads is known to be written to, whatever hides between', async () => {
    await shop.sql('create view erp.all_invoices as select * from erp.invoice');
    await shop.sql(`grant select on erp.all_invoices to ${shop.daybreak}`);
    await shop.build('select region, count(*)::bigint as invoices from erp.all_invoices group by region', {
      name: 'through_a_view',
      keyColumns: ['region'],
    });
    const writes = async () => {
      const facts = await readWatchFacts(shop.server, definitions, async () => null);
      return new Map(facts?.models.map(({ readModel, sourceWrites }) => [readModel, sourceWrites ?? NaN]));
    };
    // What was inserted is told some time later, too.
    const [{ rows: inserted } = { rows: NaN }] = await shop.sql<{ rows: number }>(
      'select count(*)::float8 as rows from erp.invoice',
    );
    await shop.sql('select pg_stat_force_next_flush()');
    await expect.poll(async () => (await writes()).get('sales'), { timeout: 20_000 }).toBeGreaterThanOrEqual(inserted);
    const before = await writes();
    await shop.sql(`update erp.invoice set amount = amount + 1 where invoice_id <= 10`);
    // A session tells its counters when it is idle, from PostgreSQL 15 on at once where it is asked to.
    await shop.sql('select pg_stat_force_next_flush()');
    await expect
      .poll(
        async () => {
          const after = await writes();
          return ['sales', 'through_a_view'].map((name) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN));
        },
        { timeout: 20_000 },
      )
      .toEqual([10, 10]);
  });
});
