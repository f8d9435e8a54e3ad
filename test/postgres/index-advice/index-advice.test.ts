import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import { testServers } from '../../support/postgres.ts';
import { openExplainEngine, valueOf, type Booked, type ExplainEngine } from '../explain/engine.ts';
import { openErp, type Erp } from '../explain/erp.ts';

describe.each(testServers())('$label', (testServer) => {
  let erp: Erp;
  let daybreak: ExplainEngine;
  const method = testServer.major === 15 ? 'hypopg' : 'selectivity';
  beforeAll(async () => {
    erp = await openErp(testServer, 0.02);
    // Debian's 15 has HypoPG beside it; the bundled 18 does not.
    if (testServer.major === 15) await erp.admin.query('create extension hypopg');
    daybreak = await openExplainEngine(erp.database);
  });
  afterAll(async () => {
    await daybreak.close();
    await erp.close();
  });

  const advise = async (booked: Booked) => {
    const [statementId = ''] = await daybreak.book([booked]);
    return valueOf(daybreak.client.indexes.advise({ serverId: daybreak.serverId, statementId }));
  };
  const indexes = async () =>
    (
      await erp.admin.query<{ name: string }>('select relname as name from pg_class where relkind = $1 order by 1', [
        'i',
      ])
    ).rows;

  test(`a lookup of a form that lacks an index gets one (${method}), with its price for every save; nothing is created`, async () => {
    const before = await indexes();
    await daybreak.book([
      {
        text: 'insert into erp.ar_invoice (invoice_no, customer_id, warehouse_id, invoice_date, due_date, total_amount) values ($1, $2, $3, $4, $5, $6)',
        counters: { calls: 7_200, rows: 7_200 },
      },
      {
        text: 'update erp.ar_invoice set total_amount = $1 where invoice_id = $2',
        counters: { calls: 600, rows: 600 },
      },
    ]);
    const advice = await advise({ text: 'select invoice_id, invoice_no from erp.ar_invoice where total_amount = $1' });
    if (advice.kind !== 'candidates') throw new Error(JSON.stringify(advice));
    expect(advice.candidates).toHaveLength(1);
    const [candidate] = advice.candidates;
    expect(candidate).toMatchObject({
      schema: 'erp',
      table: 'ar_invoice',
      columns: ['total_amount'],
      method,
      createSql: 'create index concurrently ar_invoice_total_amount_idx on erp.ar_invoice (total_amount);',
      undoSql: 'drop index concurrently if exists erp.ar_invoice_total_amount_idx;',
      writeCost: { hotUpdatesLost: true, writesPerHour: 23_400 },
    });
    expect(candidate?.costAfter).toBeLessThan((candidate?.costBefore ?? 0) / 5);
    expect(candidate?.sizeBytes).toBeGreaterThan(100_000);
    expect(candidate?.writeCost.text).toMatch(/23,400 writes an hour/);
    expect(await indexes()).toEqual(before);

    // The sentence is as good as the index: it can be run as it is, helps, and can be taken back.
    await erp.admin.query(candidate?.createSql ?? '');
    await erp.admin.query('analyze erp.ar_invoice');
    expect(
      await advise({ text: 'select invoice_id, invoice_no from erp.ar_invoice where total_amount = $1 ' }),
    ).toMatchObject({
      kind: 'none',
      instead: 'leave',
    });
    await erp.admin.query(candidate?.undoSql ?? '');
    expect(await indexes()).toEqual(before);
  });

  test.each([
    ['select movement_id from erp.stock_movement where moved_on = $1 and quantity > $2', ['moved_on', 'quantity']],
    ['select receipt_id from erp.receipt where amount between $1 and $2 and method = $3', ['method', 'amount']],
    ['delete from erp.gl_entry where posted_on = $1 and cost_centre_id = $2', ['posted_on', 'cost_centre_id']],
    [
      'select invoice_id from erp.ar_invoice where warehouse_id = $1 order by invoice_date desc limit 10',
      ['warehouse_id', 'invoice_date'],
    ],
    [
      'select l.line_no from erp.ar_invoice i join erp.ar_invoice_line l using (invoice_id) where i.due_date = $1',
      ['due_date'],
    ],
  ])('equality leads, a range or the order follows: %s', async (text, columns) => {
    const advice = await advise({ text, class: 'oltp' });
    if (advice.kind !== 'candidates') throw new Error(JSON.stringify(advice));
    expect(advice.candidates.map((candidate) => candidate.columns)).toEqual([columns]);
  });

  test.each([
    ['the primary key finds it', 'select name from erp.customer where customer_id = $1 and name <> $2'],
    ['an index begins so', 'select entry_id from erp.gl_entry where document_no = $1'],
    ['the table is small', 'select region_id from erp.region where name = $1'],
    ['nothing is looked up', 'insert into erp.region (region_id, name) values ($1, $2)'],
    ['the column is an expression', 'select invoice_id from erp.ar_invoice where lower(invoice_no) = $1'],
    ['a column is never null', 'select invoice_id from erp.ar_invoice where due_date is null'],
  ])('no index where %s', async (_, text) => {
    expect(await advise({ text, class: 'oltp' })).toMatchObject({ kind: 'none', instead: 'leave' });
  });

  test('a report gets a read model and batch work another hour, whatever an index would gain', async () => {
    const heavy = { calls: 40, rows: 400, totalExecMs: 80_000, sharedBlksHit: 2_000_000 };
    const report =
      'select customer_id, sum(total_amount) from erp.ar_invoice where invoice_no > $1 group by customer_id';
    expect(await advise({ text: report, counters: heavy })).toMatchObject({ kind: 'none', instead: 'read_model' });
    for (const { liveSql, kind } of demoWidgets) {
      if (kind !== 'executive') continue;
      const text = await erp.normalized(liveSql);
      expect(await advise({ text, counters: heavy })).toMatchObject({ kind: 'none', instead: 'read_model' });
    }
    const lookup = 'select invoice_id from erp.ar_invoice where total_amount = $1';
    expect(await advise({ text: lookup, class: 'reporting' })).toMatchObject({ instead: 'read_model' });
    expect(await advise({ text: lookup, class: 'batch' })).toMatchObject({ instead: 'reschedule' });
    expect(await advise({ text: lookup, class: 'mixed' })).toMatchObject({ instead: 'leave' });
    expect((await advise({ text: lookup, class: 'oltp' })).kind).toBe('candidates');
    // A lookup that lacks an index reads too much to be scored as OLTP; few rows for many calls give it away.
    const often = { calls: 500, rows: 600, totalExecMs: 20_000, sharedBlksHit: 2_500_000 };
    const lacking = await advise({
      text: 'select invoice_id from erp.ar_invoice where due_date = $1',
      counters: often,
    });
    expect(lacking).toMatchObject({
      kind: 'candidates',
      notes: [expect.anything(), expect.anything(), expect.stringContaining('a lookup')],
    });
  });

  test('values that decide what a statement means are asked for', async () => {
    const text = 'select invoice_id from erp.ar_invoice where total_amount = $1 and to_char($2, $3) <> invoice_no';
    const [statementId = ''] = await daybreak.book([{ text, class: 'oltp' }]);
    const one = { serverId: daybreak.serverId, statementId };
    const advice = await valueOf(daybreak.client.indexes.advise(one));
    expect(advice).toMatchObject({ kind: 'values_needed', missing: [{ name: '$1' }, { name: '$2' }, { name: '$3' }] });
    const values = { $1: '7', $2: '5', $3: `'9'` };
    const given = await valueOf(daybreak.client.indexes.advise({ ...one, values }));
    expect(given).toMatchObject({ kind: 'candidates', candidates: [{ columns: ['total_amount'] }] });
  });

  test('the window that is asked about decides, not what ran since', async () => {
    const text = 'select invoice_id from erp.ar_invoice where due_date > $1 and total_amount = $2';
    const [statementId = ''] = await daybreak.book([
      { text, counters: { calls: 500, rows: 600, totalExecMs: 20_000, sharedBlksHit: 2_500_000 } },
      { text: 'update erp.ar_invoice set due_date = $1 where invoice_id = $2', counters: { calls: 600, rows: 600 } },
    ]);
    const busy = daybreak.window();
    // Since then nothing ran for two hours.
    for (let tens = 0; tens < 12; tens += 1) await daybreak.book([{ text: 'select 1' }]);
    const one = { serverId: daybreak.serverId, statementId };
    const advice = await valueOf(daybreak.client.indexes.advise({ ...one, ...busy }));
    if (advice.kind !== 'candidates') throw new Error(JSON.stringify(advice));
    expect(advice.candidates[0]?.writeCost.text).toContain('measured from its statements');
    const lastHour = await valueOf(daybreak.client.indexes.advise(one));
    expect(lastHour).toMatchObject({ kind: 'none', instead: 'leave' });
  });

  test('indexes that only reports use are told with who uses them, what they cost and how to come back', async () => {
    await erp.admin.query(`
      create index invoice_due on erp.ar_invoice (due_date) include (total_amount);
      create index invoice_shared on erp.ar_invoice (total_amount);
      create unique index invoice_unique on erp.ar_invoice (invoice_date, invoice_id)`);
    await erp.admin.query('vacuum analyze erp.ar_invoice');
    const report = `select due_date, sum(total_amount) from erp.ar_invoice where due_date between $1 and $2 group by due_date`;
    const heavy = { calls: 40, rows: 400, totalExecMs: 80_000, sharedBlksHit: 2_000_000 };
    const [reportId = ''] = await daybreak.book([
      { text: report, counters: heavy, class: 'reporting' },
      { text: 'select max(total_amount) from erp.ar_invoice where total_amount > $1', class: 'reporting' },
      { text: 'select invoice_no from erp.ar_invoice where total_amount = $1', class: 'oltp' },
      { text: 'begin' },
      { text: 'select broken from erp.nowhere where', class: 'oltp' },
      { text: 'select gone from erp.item where item_id = $1', class: 'oltp' },
    ]);
    const before = await indexes();
    const ask = () =>
      valueOf(daybreak.client.indexes.onlyReports({ serverId: daybreak.serverId, ...daybreak.window() }));
    const { indexes: found, notes } = await ask();
    const names = found.map(({ index }) => index);
    expect(names).toContain('invoice_due');
    expect(names).not.toContain('invoice_shared');
    expect(names).not.toContain('invoice_unique');
    expect(names.filter((name) => name.endsWith('_pkey'))).toEqual([]);
    const due = found.find(({ index }) => index === 'invoice_due');
    expect(due?.usedBy.map(({ statementId }) => statementId)).toEqual([reportId]);
    expect(due?.sizeBytes).toBeGreaterThan(8_192);
    expect(due?.dropSql).toBe('drop index concurrently if exists erp.invoice_due;');
    expect(notes.join(' ')).toMatch(/that are no reports could not be planned.*cannot be read at all/);
    expect(await indexes()).toEqual(before);

    const uncounted = async () =>
      (await ask()).notes.some((note) => note.includes('a save may use these indexes unseen'));
    expect(await uncounted()).toBe(false);
    await erp.admin.query(`create function erp.due(bigint) returns date language plpgsql
      as $$ begin return (select due_date from erp.ar_invoice where invoice_id = $1); end $$`);
    expect(await uncounted()).toBe(true);
    await erp.admin.query('drop function erp.due');

    await erp.admin.query(due?.dropSql ?? '');
    expect((await ask()).indexes.map(({ index }) => index)).not.toContain('invoice_due');
    await erp.admin.query(due?.undoSql ?? '');
    expect(await indexes()).toEqual(before);
    expect((await ask()).indexes.map(({ index }) => index)).toContain('invoice_due');
  });
});
