import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { planScript } from '../../../renderer/screens/read-models/plan-script.ts';
import type { Execution } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock, type MemoryJournal } from './fixture.ts';
import { psql } from './psql.ts';

/** What somebody else does to a read model while a plan or a refresh of it goes on. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop view if exists erp.board; drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      end $$`);
    await shop.build(salesByRegion);
  });

  const nextSql = `${salesByRegion} having count(*) > 0`;
  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const options = async () =>
    (
      await shop.sql<{ o: string[] | null }>(
        `select reloptions as o from pg_class where oid = 'reporting.sales'::regclass`,
      )
    )[0]?.o;
  const stillVersion1 = async () => {
    expect((await model()).currentVersion).toBe(1);
    expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
  };

  test.each([
    [
      'alter view reporting.sales set (security_barrier = true)',
      /options of reporting\.sales are \(security_barrier=true\)/,
    ],
    ['alter view reporting.sales rename column invoices to n', /reporting\.sales has other columns \(.*n bigint/],
    [`comment on view reporting.sales is 'mine'`, /the comment on reporting\.sales is another one/],
    ['create view erp.board as select region from reporting.sales', /view erp\.board reads reporting\.sales/],
    ['create view erp.board as select region from reporting.sales_v1_a', /view erp\.board reads sales_v1_a/],
    ['create index on reporting.sales_v1_a (invoices)', /the served copy has other indexes/],
    ['grant select on reporting.sales_v1_a to public', /rights on the served copy/],
    ['alter view reporting.sales owner to postgres', /reporting\.sales belongs to another role \(postgres\)/],
    [`update daybreak.read_model set owner = 'Sales'`, /the registry says something else of sales/],
  ])('%s while a plan holds makes it stale, and all of it is undone', async (sql, says) => {
    const plan = await shop.planFor(nextSql);
    const failure = await failureOf(shop.execute(plan, { beforeSwitch: async () => void (await shop.sql(sql)) }));
    expect(failure).toMatchObject({ code: 'plan_stale', message: expect.stringMatching(says) });
    expect(failure.message).toMatch(
      /^The plan for sales does not hold any more: .*\. Plan again and read the new one\. Undone: /,
    );
    await stillVersion1();
    if (sql.includes('owner to')) return;
    expect((await shop.execute(await shop.planFor(nextSql))).state).toBe('done');
  });

  test('what changes during the build is noticed before the switch, without a hold', async () => {
    const plan = await shop.planFor(nextSql);
    const analyze = plan.steps.findIndex(({ kind }) => kind === 'analyze');
    const journal = Object.create(shop.journal, {
      saveExecution: {
        value: async (execution: Execution) => {
          if (execution.steps[analyze]?.state === 'running') {
            await shop.sql('alter view reporting.sales set (security_barrier = true)');
          }
          return shop.journal.saveExecution(execution);
        },
      },
    }) as MemoryJournal;
    expect(await failureOf(shop.execute(plan, { journal }))).toMatchObject({ code: 'plan_stale' });
    await stillVersion1();
    expect(await options()).toEqual(['security_barrier=true']);
  });

  test('a script that lay for a while does not erase an option that was set since', async () => {
    const script = planScript(await shop.planFor(nextSql));
    await shop.sql('alter view reporting.sales set (security_barrier = true)');
    await expect(psql(testServer, shop.url, script)).rejects.toThrow(
      /the options of the stable view reporting\.sales were changed meanwhile to \(security_barrier=true\)/,
    );
    expect((await model()).currentVersion).toBe(1);
    expect(await options()).toEqual(['security_barrier=true']);
  });

  describe('while the hidden copy is filled', () => {
    /** Holds the refresh in its fill until `meanwhile` is done. */
    const refreshWhile = async (meanwhile: string) => {
      await shop.refresh('sales', undefined, { mode: 'side_by_side' });
      await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
      const blocker = await shop.connect(shop.daybreak);
      await blocker.query('begin; lock table erp.invoice in access exclusive mode');
      const refresh = shop.refresh('sales', undefined, { mode: 'side_by_side' });
      const ended = refresh.catch(() => undefined);
      for (;;) {
        const waiting = await shop.sql(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'refresh%'`,
        );
        if (waiting.length > 0) break;
      }
      await shop.sql(meanwhile);
      await blocker.query('commit');
      await blocker.end();
      await ended;
      return refresh;
    };

    test('an option that is set is kept', async () => {
      expect((await refreshWhile('alter view reporting.sales set (security_barrier = true)')).state).toBe('done');
      expect(await options()).toEqual(['security_barrier=true']);
      expect((await model()).drift).toEqual([]);
    });

    test.each([
      ['alter view reporting.sales rename column invoices to n', /the columns of reporting\.sales were changed/],
      ['grant select on reporting.sales_v1_b to public', /rights on reporting\.sales_v1_b were given or taken/],
    ])('%s ends the refresh before it would undo that', async (sql, says) => {
      const failure = await failureOf(refreshWhile(sql));
      expect(failure).toMatchObject({ retryable: true, message: expect.stringMatching(says) });
      expect(failure.message).toContain('its old rows are still served');
      expect(failure.message).toContain('Refresh it again');
      const [live] = await shop.sql<{ slot: string }>(
        `select live_slot as slot from daybreak.version where state = 'current'`,
      );
      expect(live?.slot).toBe('b');
      if (sql.startsWith('grant'))
        expect((await shop.refresh('sales', undefined, { mode: 'side_by_side' })).state).toBe('done');
    });
  });
});
