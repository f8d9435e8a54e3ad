import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from '../read-model/fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.build(salesByRegion);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
  });
  afterAll(() => shop?.close());

  const lease = async () => {
    const [row] = await shop.sql<{ epoch: string; run_id: string | null; runner: string | null }>(
      `select epoch, run_id, runner from daybreak.lease where read_model = 'sales'`,
    );
    return row;
  };
  const asOf = () => shop.sql('select copy_id, data_as_of from daybreak.copy order by copy_id');
  /** A refresh that waits for the base table, in the middle of its transaction. */
  const stalled = async (mode: 'concurrent' | 'side_by_side' | 'full') => {
    const blocker = await shop.connect(shop.daybreak);
    await blocker.query('begin; lock table erp.invoice in access exclusive mode');
    const refresh = failureOf(shop.refresh('sales', undefined, { mode }));
    await vi.waitFor(async () => {
      const waiting = await shop.sql(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name like 'daybreak refresh %'`,
      );
      expect(waiting).toHaveLength(1);
    }, 10_000);
    return { refresh, release: () => blocker.query('commit') };
  };

  test('a refresh and a plan take the lease and give it back, each under the next epoch', async () => {
    const before = Number((await lease())?.epoch ?? 0);
    await shop.refresh('sales');
    expect(await lease()).toMatchObject({ epoch: String(before + 1), run_id: null });
    await shop.build(`${salesByRegion} having count(*) > 0`);
    expect(await lease()).toMatchObject({ epoch: String(before + 2), run_id: null });
  });

  test.each(['concurrent', 'side_by_side', 'full'] as const)(
    'a runner that lost its lease does not commit (%s)',
    async (mode) => {
      await shop.sql(`delete from daybreak.run`);
      const before = await asOf();
      const { refresh, release } = await stalled(mode);
      await shop.sql(`update daybreak.lease set epoch = epoch + 1, run_id = 'another', runner = 'another'`);
      await release();
      expect(await refresh).toMatchObject({ code: 'busy', detail: { lostLease: 'sales' }, retryable: true });
      expect(await asOf()).toEqual(before);
      // It did not give back what is not its own.
      expect(await lease()).toMatchObject({ run_id: 'another' });
      await shop.sql(`update daybreak.lease set run_id = null, runner = null`);
      expect((await shop.refresh('sales')).state).toBe('done');
    },
  );

  test('a plan that lost its lease does not switch', async () => {
    const plan = await shop.planFor(`${salesByRegion} having count(*) > 1`);
    const [before] = await shop.sql(`select max(version) as v from daybreak.version where state = 'current'`);
    const ended = failureOf(
      shop.execute(plan, {
        beforeSwitch: async () => {
          await shop.sql(`update daybreak.lease set epoch = epoch + 1, run_id = 'another'`);
        },
      }),
    );
    expect(await ended).toMatchObject({ code: 'busy' });
    expect(await shop.sql(`select max(version) as v from daybreak.version where state = 'current'`)).toEqual([before]);
    await shop.sql('update daybreak.lease set run_id = null');
  });

  test('no other version is switched to while a calendar forbids it', async () => {
    const always = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' };
    const calendar = {
      name: 'closing',
      timeZone: 'UTC',
      rules: [always],
      noRefresh: false,
      noSwap: true,
      readModels: null,
    };
    const plan = await shop.planFor(`${salesByRegion} having count(*) > 2`);
    await shop.sql(`insert into daybreak.calendar (name, definition, updated_by) values ('closing', $1, 'anna')`, [
      JSON.stringify(calendar),
    ]);
    expect(await failureOf(shop.execute(plan))).toMatchObject({ code: 'busy', detail: { calendar: 'closing' } });
    expect((await shop.refresh('sales')).state).toBe('done');
    await shop.sql('delete from daybreak.calendar');
    expect((await shop.execute(plan)).state).toBe('done');
  });

  test('whoever refreshes takes over from a holder that is silent, and ends what it left on the server', async () => {
    const ghost = await shop.connect(shop.daybreak);
    await ghost.query(`set application_name = 'daybreak refresh ghost'`);
    await ghost.query(`select pg_advisory_lock(hashtextextended('daybreak.sales', 0))`);
    await shop.sql(
      `update daybreak.lease set epoch = epoch + 1, run_id = 'ghost', kind = 'refresh', runner = 'gone',
        backend_pid = $1, backend_start = (select backend_start from pg_stat_activity where pid = $1),
        deadline_at = clock_timestamp() + interval '1 hour'`,
      [(ghost as unknown as { processID: number }).processID],
    );
    await shop.sql(`update daybreak.heartbeat set run_id = 'ghost', heartbeat_at = clock_timestamp()`);
    await shop.sql(`insert into daybreak.run (run_id, read_model, version, slot, mode, state, runner)
      select 'ghost', 'sales', version, 'a', 'full', 'running', 'gone' from daybreak.version where state = 'current'`);
    expect(await failureOf(shop.refresh('sales'))).toMatchObject({ code: 'busy' });

    await shop.sql(`update daybreak.heartbeat set heartbeat_at = clock_timestamp() - interval '31 s'`);
    const { epoch = '0' } = (await lease()) ?? {};
    expect((await shop.refresh('sales')).state).toBe('done');
    expect(Number((await lease())?.epoch)).toBe(Number(epoch) + 1);
    expect(await shop.sql(`select state, error from daybreak.run where run_id = 'ghost'`)).toMatchObject([
      { state: 'abandoned' },
    ]);
  });

  test('what a killed engine left is free as soon as its backend is gone', async () => {
    await shop.sql(`update daybreak.lease set run_id = 'dead', runner = 'gone', kind = 'refresh',
      deadline_at = clock_timestamp() + interval '1 hour'`);
    expect((await shop.refresh('sales')).state).toBe('done');
    expect(await lease()).toMatchObject({ run_id: null });
  });
});
