import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { dressView, lostObjects, viewObjects } from '../../support/stable-view-objects.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const versionSql = (version: number, amount = 'sum(amount)') =>
  `select region, ${amount} as amount, max(${version}) as v${version === 1 ? '' : ', count(*) as invoices'}
  from erp.invoice group by region`;
const keyed = { keyColumns: ['region'] };

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  const objects = () => viewObjects(shop.admin, 'reporting', 'sales');
  beforeAll(async () => {
    shop = await openShop(testServer);
    await shop.build(versionSql(1), keyed);
    await dressView(shop.admin, {
      schema: 'reporting',
      view: 'sales',
      copy: 'sales_v1_a',
      reader: shop.boss,
      other: 'pg_monitor',
    });
  });
  afterAll(() => shop?.close());

  test('a swap, refreshes and a roll back carry all that hangs on the view, under readers and an open report', async () => {
    const before = await objects();
    expect([...before.keys()]).toEqual(
      expect.arrayContaining([
        'option security_barrier',
        'option security_invoker',
        'default of amount',
        'comment on amount',
        'trigger refuse_writes',
        'dependent boards.board',
        'dependent boards.total()',
      ]),
    );
    const stop = new AbortController();
    const readers = Array.from({ length: 4 }, async () => {
      const client = await shop.connect(shop.boss);
      while (!stop.signal.aborted) {
        const { rows } = await client.query<{ low: number; high: number }>(
          'select min(v) as low, max(v) as high from reporting.sales',
        );
        expect(rows[0]?.low).toBe(rows[0]?.high);
      }
    });
    const report = await shop.connect(shop.boss);
    const reporting = (seconds: number) =>
      report.query('select sum(amount), pg_sleep($1) from reporting.sales', [seconds]);
    // Once everything is built, so that the switch meets it however long that took.
    let open: Promise<unknown> = Promise.resolve();
    const swapped = await shop.execute(await shop.planFor(versionSql(2), keyed), {
      beforeSwitch: async () => {
        open = reporting(2);
        await systemClock.sleep(100);
      },
    });
    await open;
    expect(Math.max(...swapped.steps.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    expect(lostObjects(before, await objects())).toEqual([]);
    for (const slot of ['b', 'a']) {
      expect(await shop.refresh('sales', undefined, { mode: 'side_by_side' })).toMatchObject({ slot });
      expect(lostObjects(before, await objects())).toEqual([]);
    }
    open = reporting(1);
    await shop.execute(await shop.planRollBack('sales'));
    await open;
    stop.abort();
    await Promise.all(readers);
    expect(lostObjects(before, await objects())).toEqual([]);
  });

  test('a change that readers would break on is refused with a free name, and made anew only where that is asked for', async () => {
    const breaking = versionSql(3, 'max(invoiced_at)::date');
    expect(await failureOf(shop.planFor(breaking, keyed))).toMatchObject({
      code: 'statement_refused',
      detail: {
        breaking: ['column amount changes its type from numeric to date'],
        otherName: 'sales_3',
        readers: [],
        mayReplace: true,
      },
    });
    const inTheWay = await failureOf(shop.planFor(breaking, keyed, 'replace'));
    expect(inTheWay.message).toContain('function boards.total()');
    await shop.sql(`drop function boards.total();
      alter view boards.second_board owner to ${shop.daybreak};
      drop view boards.second_board`);
    expect((await failureOf(shop.planFor(breaking, keyed, 'replace'))).message).toContain('which belongs to');
    await shop.sql(`grant usage, create on schema boards to ${shop.daybreak};
      alter view boards.board owner to ${shop.daybreak}`);
    const before = await objects();
    const plan = await shop.planFor(breaking, keyed, 'replace');
    expect(plan).toMatchObject({ replacesView: true, kind: 'new_version' });
    expect(plan.warnings.join('\n')).toContain('Made anew with it, as they are: boards.board');
    // A default of 0 does not fit a date: all of it fails, and nothing has changed.
    const failure = await failureOf(shop.execute(plan));
    expect(failure.message).toContain('Undone: ');
    expect(lostObjects(before, await objects())).toEqual([]);
    await shop.sql('alter view reporting.sales alter column amount drop default');
    const undressed = await objects();
    expect((await shop.execute(await shop.planFor(breaking, keyed, 'replace'))).state).toBe('done');
    const expected = ['oid', 'column amount', 'dependent boards.board'];
    expect(lostObjects(undressed, await objects(), expected)).toEqual([]);
    expect((await objects()).get('column amount')).toBe('date');
    expect(
      (await getReadModel(shop.server, 'sales', systemClock)).drift.filter(({ text }) => text.includes('column')),
    ).toEqual([]);
    const client = await shop.connect(shop.boss);
    expect((await client.query('select distinct v from reporting.sales')).rows).toEqual([{ v: 3 }]);
  });

  test('going back over a breaking change makes the view anew as well', async () => {
    expect(await failureOf(shop.planRollBack('sales'))).toMatchObject({ detail: { mayReplace: true } });
    const before = await objects();
    await shop.execute(await shop.planRollBack('sales', 'replace'));
    expect(
      lostObjects(before, await objects(), ['oid', 'column amount', 'column invoices', 'dependent boards.board']),
    ).toEqual([]);
    expect((await objects()).get('column amount')).toBe('numeric');
  });
});
