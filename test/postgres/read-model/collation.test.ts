import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const keyed = { keyColumns: ['region'] };
const versionSql = (region = 'region') =>
  `select ${region} as region, sum(amount) as amount from erp.invoice group by 1`;
const inC = versionSql('region collate "C"');

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.sql(
      `alter table erp.invoice add column code text collate "C"; update erp.invoice set code = 'c' || invoice_id % 7`,
    );
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`),
  );
  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const collationOf = async (column: string) =>
    (
      await shop.sql<{ name: string }>(
        `select l.collname as name from pg_attribute a join pg_collation l on l.oid = a.attcollation
        where a.attrelid = 'reporting.sales'::regclass and a.attname = $1`,
        [column],
      )
    )[0]?.name;

  test('another collation is a change that readers would break on, found before anything is built', async () => {
    await shop.build(versionSql(), keyed);
    expect(await failureOf(shop.planFor(inC, keyed))).toMatchObject({
      code: 'statement_refused',
      detail: {
        breaking: [`column region changes its collation from its type's own to pg_catalog."C"`],
        mayReplace: true,
      },
    });
    expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
  });

  test('the view is made anew with it where that is asked for, and with the old one when going back', async () => {
    await shop.build(versionSql(), keyed);
    const plan = await shop.planFor(inC, keyed, 'replace');
    expect(plan).toMatchObject({ replacesView: true });
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await collationOf('region')).toBe('C');
    expect(await model()).toMatchObject({ currentVersion: 2, drift: [] });
    expect((await failureOf(shop.planRollBack('sales'))).message).toContain(
      `column region changes its collation from pg_catalog."C" to its type's own`,
    );
    await shop.execute(await shop.planRollBack('sales', 'replace'));
    expect(await collationOf('region')).toBe('default');
    expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
  });

  test('a collation that comes from the table is none of its own, and stays', async () => {
    const byCode = (more = '') => `select code, count(*) as n${more} from erp.invoice group by 1`;
    await shop.build(byCode(), { keyColumns: ['code'] });
    expect(await collationOf('code')).toBe('C');
    const plan = await shop.planFor(byCode(', sum(amount) as amount'), { keyColumns: ['code'] });
    expect(plan.contractChanges).toEqual(['column amount (numeric) is new']);
    await shop.execute(plan);
    await shop.execute(await shop.planRollBack('sales'));
    expect(await collationOf('code')).toBe('C');
  });

  test('a switch that is undone pads a new column in its own collation', async () => {
    await shop.build(versionSql(), keyed);
    const more = `select region, sum(amount) as amount, max(code) as code from erp.invoice group by 1`;
    const plan = await shop.planFor(more, keyed);
    await shop.execute(plan);
    await shop.sql(plan.steps.find(({ kind }) => kind === 'flip')?.undoSql.join(';\n') ?? '');
    expect(await collationOf('code')).toBe('C');
    expect(await shop.sql('select distinct code from reporting.sales')).toEqual([{ code: null }]);
  });

  test('versions that collate their values differently are compared all the same', async () => {
    const named = (name: string) => `select region, max(${name}) as name, count(*) as n from erp.invoice group by 1`;
    await shop.build(named('category'), keyed);
    await shop.execute(await shop.planFor(named('category collate "C"'), keyed, 'replace'));
    expect((await model()).versions.find(({ version }) => version === 2)?.verification).toMatchObject({
      rowsBefore: 5,
      rowsNow: 5,
      different: 0,
    });
  });
});
