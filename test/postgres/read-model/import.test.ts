import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { qualifiedDefinition } from '../../../electron/core/postgres/queries/catalog-copies.ts';
import {
  listMaterializedViews,
  readMaterializedView,
} from '../../../electron/core/postgres/queries/catalog-materialized-views.ts';
import { planImport } from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import type { Proposal } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.sql(`grant create on schema erp to ${shop.daybreak}`);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ declare one record; begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      for one in select oid::regclass as name, relkind from pg_class
        where relnamespace = 'erp'::regnamespace and relkind in ('v', 'm') order by relkind desc loop
        if to_regclass(one.name::text) is not null then
          execute format('drop %s %s cascade', case one.relkind when 'm' then 'materialized view' else 'view' end, one.name);
        end if;
      end loop; end $$;
      create materialized view erp.old_sales as select region, sum(amount) as amount, count(*) as n from erp.invoice group by region;
      create unique index on erp.old_sales (region);
      create index old_amount on erp.old_sales (amount desc nulls last) where n > 3;
      comment on materialized view erp.old_sales is 'What did we sell?';
      grant usage on schema erp to ${shop.boss};
      grant select on erp.old_sales to ${shop.boss};
      grant select (region) on erp.old_sales to public;
      alter materialized view erp.old_sales owner to ${shop.daybreak}`);
  });

  const planned = async (imports: string, edits: Partial<Proposal> = {}) => {
    const definitionSql = await shop.server.withReadonly((session) =>
      session.snapshot((sql) => qualifiedDefinition(sql, `erp."${imports}"`)),
    );
    const proposal = await propose({
      server: shop.server,
      schema: 'erp',
      origin: { kind: 'sql', sql: definitionSql },
      edits: {
        name: 'old_sales',
        question: 'What did we sell?',
        owner: 'Controlling',
        keyColumns: ['region'],
        ...edits,
      },
    });
    return planImport({
      server: shop.server,
      planId: randomUUID(),
      nowMs: Date.now(),
      schema: 'erp',
      imports,
      proposal,
    });
  };
  const model = () => getReadModel(shop.server, 'old_sales', systemClock);
  const relations = async () =>
    (
      await shop.sql<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'erp'::regnamespace and relkind in ('m', 'v') order by 1`,
      )
    ).map(({ name }) => name);

  test('it becomes version 1: who asks by name goes on, with rights, indexes and comment carried', async () => {
    const before = await shop.sql('select region, amount, n from erp.old_sales order by region');
    const boss = await shop.connect(shop.boss);
    const plan = await planned('old_sales');
    expect(plan).toMatchObject({ kind: 'import', imports: 'old_sales', toVersion: 1 });
    expect(plan.warnings.join(' ')).toContain('one more column in front: as_of');
    expect((await shop.execute(plan)).state).toBe('done');
    const { rows } = await boss.query('select region, amount, n from erp.old_sales order by region');
    expect(rows).toEqual(before);
    expect(await model()).toMatchObject({ currentVersion: 1, question: 'What did we sell?', drift: [], schema: 'erp' });
    expect(await relations()).toEqual(['old_sales', 'old_sales_v1_a']);
    const [carried] = await shop.sql<{ indexes: string; everybody: boolean }>(
      `select (select string_agg(pg_get_indexdef(indexrelid), ';') from pg_index where indrelid = 'erp.old_sales_v1_a'::regclass) as indexes,
        (select attacl::text from pg_attribute where attrelid = 'erp.old_sales'::regclass and attname = 'region') like '%=r/%' as everybody`,
    );
    expect(carried?.everybody).toBe(true);
    expect(carried?.indexes).toMatch(/UNIQUE INDEX old_sales_v1_a_key .* \(region\)/);
    expect(carried?.indexes).toMatch(/\(amount DESC NULLS LAST\) WHERE \(n > 3\)/);
    expect((await shop.refresh('old_sales')).state).toBe('done');
  });

  test('columns that an index only carries along are no part of the key, and the index comes over', async () => {
    await shop.sql(
      `drop index erp.old_sales_region_idx; create unique index on erp.old_sales (region) include (amount, n)`,
    );
    const found = await shop.server.withReadonly((session) => readMaterializedView(session, 'erp', 'old_sales'));
    expect(found?.keyColumns).toEqual(['region']);
    const listed = await shop.server.withReadonly((session) => listMaterializedViews(session, []));
    expect(listed.map(({ keyColumns }) => keyColumns)).toEqual([['region']]);
    await shop.execute(await planned('old_sales'));
    const [carried] = await shop.sql<{ indexes: string }>(
      `select string_agg(pg_get_indexdef(indexrelid), ';' order by indexrelid) as indexes from pg_index where indrelid = 'erp.old_sales_v1_a'::regclass`,
    );
    expect(carried?.indexes).toMatch(/UNIQUE INDEX old_sales_v1_a_key .* \(region\);/);
    expect(carried?.indexes).toMatch(/UNIQUE INDEX old_sales_v1_a_i\d .* \(region\) INCLUDE \(amount, n\)/);
    expect((await model()).drift).toEqual([]);
    expect(await shop.refresh('old_sales')).toMatchObject({ state: 'done', mode: 'concurrent' });
  });

  test('its indexes come over to the copy that a refresh makes beside, once', async () => {
    await shop.execute(await planned('old_sales'));
    const indexes = (copy: string) =>
      shop.sql<{ definition: string }>(
        `select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') as definition from pg_index
        where indrelid = $1::text::regclass order by 1`,
        [`erp.${copy}`],
      );
    const before = await indexes('old_sales_v1_a');
    expect(before).toHaveLength(2);
    for (const slot of ['b', 'a', 'b']) {
      expect(await shop.refresh('old_sales', undefined, { mode: 'side_by_side' })).toMatchObject({ slot });
      expect(await indexes(`old_sales_v1_${slot}`)).toEqual(before);
    }
  });

  test('a view on the old one goes on reading it, under another name, and is named', async () => {
    await shop.sql('create view erp.board as select region from erp.old_sales');
    const plan = await planned('old_sales');
    expect(plan.warnings.join(' ')).toContain('view erp.board goes on reading the old rows');
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await relations()).toEqual(['board', 'old_sales', 'old_sales_imported', 'old_sales_v1_a']);
    expect((await shop.sql('select region from erp.board')).length).toBe(5);
  });

  test('a plan that fails gives the name back', async () => {
    const plan = await planned('old_sales');
    const abort = new AbortController();
    const granting = plan.steps.find(({ title }) => title.startsWith('Let'))?.step;
    const failure = await failureOf(
      shop.execute(plan, {
        signal: abort.signal,
        onProgress: ({ steps }) => {
          if (steps.find(({ step }) => step === granting)?.state === 'running') abort.abort();
        },
      }),
    );
    expect(failure).toMatchObject({ code: 'cancelled' });
    expect(await relations()).toEqual(['old_sales']);
    const [row] = await shop.sql<{ kind: string }>(
      `select relkind::text as kind from pg_class where oid = 'erp.old_sales'::regclass`,
    );
    expect(row?.kind).toBe('m');
    expect(await shop.sql(`select nspname from pg_namespace where nspname = 'daybreak'`)).toEqual([]);
  });

  test('what belongs to another role is refused with the grant, before anything is created', async () => {
    await shop.sql('alter materialized view erp.old_sales owner to postgres');
    await shop.sql(`grant select on erp.old_sales to ${shop.daybreak}`);
    expect(await failureOf(planned('old_sales'))).toMatchObject({
      code: 'permission_denied',
      action: `grant postgres to ${shop.daybreak};`,
    });
    // Under another name nothing of it is touched.
    const beside = await planned('old_sales', { name: 'sales' });
    expect(beside.warnings.join(' ')).toContain('stays as it is');
    expect((await shop.execute(beside)).state).toBe('done');
    expect(await relations()).toEqual(['old_sales', 'sales', 'sales_v1_a']);
  });

  test('a name that Daybreak would not give, of 63 bytes with quotes and umlauts, is imported under another one', async () => {
    const hard = `Ümsätze "je" Region's ${'ä'.repeat(19)}!`;
    expect(Buffer.byteLength(hard)).toBe(63);
    const quoted = `"${hard.replaceAll('"', '""')}"`;
    await shop.sql(`alter materialized view erp.old_sales rename to ${quoted}`);
    const view = await shop.server.withReadonly((session) =>
      session.snapshot((sql) => qualifiedDefinition(sql, `erp.${quoted}`)),
    );
    const proposal = await shop.propose(view, { name: 'old_sales', keyColumns: ['region'] });
    const stamp = { server: shop.server, planId: randomUUID(), nowMs: Date.now() };
    const plan = await planImport({ ...stamp, schema: 'erp', imports: hard, proposal });
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
  });

  test('what is no materialized view, or is a read model already, is refused', async () => {
    const proposal = await shop.propose('select region, count(*) as n from erp.invoice group by 1', {
      name: 'invoice',
    });
    const stamp = { server: shop.server, planId: randomUUID(), nowMs: Date.now() };
    expect(await failureOf(planImport({ ...stamp, schema: 'erp', imports: 'invoice', proposal }))).toMatchObject({
      code: 'not_found',
    });
    await shop.execute(await planned('old_sales'));
    expect(await failureOf(planned('old_sales_v1_a'))).toMatchObject({ code: 'invalid_input' });
  });
});
