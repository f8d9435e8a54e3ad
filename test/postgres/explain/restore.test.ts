import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planPrepared, type Prepared } from '../../../electron/core/explain/plan-statement.ts';
import { planTree } from '../../../electron/core/explain/plan-tree.ts';
import { explainConstants } from '../../../electron/core/postgres/queries/explain.ts';
import type { Sql } from '../../../electron/core/postgres/session.ts';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import { failureOf } from '../read-model/fixture.ts';
import { testServers } from '../../support/postgres.ts';
import { openErp, type Erp } from './erp.ts';

describe.each(testServers())('$label', (testServer) => {
  let erp: Erp;
  beforeAll(async () => {
    erp = await openErp(testServer);
  });
  afterAll(() => erp.close());

  const plan = (sql: Sql, prepared: Prepared) => planPrepared(sql, prepared, erp.server.facts.versionNumber, false);
  const origins = ({ values }: Prepared) => Object.fromEntries(values.map(({ name, origin }) => [name, origin]));
  const literals = ({ values }: Prepared) => Object.fromEntries(values.map(({ name, literal }) => [name, literal]));

  test('all 10 demo widgets get the plan of what was sent from one sampled text, and nobody is asked', async () => {
    expect(demoWidgets).toHaveLength(10);
    for (const { widgetId, liveSql } of demoWidgets) {
      const text = await erp.normalized(liveSql);
      await erp.restored(text, [liveSql], async (sql, prepared) => {
        expect([widgetId, prepared.missing]).toEqual([widgetId, []]);
        const sent = planTree(await explainConstants(sql, liveSql, false));
        const planned = await plan(sql, prepared);
        expect([widgetId, planned.method]).toEqual([widgetId, 'constants']);
        expect(planTree(planned.document)).toEqual(sent);
      });
    }
  });

  test('without a sample all 10 are planned too, 2 with nothing left to know and 8 without looking at values', async () => {
    const methods: string[] = [];
    for (const { liveSql } of demoWidgets) {
      const text = await erp.normalized(liveSql);
      methods.push(await erp.restored(text, [], async (sql, prepared) => (await plan(sql, prepared)).method));
    }
    const generic = testServer.major >= 16 ? 'generic' : 'generic_prepared';
    expect(methods.toSorted()).toEqual(
      [...Array<string>(2).fill('constants'), ...Array<string>(8).fill(generic)].toSorted(),
    );
  });

  test('expressions that have to be equal get one value, and then GROUP BY holds', async () => {
    const sent = `select date_trunc('month', invoice_date::timestamp), extract(year from invoice_date), count(*)
      from erp.ar_invoice where invoice_date > date '2020-01-01' - interval '1 month'
      group by date_trunc('month', invoice_date::timestamp), extract(year from invoice_date)
      having sum(total_amount) > -5 order by extract(year from invoice_date)`;
    const text = await erp.normalized(sent);
    expect(text).toContain('interval $');
    // pg_stat_statements replaces the constants of the first place only: there is the value.
    await erp.restored(text, [], async (sql, prepared) => {
      expect(prepared.values).toEqual([
        { name: '$1', literal: `'month'`, origin: 'unified' },
        { name: '$2', literal: `'year'`, origin: 'unified' },
      ]);
      expect(prepared.missing.map(({ name, type }) => [name, type])).toEqual([
        ['$3', 'date'],
        ['$4', 'interval'],
        ['$5', 'numeric'],
      ]);
      expect((await plan(sql, prepared)).method).toMatch(/^generic/);
    });
    // Both places as parameters, as drivers and proxies write them.
    const everywhere = text.replace(`group by date_trunc('month'`, 'group by date_trunc($6');
    await erp.restored(everywhere, [], async (sql, prepared) => {
      expect(prepared.missing.map(({ name, type }) => [name, type])).toContainEqual(['$1', 'text']);
      expect((await plan(sql, prepared)).method).toMatch(/^generic/);
    });
    await erp.restored(
      everywhere,
      [],
      async (_, prepared) => {
        expect(origins(prepared)).toEqual({ $1: 'person', $2: 'unified', $6: 'unified' });
        expect(literals(prepared)).toMatchObject({ $1: `'month'`, $6: `'month'` });
      },
      { $1: `'month'` },
    );
    for (const kept of [text, everywhere]) {
      await erp.restored(kept, [sent], async (sql, prepared) => {
        expect(prepared.missing).toEqual([]);
        const document = await explainConstants(sql, sent, false);
        expect(planTree((await plan(sql, prepared)).document)).toEqual(planTree(document));
      });
    }
  });

  test('a list of any length, and a value that a client bound, are told from samples apart', async () => {
    const sent = `select customer_id from erp.ar_invoice where warehouse_id in (1, 2, 3) and customer_id = any ('{1,2}')`;
    const text = await erp.normalized(sent);
    await erp.restored(text, [sent], async (_, prepared) => {
      expect(prepared.missing).toEqual([]);
      expect(prepared.sql.replaceAll(/\s+/g, ' ')).toBe(sent);
    });
    const bound = 'select customer_id from erp.ar_invoice where invoice_id = $1 and total_amount > 7';
    const kept = await erp.normalized(bound, [12]);
    await erp.restored(kept, [bound], async (sql, prepared) => {
      expect(origins(prepared)).toEqual({ $1: 'statistics', $2: 'sample' });
      expect(literals(prepared)['$1']).toMatch(/^'\d+'::bigint$/);
      expect((await plan(sql, prepared)).document.Plan['Node Type']).toBe('Index Scan');
    });
  });

  test('a sample that may be cut, and one of another statement, are not believed', async () => {
    const sent = `select count(*) from erp.customer where name <> '${'x'.repeat(960)}' limit 5000`;
    const text = await erp.normalized(sent);
    const cut = sent.slice(0, 1023);
    await erp.restored(text, [cut, 'select count(*) from erp.customer limit 1'], async (_, prepared) => {
      expect(prepared.missing.map(({ name, type }) => [name, type])).toEqual([
        ['$1', 'text'],
        ['$2', 'bigint'],
      ]);
    });
  });

  test('a range of typical values keeps rows, however its ends are written', async () => {
    for (const where of [
      'invoice_date >= $1 and invoice_date < $2',
      '$2 > invoice_date and invoice_date between $1 and $3',
    ]) {
      await erp.restored(`select count(*) from erp.ar_invoice where ${where}`, [], async (sql, prepared) => {
        expect(prepared.missing).toEqual([]);
        const [low = '', high = ''] = ['$1', '$2'].map((name) => literals(prepared)[name]);
        const [row] = await sql.query<{ apart: boolean; rows: number }>(
          `select ${low} < ${high} as apart, count(*)::int as rows from erp.ar_invoice
          where invoice_date >= ${low} and invoice_date < ${high}`,
        );
        expect(row?.apart).toBe(true);
        expect(row?.rows).toBeGreaterThan(0);
      });
    }
  });

  test("the person's values win, and only a literal comes through", async () => {
    const sent = `select name from erp.customer where customer_id = 5 and name <> 'x'`;
    const text = await erp.normalized(sent);
    const given = (values: Record<string, string>) =>
      erp.restored(text, [sent], async (_, prepared) => [prepared.sql, origins(prepared)], values);
    expect(await given({ $1: '7' })).toEqual([
      `select name from erp.customer where customer_id = 7 and name <> 'x'`,
      { $1: 'person', $2: 'sample' },
    ]);
    expect((await given({ $1: '7 --' }))[0]).toContain('= 7 and name');
    for (const value of ['7 or true', '7 -- 8\n + 1', '(select 1)', 'abc', '1; drop table erp.customer', '']) {
      expect((await failureOf(given({ $1: value }))).code).toBe('invalid_input');
    }
    expect((await failureOf(given({ $9: '7' }))).message).toContain('no parameter "$9"');
  });

  test('cursors, COPY and REFRESH are planned by their query; a utility statement is refused', async () => {
    const query = 'select name from erp.customer where customer_id < 9';
    const sqlOf = (text: string) =>
      erp.restored(text, [], async (sql, prepared) => {
        await plan(sql, prepared);
        return prepared.sql.replaceAll(/\s+/g, ' ').toLowerCase();
      });
    expect(await sqlOf(`declare c cursor for ${query}`)).toBe(query);
    expect(await sqlOf(`copy (${query}) to stdout`)).toBe(query);
    await erp.admin.query(`create materialized view erp.names as ${query}`);
    expect(await sqlOf('refresh materialized view erp.names')).toMatch(/where \((customer\.)?customer_id < 9\)/);
    expect((await failureOf(sqlOf('vacuum erp.customer'))).message).toContain('VACUUM has no plan');
    expect((await failureOf(sqlOf('select 1 from erp.customer where'))).code).toBe('statement_refused');
  });

  test('names are found as the role of the statement finds them', async () => {
    await erp.restored('select name from customer where customer_id = $1', [], async (sql, prepared) => {
      expect(prepared.notes).toEqual(['Names without a schema were looked up in erp.']);
      expect(literals(prepared)['$1']).toMatch(/::integer$/);
      expect((await plan(sql, prepared)).document.Plan['Schema']).toBe('erp');
    });
  });
});
