import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import type { Period } from '../../../shared/model/period.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, systemClock } from './fixture.ts';

const period: Period = { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 };
const cut = { keyColumns: ['day', 'region'], period };
const daily = (where = '', region = 'region') =>
  `select (invoiced_at at time zone 'UTC')::date as day, ${region} as region, sum(amount) as amount
  from erp.invoice ${where} group by 1, 2`;

/** The ERP may alter what a table was filled from without asking: nothing hangs on it. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 200 });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      alter table erp.invoice alter column region type text;
      alter table erp.invoice add column if not exists note text; end $$`),
  );
  const next = async () => {
    const { currentVersion, drift, versions } = await getReadModel(shop.server, 'sales', systemClock);
    expect(drift).toEqual([]);
    return { currentVersion, verification: versions.find(({ version }) => version === 2)?.verification };
  };

  test('a new version is built although the old definition names a column that the ERP dropped, and says what it was not compared with', async () => {
    await shop.build(daily(`where note is distinct from 'draft'`), cut);
    await shop.sql('alter table erp.invoice drop column note');
    const plan = await shop.planFor(daily(), cut);
    expect(plan.warnings.join('\n')).toMatch(
      /Version 2 is proved against its own definition, and not compared with version 1, .*: column "note" does not exist\./,
    );
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await next()).toMatchObject({ currentVersion: 2, verification: { fillMs: expect.any(Number) } });
    expect((await next()).verification).not.toHaveProperty('comparedWith', 1);
  });

  test('a plan that was made before the column was dropped is stale', async () => {
    await shop.build(daily(`where note is distinct from 'draft'`), cut);
    const plan = await shop.planFor(daily(), cut);
    await shop.sql('alter table erp.invoice drop column note');
    await expect(shop.execute(plan)).rejects.toMatchObject({ value: { code: 'plan_stale' } });
  });

  test('a key that the ERP gave another type keeps nobody from building a version that casts it', async () => {
    await shop.build(daily(), cut);
    await shop.sql('alter table erp.invoice alter column region type varchar(30)');
    const plan = await shop.planFor(daily('', 'region::text'), cut);
    expect((await shop.execute(plan)).state).toBe('done');
    expect(await next()).toMatchObject({ currentVersion: 2 });
  });

  test('versions whose definitions still fit are compared as before', async () => {
    await shop.build(daily(), cut);
    await shop.execute(await shop.planFor(daily(`where region <> 'region 1'`), cut));
    expect((await next()).verification).toMatchObject({ comparedWith: 1, onlyNow: 0, different: 0 });
  });
});
