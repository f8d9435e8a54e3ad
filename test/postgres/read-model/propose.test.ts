import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planCreateOrNewVersion } from '../../../electron/core/read-model/plan-for.ts';
import { propose } from '../../../electron/core/read-model/propose/propose.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.sql(`
      create function erp.counted(text) returns bigint language sql volatile as 'select 1::bigint';
      create function erp.lookup(text) returns bigint language sql stable as 'select count(*) from erp.invoice';
      create view erp.careless as select region, random() as r from erp.invoice;
      create view erp.a_view as select * from erp.invoice;
      create type erp.rank as enum ('low', 'high');
      create schema "Fräulein ""X"" $verify$";
      create table "Fräulein ""X"" $verify$"."order; drop 'it' $$ %I" (
        "select" int primary key, "Betrag €" numeric not null, "a""b" text);
      insert into "Fräulein ""X"" $verify$"."order; drop 'it' $$ %I" select n, n, 'x' || n % 7 from generate_series(1, 100) n;
      grant usage on schema "Fräulein ""X"" $verify$" to ${shop.daybreak};
      grant select on all tables in schema "Fräulein ""X"" $verify$", erp to ${shop.daybreak};`);
  });
  afterAll(() => shop?.close());

  test('a statement becomes a proposal: key, name, question, reader query, estimates', async () => {
    const proposed = await propose({
      server: shop.server,
      schema: 'reporting',
      origin: { kind: 'statement', statementId: 's1', text: `${salesByRegion};  -- by Monday` },
    });
    expect(proposed).toMatchObject({
      proposal: {
        name: 'invoice_by_region',
        question: 'What are amount, invoices by region?',
        keyColumns: ['region'],
        definitionSql: 'SELECT region, sum(amount) AS amount, count(*) AS invoices FROM erp.invoice GROUP BY region',
      },
      columns: [
        { name: 'region', type: 'text' },
        { name: 'amount', type: 'numeric' },
        { name: 'invoices', type: 'bigint' },
      ],
      baseTables: ['erp.invoice'],
      readerSql: 'select as_of, region, amount, invoices\nfrom reporting.invoice_by_region\norder by region',
      constantsFrozen: true,
      warnings: [],
    });
    expect(proposed.expectedCost).toBeGreaterThan(0);
    expect(await shop.left()).toEqual(expect.not.arrayContaining(['daybreak']));
  });

  test.each([
    ['select 1 as a; select 2 as a', 'several statements'],
    ['delete from erp.invoice', 'DELETE'],
    ['with d as (delete from erp.invoice returning *) select * from d', 'DELETE'],
    ['select * into erp.copy from erp.invoice', 'SELECT INTO'],
    ['select * from erp.invoice for update', 'row locks'],
    ['select region from erp.invoice where amount > $1', '$1'],
    ['select region, random() as r from erp.invoice', 'pg_catalog.random()'],
    ["select nextval('erp.s') as n", 'pg_catalog.nextval(regclass)'],
    ['select region, erp.counted(region) as n from erp.invoice', 'erp.counted(text)'],
    ['select * from erp.careless', 'pg_catalog.random()'],
    ["select count(*) as n from erp.invoice where invoiced_at > timestamptz 'today'", "timestamptz 'today'"],
    ['select * from erp.invoice tablesample system (10)', 'TABLESAMPLE'],
    ['select * from erp.nowhere', 'erp.nowhere'],
    ['select region, region from erp.invoice', 'region'],
    ['select amount + 1 from erp.invoice', 'column without a name'],
    ['select now() as as_of, region from erp.invoice', 'as_of'],
    ['select region, amount as xmin from erp.invoice', 'xmin'],
    ['selec region from erp.invoice', 'syntax error'],
    ['select 1 as a) q; drop table erp.invoice; --', 'syntax error'],
    ['', 'nothing'],
  ])('%s is refused, and the construct named', async (sql, construct) => {
    const failure = await failureOf(shop.propose(sql));
    expect(failure).toMatchObject({ code: 'statement_refused', detail: { construct } });
  });

  test('a column that is not there is told with the code of the server', async () => {
    const failure = await failureOf(shop.propose('select nothing from erp.invoice'));
    expect(failure).toMatchObject({ code: 'server_error', sqlstate: '42703' });
  });

  test('names without a schema get the one that the server finds, at the byte where they stand', async () => {
    await shop.sql(
      `alter role ${shop.daybreak} in database ${shop.server.settings.database} set search_path = erp, public`,
    );
    const server = await shop.openAs(shop.daybreak);
    const sql = `with invoice as (select 'ä' as region, 1 as n), later as (select * from invoice) -- ü
      select i.region, lookup(i.region) as l, 'low'::rank as r, max(later.n) as n
      from only erp.invoice i, "invoice_view" v, later where i.region = v.region group by 1, 2`;
    const proposed = () => propose({ server, schema: 'reporting', origin: { kind: 'sql', sql } });
    expect(await failureOf(proposed())).toMatchObject({ detail: { construct: 'invoice_view' } });
    await shop.sql(`create view erp.invoice_view as select * from erp.invoice`);
    await shop.sql(`grant select on erp.invoice_view to ${shop.daybreak}`);
    const { proposal, warnings, baseTables } = await proposed();
    expect(proposal.definitionSql).toContain(`later as (select * from invoice) -- ü`);
    expect(proposal.definitionSql).toContain(`erp.lookup(i.region) as l, 'low'::erp.rank as r`);
    expect(proposal.definitionSql).toContain(`only erp.invoice i, erp."invoice_view" v, later`);
    expect(warnings[0]).toContain('invoice_view is erp.invoice_view, lookup is erp.lookup, rank is erp.rank');
    expect(baseTables).toEqual(['erp.invoice']);
    await shop.sql(`alter role ${shop.daybreak} in database ${shop.server.settings.database} reset search_path`);
  });

  test('a join is named after the table that it begins with', async () => {
    const { proposal } = await propose({
      server: shop.server,
      schema: 'reporting',
      origin: {
        kind: 'sql',
        sql: `select i.region, count(*) as n from erp.invoice i join erp.a_view v using (invoice_id)
          join erp.invoice again using (invoice_id) group by 1`,
      },
    });
    expect(proposal.name).toBe('invoice_by_region');
  });

  test('what moves with the clock, the time zone or rounding is said', async () => {
    const { warnings } = await shop.propose(`
      select date_trunc('month', invoiced_at) as month, sum(amount)::numeric(12, 2) as amount, avg(amount)::float8 as mean
      from erp.invoice where invoiced_at > now() - interval '1 year' group by 1`);
    expect(warnings.join('\n')).toMatch(/depends on the clock \(now\(\)\)/);
    expect(warnings.join('\n')).toMatch(/invoiced_at has a time zone/);
    expect(warnings.join('\n')).toMatch(/narrow type: amount/);
    expect(warnings.join('\n')).toMatch(/mean: sums of floating point/);
  });

  test('names with hard characters go the whole way', async () => {
    const definition = `select "a""b", sum("Betrag €") as "Betrag €", count(*) as "select", '$verify$'::text as "$$"
      from "Fräulein ""X"" $verify$"."order; drop 'it' $$ %I" group by 1`;
    const proposed = await propose({
      server: shop.server,
      schema: 'Berichte "für" $verify$',
      origin: { kind: 'sql', sql: definition },
      edits: { question: `What's "it" $verify$?\n-- \\`, owner: `O'Brien`, name: 'hard' },
    });
    const plan = async () =>
      planCreateOrNewVersion({
        server: shop.server,
        planId: crypto.randomUUID(),
        nowMs: 0,
        schema: 'Berichte "für" $verify$',
        proposal: proposed,
      });
    expect((await shop.execute(await plan())).state).toBe('done');
    await shop.sql('update daybreak.copy set row_count = 1000000');
    expect((await shop.refresh('hard')).mode).toBe('side_by_side');
    expect((await shop.execute(await plan())).state).toBe('done');
    await shop.execute(await shop.planRollBack('hard'));
    expect(await shop.sql(`select * from "Berichte ""für"" $verify$".hard`)).toHaveLength(7);
    await shop.execute(await shop.planDrop('hard'));
    expect((await shop.left()).filter((name) => name.includes('hard'))).toEqual([]);
  });

  test('a read model cannot live among system schemas, nor serve a live consumer, nor have a foreign key column', async () => {
    const live = { consumers: [{ consumer: 'widget:w', owner: 'o', budget: 'live' as const }] };
    const failures = await Promise.all(
      [
        propose({ server: shop.server, schema: 'daybreak', origin: { kind: 'sql', sql: salesByRegion } }),
        shop.propose(salesByRegion, live),
        shop.propose(salesByRegion, { keyColumns: ['nothing'] }),
        shop.propose(salesByRegion, { name: 'No Name' }),
      ].map(failureOf),
    );
    expect(failures.map(({ code }) => code)).toEqual(Array(4).fill('invalid_input'));
  });

  test('a definition that a client changed after proposing is checked again when it is planned', async () => {
    const proposal = await shop.propose(salesByRegion);
    const changed = { ...proposal, proposal: { ...proposal.proposal, definitionSql: 'delete from erp.invoice' } };
    const plan = planCreateOrNewVersion({
      server: shop.server,
      planId: 'p',
      nowMs: 0,
      schema: 'reporting',
      proposal: changed,
    });
    expect(await failureOf(plan)).toMatchObject({ code: 'statement_refused' });
  });
});
