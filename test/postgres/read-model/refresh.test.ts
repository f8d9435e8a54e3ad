import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
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
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'refresh%'`,
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

  test('there is no refresh of what is not there', async () => {
    expect(await failureOf(shop.refresh('nothing'))).toMatchObject({ code: 'not_found' });
  });
});
