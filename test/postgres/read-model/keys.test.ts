import { describe, expect, test } from 'vitest';
import { testServers } from '../../support/postgres.ts';
import { useStatementShop } from './statement-shop.ts';

/** Keys with NULL, none at all, and such as are none. */
describe.each(testServers())('$label', (testServer) => {
  const at = useStatementShop(testServer);

  test('NULL in the key, and no key at all: built, refreshed side by side, and no drift', async () => {
    await at.shop.sql(`insert into erp.invoice values (900001, 'region 1', null, '2026-02-02', 5)`);
    const counted = 'select category, count(*) as n from invoice where amount > $1 group by category';
    const id = await at.seen(counted, [counted.replace('$1', '0')]);
    const keyed = await at.proposeFrom(id, { name: 'keyed' });
    const single = await at.proposeSql('select count(*) as n, sum(amount) as amount from erp.invoice', {
      name: 'single',
      keyColumns: [],
    });
    for (const proposal of [keyed, single]) {
      const { name } = proposal.proposal;
      expect((await at.apply(await at.plan(proposal, { unproven: true }))).state).toBe('done');
      for (let round = 0; round < 3; round += 1) {
        expect(await at.engine.readModels.refresh(at.serverId, name)).toMatchObject({
          state: 'done',
          mode: 'side_by_side',
        });
      }
      expect((await at.engine.readModels.get(at.serverId, name)).readModel.drift).toEqual([]);
    }
    expect(await at.shop.sql(`select category, n::int from reporting.keyed where category is null`)).toEqual([
      { category: null, n: 1 },
    ]);
    // Without the NULL the index is unique again, and the refresh after that is done in place.
    await at.shop.sql('delete from erp.invoice where invoice_id = 900001');
    await at.engine.readModels.refresh(at.serverId, 'keyed');
    expect((await at.engine.readModels.refresh(at.serverId, 'keyed')).mode).toBe('concurrent');
    // A NULL that comes in again is met in place, and the refresh is done all the same.
    await at.shop.sql(`insert into erp.invoice values (900002, 'region 1', null, '2026-02-02', 7)`);
    const met = await at.engine.readModels.refresh(at.serverId, 'keyed');
    expect(met).toMatchObject({ state: 'done', mode: 'side_by_side', reason: expect.stringContaining('NULL') });
    expect(await at.shop.sql(`select n::int from reporting.keyed where category is null`)).toEqual([{ n: 1 }]);
    const [served] = await at.shop.sql<{ asOf: Date; copy: string }>(
      `select v.as_of as "asOf", pg_get_viewdef('reporting.keyed'::regclass) as copy from reporting.keyed v limit 1`,
    );
    expect(met.asOf).toBe(served?.asOf.toISOString());
    expect(served?.copy).toContain(`keyed_v1_${met.slot}`);
    const [kept] = await at.shop.sql(`select mode, slot from daybreak.run where run_id = $1`, [met.runId]);
    expect(kept).toEqual({ mode: 'side_by_side', slot: met.slot });
    expect((await at.engine.readModels.get(at.serverId, 'keyed')).readModel.drift).toEqual([]);
    expect((await at.engine.readModels.refresh(at.serverId, 'keyed')).mode).toBe('side_by_side');
    await at.shop.sql('delete from erp.invoice where invoice_id = 900002');
  });

  test('a key that is not unique counting NULL is refused', async () => {
    await at.shop.sql(
      `insert into erp.invoice select 900010 + n, 'x', null, '2026-02-02', 5 from generate_series(1, 2) n`,
    );
    const sql = 'select category, invoice_id from erp.invoice where invoice_id > 900010';
    const proposal = await at.proposeSql(sql, { name: 'twice', keyColumns: ['category'] });
    const failed = await at.apply(await at.plan(proposal, { unproven: true })).then(
      ({ message }) => message,
      (error: Error) => error.message,
    );
    expect(failed).toContain('is not unique');
    await at.shop.sql('delete from erp.invoice where invoice_id > 900010');
  });
});
