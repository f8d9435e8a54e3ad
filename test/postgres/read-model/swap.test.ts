import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import type { Execution } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, hurriedClock, MemoryJournal, openShop, salesByRegion, systemClock } from './fixture.ts';

const stepOf = (execution: Execution, state: string) => execution.steps.find((step) => step.state === state)?.step;
/** Minutes of work for any server: long enough to be interrupted. */
const endless = 'select g % 3 as k, count(*) as n from generate_series(1, 4000000000) g group by 1';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
  });

  const versionSql = (version: number) =>
    `select invoice_id % 50 as k, max(${version}) as v${version === 1 ? '' : ", max('x') as extra"} from erp.invoice group by 1`;
  const numbered = { keyColumns: ['k'] };
  const served = async () =>
    (await shop.sql<{ v: number }>('select distinct v from reporting.sales')).map(({ v }) => v);

  test('readers never see an error or a mixture while versions and copies change under them', async () => {
    await shop.build(versionSql(1), numbered);
    const stop = new AbortController();
    const seen = new Set<number>();
    const readers = Array.from({ length: 4 }, async () => {
      const client = await shop.connect(shop.daybreak);
      while (!stop.signal.aborted) {
        const { rows } = await client.query<{ low: number; high: number; ages: number; n: number }>(
          `select min(v) as low, max(v) as high, count(distinct as_of)::int as ages, count(*)::int as n from reporting.sales`,
        );
        expect(rows).toEqual([{ low: rows[0]?.low, high: rows[0]?.low, ages: 1, n: 50 }]);
        if (rows[0] !== undefined) seen.add(rows[0].low);
      }
    });
    await shop.build(versionSql(2), numbered);
    for (const name of ['sales_v2_a', 'sales_v2_b']) {
      await shop.sql('update daybreak.copy set row_count = 1000000 where copy_id = $1', [name]);
      expect((await shop.refresh('sales')).mode).toBe('side_by_side');
    }
    await shop.execute(await shop.planRollBack('sales'));
    stop.abort();
    await Promise.all(readers);
    expect([...seen].toSorted()).toEqual([1, 2]);
    expect(await served()).toEqual([1]);
  });

  test('a flip that somebody blocks is tried again until he goes', async () => {
    await shop.build(versionSql(1), numbered);
    const report = await shop.connect(shop.daybreak);
    await report.query('begin; select * from reporting.sales');
    let waiting: string | null = null;
    const execution = await shop.execute(await shop.planFor(versionSql(2), numbered), {
      onProgress: ({ steps }) => {
        const found = steps.find(({ outcome }) => outcome?.startsWith('waiting for'))?.outcome ?? null;
        if (waiting === null && found !== null) {
          waiting = found;
          void report.query('commit');
        }
      },
    });
    expect(waiting).toContain('idle in transaction');
    expect(Math.max(...execution.steps.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    expect(await served()).toEqual([2]);
  });

  test('a flip that stays blocked gives up, names the blocker, and leaves the old version served', async () => {
    await shop.build(versionSql(1), numbered);
    const report = await shop.connect(shop.daybreak);
    await report.query('begin; select * from reporting.sales');
    const plan = await shop.planFor(versionSql(2), numbered);
    const failure = await failureOf(shop.execute(plan, { clock: hurriedClock }));
    expect(failure).toMatchObject({ code: 'lock_not_granted', retryable: true });
    expect(failure.action).toMatch(/^select pg_terminate_backend\(\d+\);$/);
    expect(shop.journal.executions.get(plan.planId)?.state).toBe('undone');
    expect(await served()).toEqual([1]);
    await report.query('commit');
    expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
    expect((await getReadModel(shop.server, 'sales', systemClock)).versions).toHaveLength(1);
  });

  test.each([
    ['a duplicate key', 'select category, region from erp.invoice', '23505'],
    ['a key that is NULL twice', 'select null::text as category from erp.invoice', '23505'],
    ['a definition that reads differently each time', 'select statement_timestamp()::text as category', '22000'],
  ])('%s is found when the copy is filled, and everything is undone', async (_, definition, sqlstate) => {
    const failure = await failureOf(shop.build(definition, { keyColumns: ['category'] }));
    expect(failure).toMatchObject({ code: 'statement_refused', sqlstate });
    expect(failure.message).toContain('Undone: ');
    expect(await shop.left()).toEqual([]);
    expect(shop.journal.activity.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  });

  test('of two executions of one read model the second is busy', async () => {
    const plan = await shop.planFor(salesByRegion);
    const journal = new MemoryJournal();
    let second: unknown = null;
    const first = await shop.execute(plan, {
      journal: Object.assign(Object.create(journal) as MemoryJournal, {
        saveExecution: async (execution: Execution) => {
          await journal.saveExecution(execution);
          if (stepOf(execution, 'running') === 4) second ??= await failureOf(shop.execute(plan));
        },
      }),
    });
    expect(first.state).toBe('done');
    expect(second).toMatchObject({ code: 'busy', retryable: true });
  });

  test('two read models that are built at once on an empty database share its registry', async () => {
    const plans = [await shop.planFor(salesByRegion), await shop.planFor(salesByRegion, { name: 'sales_again' })];
    const executions = await Promise.all(plans.map((plan) => shop.execute(plan)));
    expect(executions.map(({ state }) => state)).toEqual(['done', 'done']);
    const skipped = executions.flatMap(({ steps }) => steps).filter(({ state }) => state === 'skipped');
    // Each step of the registry, and the schema, is done by one of both.
    expect(skipped).toHaveLength(registryMigrations.length + 1);
  });

  test('a role that may not create gets the exact grant, and nothing is created', async () => {
    const plan = await shop.planFor(salesByRegion);
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    const grant = `create on database ${row?.database}`;
    await shop.sql(`revoke ${grant} from ${shop.daybreak}`);
    try {
      for (const failure of await Promise.all([shop.execute(plan), shop.planFor(salesByRegion)].map(failureOf))) {
        expect(failure).toMatchObject({
          code: 'permission_denied',
          action: `grant ${grant} to ${shop.daybreak};`,
        });
      }
      expect(await shop.left()).toEqual([]);
    } finally {
      await shop.sql(`grant ${grant} to ${shop.daybreak}`);
    }
  });

  test('schemas that an administrator made are enough, and stay when the plan is undone', async () => {
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    const grant = `create on database ${row?.database}`;
    await shop.sql(`revoke ${grant} from ${shop.daybreak};
      create schema daybreak; create schema reporting;
      grant usage, create on schema daybreak, reporting to ${shop.daybreak}`);
    try {
      await failureOf(shop.build('select category, region from erp.invoice', { keyColumns: ['category'] }));
      expect(await shop.left()).toEqual(['daybreak', 'reporting']);
      expect((await shop.build(salesByRegion)).state).toBe('done');
    } finally {
      await shop.sql(`grant ${grant} to ${shop.daybreak}`);
    }
  });

  test('columns without an order, of floats, of json are built and compared as far as they can be', async () => {
    const sql = `select region, json_agg(amount order by invoice_id) as amounts, avg(amount::float8) as mean,
      array_agg(invoice_id order by invoice_id) as ids, point(count(*), 1) as place, 'x'::char(3) as fixed,
      '101'::bit(3) as bits, max(category)::varchar(40) as category, interval '1 day' as span, '{}'::jsonb as more
      from erp.invoice group by region`;
    await shop.build(sql);
    expect((await shop.build(sql)).state).toBe('done');
    await shop.execute(await shop.planRollBack('sales'));
    expect((await getReadModel(shop.server, 'sales', systemClock)).drift).toEqual([]);
  });

  test('a plan is stale once its read model has changed', async () => {
    await shop.build(versionSql(1), numbered);
    const plan = await shop.planFor(versionSql(2), numbered);
    await shop.execute(await shop.planFor(versionSql(2), numbered));
    expect(await failureOf(shop.execute(plan))).toMatchObject({ code: 'plan_stale' });
    expect(await served()).toEqual([2]);
  });

  test('a plan whose steps were changed on the way is stale', async () => {
    const plan = await shop.planFor(salesByRegion);
    const steps = plan.steps.map((step) => ({ ...step, sql: step.sql.map((sql) => sql.replace('sum', 'max')) }));
    expect(await failureOf(shop.execute({ ...plan, steps }))).toMatchObject({ code: 'plan_stale' });
    expect(await shop.left()).toEqual([]);
  });

  test('a cancelled plan stops on the server and leaves nothing', async () => {
    const plan = await shop.planFor(endless, numbered);
    const abort = new AbortController();
    const fill = plan.steps.find(({ kind }) => kind === 'fill')?.step;
    const failure = await failureOf(
      shop.execute(plan, {
        signal: abort.signal,
        onProgress: (execution) => {
          if (stepOf(execution, 'running') === fill) setTimeout(() => abort.abort(), 50);
        },
      }),
    );
    expect(failure.code).toBe('cancelled');
    const running = await shop.sql(
      `select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query like 'refresh%'`,
    );
    expect(running).toEqual([]);
    expect(await shop.left()).toEqual([]);
  });

  test('cancelling after the flip flips back', async () => {
    await shop.build(versionSql(1), numbered);
    const plan = await shop.planFor(versionSql(2), { ...numbered, question: 'Another question?' });
    const abort = new AbortController();
    const flip = plan.steps.find(({ kind }) => kind === 'flip')?.step ?? 0;
    const failure = await failureOf(
      shop.execute(plan, {
        signal: abort.signal,
        onProgress: ({ steps }) => {
          if (steps[flip - 1]?.state === 'done') abort.abort();
        },
      }),
    );
    expect(failure.code).toBe('cancelled');
    expect(await served()).toEqual([1]);
    expect(await getReadModel(shop.server, 'sales', systemClock)).toMatchObject({
      currentVersion: 1,
      question: 'What do we sell?',
      drift: [],
    });
  });

  test('options of the stable view survive every flip', async () => {
    await shop.build(versionSql(1), numbered);
    await shop.sql('alter view reporting.sales set (security_barrier = true)');
    await shop.build(versionSql(2), numbered);
    await shop.sql('update daybreak.copy set row_count = 1000000');
    await shop.refresh('sales');
    const [row] = await shop.sql<{ reloptions: string[] }>(
      `select reloptions from pg_class where oid = 'reporting.sales'::regclass`,
    );
    expect(row?.reloptions).toEqual(['security_barrier=true']);
  });

  test('version 3 drops version 1, and keeps version 2 to roll back to', async () => {
    for (const version of [1, 2, 3]) await shop.build(versionSql(version), numbered);
    const { versions } = await getReadModel(shop.server, 'sales', systemClock);
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      [2, 'previous'],
      [3, 'current'],
    ]);
    expect((await shop.left()).filter((name) => name.startsWith('reporting.sales_v1'))).toEqual([]);
  });

  test('a read model over read models is as old as the oldest of them', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`update daybreak.copy set data_as_of = '2026-01-02 03:04:05Z'`);
    await shop.build('select sum(amount) as total, 1 as one from reporting.sales', {
      name: 'total',
      keyColumns: ['one'],
    });
    await shop.refresh('total');
    const { freshness } = await getReadModel(shop.server, 'total', systemClock);
    expect(freshness.asOf).toBe('2026-01-02T03:04:05.000Z');
    expect(await failureOf(shop.planDrop('sales'))).toMatchObject({ code: 'statement_refused' });
  });
});
