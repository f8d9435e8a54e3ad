import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planSuspend } from '../../../electron/core/read-model/plan-for.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { openShop, salesByRegion, systemClock } from './fixture.ts';

/** Indexes that a person made on a copy, beside the one of the key. */
describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      alter table erp.invoice alter column amount type numeric(12,2); end $$`);
    await shop.build(salesByRegion);
    await shop.sql(`create index on reporting.sales_v1_a (amount desc nulls last) include (invoices) where invoices > 3;
      create unique index on reporting.sales_v1_a (upper(region), invoices)`);
  });
  const beside = async (copy: string) =>
    (
      await shop.sql<{ index: string }>(
        `select regexp_replace(pg_get_indexdef(indexrelid), ' INDEX .* USING ', ' ') as index from pg_index
        where indrelid = $1::text::regclass and not indexrelid::regclass::text like '%\\_key' order by indexrelid`,
        [`reporting.${copy}`],
      )
    ).map(({ index }) => index);
  const drift = async () => (await getReadModel(shop.server, 'sales', systemClock)).drift;

  test('they go over to the next version, and to the copy that its refresh makes', async () => {
    const before = await beside('sales_v1_a');
    expect(before).toHaveLength(2);
    const plan = await shop.planFor(`${salesByRegion} having count(*) > 0`);
    expect(plan.steps.map(({ title }) => title)).toContain('Make the other 2 indexes of sales_v1_a');
    await shop.execute(plan);
    expect(await beside('sales_v2_a')).toEqual(before);
    await shop.refresh('sales', undefined, { mode: 'side_by_side' });
    expect(await beside('sales_v2_b')).toEqual(before);
    expect(await drift()).toEqual([]);
  });

  test('they come back with a resume', async () => {
    const before = await beside('sales_v1_a');
    await shop.execute(
      await planSuspend({ server: shop.server, name: 'sales', planId: randomUUID(), nowMs: Date.now() }),
    );
    await shop.sql('alter table erp.invoice alter column amount type numeric(14,4)');
    await shop.execute(await shop.planFor(salesByRegion));
    expect(await beside('sales_v2_a')).toEqual(before);
    expect(await drift()).toEqual([]);
  });

  test('one over a column that the next version has with another type, or not at all, stays behind, and the plan says so', async () => {
    const plan = await shop.planFor('select region, count(*) as invoices from erp.invoice group by 1', {}, 'replace');
    expect(plan.warnings.join('\n')).toMatch(
      /An index of version 1 \(USING btree \(amount DESC .*\) is not carried over: amount is gone in version 2/,
    );
    await shop.execute(plan);
    expect(await beside('sales_v2_a')).toEqual(['CREATE UNIQUE btree (upper(region), invoices)']);
  });

  test('what was unique for other rows does not keep a finer version from being built', async () => {
    const finer =
      'select region, category, sum(amount) as amount, 1::bigint as invoices from erp.invoice group by 1, 2';
    await shop.execute(await shop.planFor(finer, { keyColumns: ['region', 'category'] }));
    expect(await beside('sales_v2_a')).toContainEqual('CREATE btree (upper(region), invoices)');
  });
});
