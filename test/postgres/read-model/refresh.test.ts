import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { setRefreshMode } from '../../../electron/core/read-model/refresh/set-mode.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const byCategory = `select coalesce(category, 'none') as category, count(*) as n from erp.invoice group by 1`;

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.build(byCategory);
  });
  afterAll(() => shop?.close());

  const asOf = async () => (await getReadModel(shop.server, 'sales', systemClock)).freshness.asOf;
  /** Something that holds rows of the base table back, so that a refresh has to wait. */
  const lockInvoices = async () => {
    const client = await shop.connect(shop.daybreak);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await client.query('begin; lock table erp.invoice in access exclusive mode');
    return { release: () => client.query('commit') };
  };
  const refreshWaits = async () => {
    for (;;) {
      const waiting = await shop.sql(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'refresh%'`,
      );
      if (waiting.length > 0) return;
    }
  };

  test('a second refresh is busy, and so is a plan meanwhile', async () => {
    const plan = await shop.planFor(`${byCategory} having count(*) > 0`);
    const lock = await lockInvoices();
    const first = shop.refresh('sales');
    await refreshWaits();
    expect(await failureOf(shop.refresh('sales'))).toMatchObject({ code: 'busy', retryable: true });
    expect((await getReadModel(shop.server, 'sales', systemClock)).freshness.state).toBe('refreshing');
    await lock.release();
    expect((await first).state).toBe('done');
    expect(plan.kind).toBe('new_version');
  });

  test('a cancelled refresh stops on the server, and the old rows keep their age', async () => {
    const before = await asOf();
    const lock = await lockInvoices();
    const abort = new AbortController();
    const refresh = failureOf(shop.refresh('sales', abort.signal));
    await refreshWaits();
    abort.abort();
    expect(await refresh).toMatchObject({ code: 'cancelled' });
    await lock.release();
    expect(await asOf()).toBe(before);
    expect([...shop.journal.runs.values()].at(-1)).toMatchObject({ state: 'cancelled' });
    const held = `select 1 from pg_locks join pg_database d on d.oid = database
      where locktype = 'advisory' and datname = current_database()`;
    expect(await shop.sql(held)).toEqual([]);
  });

  test('a refresh that brings a key twice fails, says why, and changes nothing', async () => {
    await shop.build('select category, amount from erp.invoice where invoice_id <= 2', {
      name: 'pairs',
      keyColumns: ['category'],
    });
    await shop.sql(`update erp.invoice set category = 'category 1' where invoice_id = 2`);
    for (const rows of [2, 1_000_000]) {
      await shop.sql(`update daybreak.copy set row_count = $1 where copy_id = 'pairs_v1_a'`, [rows]);
      expect(await failureOf(shop.refresh('pairs'))).toMatchObject({ sqlstate: '23505', retryable: false });
    }
    expect(await shop.sql('select * from reporting.pairs')).toHaveLength(2);
    const { lastRun, drift } = await getReadModel(shop.server, 'pairs', systemClock);
    expect(lastRun).toMatchObject({ state: 'failed', sqlstate: '23505' });
    expect(drift).toEqual([]);
    expect(shop.journal.activity.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  });

  test('a run that died with its engine is called abandoned by the next one', async () => {
    await shop.sql(`insert into daybreak.run (run_id, read_model, version, slot, mode, state, runner)
      values ('dead', 'sales', 1, 'a', 'concurrent', 'running', 'somebody')`);
    await shop.refresh('sales');
    expect(await shop.sql(`select state from daybreak.run where run_id = 'dead'`)).toEqual([{ state: 'abandoned' }]);
  });

  test('a run says why it was of its mode, and what it wrote', async () => {
    await shop.sql(`insert into erp.invoice values (700001, 'r', 'a new category', now(), 1),
      (700002, 'r', 'category 2', now(), 1)`);
    const inPlace = await shop.refresh('sales');
    expect(inPlace).toMatchObject({ mode: 'concurrent', reason: expect.stringContaining('merged in place') });
    // An update by REFRESH CONCURRENTLY is a delete and an insert.
    expect(inPlace.cost).toMatchObject({ rowsInserted: 2, rowsUpdated: 0, rowsDeleted: 1 });
    const nothingNew = await shop.refresh('sales');
    expect(nothingNew.cost).toMatchObject({ rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0 });
    const beside = await shop.refresh('sales', undefined, { mode: 'side_by_side' });
    expect(beside).toMatchObject({ slot: 'b', reason: 'side by side was asked for' });
    expect(beside.cost).toMatchObject({ rowsInserted: beside.rows, rowsUpdated: 0, rowsDeleted: 0 });
    for (const run of [inPlace, nothingNew, beside]) {
      expect(run.cost?.walBytes).toBeGreaterThan(0);
      expect(run.cost?.tempBytes).toBeGreaterThanOrEqual(0);
    }
    const { lastRun } = await getReadModel(shop.server, 'sales', systemClock);
    expect(lastRun).toMatchObject({ runId: beside.runId, reason: beside.reason, cost: beside.cost });
  });

  test('spilled files are counted', async () => {
    await shop.build('select g as n, md5(g::text) as word from generate_series(1, 100000) g order by 2', {
      name: 'words',
      keyColumns: ['n'],
    });
    const run = await shop.refresh('words', undefined, { mode: 'side_by_side' });
    expect(run.cost?.tempBytes).toBeGreaterThan(1_000_000);
    expect(run.cost?.walBytes).toBeGreaterThan(1_000_000);
  });

  test('what a person set for a read model holds for every refresh, until it is taken back', async () => {
    const set = (mode: 'side_by_side' | 'by_period' | null) =>
      setRefreshMode({ server: shop.server, readModel: 'sales', mode, journal: shop.journal, clock: systemClock });
    await set('side_by_side');
    expect((await getReadModel(shop.server, 'sales', systemClock)).refreshMode).toBe('side_by_side');
    expect(await shop.refresh('sales')).toMatchObject({ mode: 'side_by_side', reason: 'side by side was asked for' });
    expect((await shop.refresh('sales', undefined, { mode: 'concurrent' })).mode).toBe('concurrent');
    await set('by_period');
    expect(await shop.refresh('sales')).toMatchObject({
      mode: 'concurrent',
      reason: expect.stringContaining('by period was asked for, but the read model has no period; so concurrent'),
    });
    const { sql, undoSql } = shop.journal.activity.findLast(({ purpose }) => purpose.includes('how it is')) ?? {};
    expect([sql, undoSql]).toEqual(
      ['by_period', 'side_by_side'].map(
        (mode) => `update daybreak.read_model set refresh_mode = '${mode}' where name = 'sales'`,
      ),
    );
    await set(null);
    expect((await shop.refresh('sales')).mode).toBe('concurrent');
    const missing = setRefreshMode({
      server: shop.server,
      readModel: 'no',
      mode: null,
      journal: shop.journal,
      clock: systemClock,
    });
    expect(await failureOf(missing)).toMatchObject({ code: 'not_found' });
  });

  test('in place and blocking, when somebody asks for it', async () => {
    await shop.sql(`insert into erp.invoice values (700003, 'r', 'blocking', now(), 1)`);
    const run = await shop.refresh('sales', undefined, { mode: 'full' });
    expect(run).toMatchObject({ mode: 'full', state: 'done', cost: { rowsInserted: run.rows } });
    expect(await shop.sql(`select n from reporting.sales where category = 'blocking'`)).toEqual([{ n: '1' }]);
  });

  test('there is no refresh of what is not there', async () => {
    expect(await failureOf(shop.refresh('nothing'))).toMatchObject({ code: 'not_found' });
  });
});
