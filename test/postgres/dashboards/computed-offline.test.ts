import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveFilters, type ResolvedFilter } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import { filterOffline } from '../../../electron/core/dashboards/offline/filter-offline.ts';
import { filteredFromRows } from '../../../electron/core/dashboards/offline/filtered-from-rows.ts';
import { createModelRowsKeeper } from '../../../electron/core/dashboards/offline/keep-model-rows.ts';
import { readWidget } from '../../../electron/core/dashboards/read-widget.ts';
import { modelRowsSchema, type ModelRows } from '../../../electron/core/history/model-rows.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { demoDashboards } from '../../../resources/demo-erp/dashboards.ts';
import { budgetBurn } from '../../../resources/demo-erp/widgets/ledger.ts';
import { arAging } from '../../../resources/demo-erp/widgets/receivables.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { widgetOf } from '../../electron/core/history/saved-result.ts';
import { silent, systemClock } from '../read-model/tools.ts';

const showing = (readModel: string, sql: string): Widget => ({
  ...widgetOf('w'),
  source: { kind: 'read_model', readModel, sql },
});

const choice = (column: string, ...values: (string | null)[]): readonly ResolvedFilter[] =>
  resolveFilters(
    [{ kind: 'choice', filterId: 'f', label: 'F', columns: [column] }],
    { f: { kind: 'values', values } },
    0,
  );
const days = (column: string, from: string, to: string): readonly ResolvedFilter[] =>
  resolveFilters(
    [{ kind: 'period', filterId: 'f', label: 'F', columns: [column], timeZone: 'Europe/Berlin' }],
    { f: { kind: 'days', from, to } },
    0,
  );

const model = (name: string, rows: string): string => `
  insert into daybreak.read_model (name, schema_name, question, owner) values ('${name}', 'reporting', '?', 'cfo');
  insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
    values ('${name}', 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p');
  insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of)
    values ('${name}_v1_a', '${name}', 1, 'a', '2026-11-30 07:30:00+01');
  create table reporting.${name}_v1_a as ${rows};
  create view reporting.${name} as
    select (select data_as_of from daybreak.copy where copy_id = '${name}_v1_a') as as_of, c.* from reporting.${name}_v1_a c;`;

const bigDigits = '12345678901234567890.1234567890123456789';

/** What is computed, in rows or over groups of them, is without the database what the server prints. */
describe.each(testServers())('computed without the database, $label', (testServer) => {
  let database: TestDatabase;
  let server: Server;

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    const client = new pg.Client(database.url);
    await client.connect();
    for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await client.query(statement);
    await client.query(`
      create collation whatever_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create collation upper_first (provider = icu, locale = 'und-u-kf-upper');
      create schema reporting;
      ${model(
        'sales',
        `select (array['nord', 'Süd', 'Ost', 'ost', null])[1 + n % 5] collate upper_first as region,
           (array['DACH', 'dach', 'Nordics'])[1 + n % 3] collate whatever_case as area,
           date '2025-11-01' + (n % 13) * 31 as month,
           (array['infinity', '-infinity', '0044-03-15 BC', '12026-01-02'])[n % 41]::date as far,
           timestamptz '2025-11-01 00:00+01' + n * interval '7 hours 0.25 seconds' as at,
           (nullif(n % 17, 3) - 8)::smallint as short, nullif(n % 23, 5) - 11 as pieces, n::bigint * 900000000000 - 7 as big,
           round((n * 7919 % 100003)::numeric / 77 - 400, n % 5) as amount,
           case when n % 11 > 0 then (n - 200)::numeric / 37 end as rate,
           case when n % 7 = 0 then ${bigDigits} * (n - 300) end as huge, n::float8 / 7 as weight
         from generate_series(1, 500) n`,
      )}
      ${model(
        'ar_aging',
        `select current_date + 40 - n * 3 as due_date, (1 + n % 4)::bigint as invoices, round((n * 7919 % 10007)::numeric / 7 - 9, 2) as open_amount
         from generate_series(0, 60) n`,
      )}
      ${model(
        'budget_burn',
        `select centre as cost_centre, (date_trunc('month', current_date::timestamp) - n * interval '1 month')::date as month,
           round(10000 / (n + 3)::numeric, 2) as budget, case when n % 6 < 5 then round((n * 7919 % 1009)::numeric * 3 - 90, 4) end as actual
         from generate_series(-1, 20) n, unnest(array['Ops', 'R&D', 'Ärzte', 'ops']) centre`,
      )}`);
    await client.end();
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock: systemClock,
      logger: silent,
    });
  });

  afterAll(async () => {
    await server?.close();
    await database?.drop();
  });

  const keeping = (...queries: readonly string[]) => {
    let kept: ModelRows | null = null;
    let saves = 0;
    const store = {
      get: async () => kept,
      head: async () => kept,
      save: async (_: string, rows: ModelRows) => {
        // As it is written down and read again.
        kept = modelRowsSchema.parse(JSON.parse(JSON.stringify(rows)));
        saves += 1;
      },
      remove: async () => {
        kept = null;
      },
    };
    const keeper = createModelRowsKeeper({
      store,
      clock: systemClock,
      logger: silent,
      filterZones: async () => [],
      queriesOf: async () => queries,
    });
    const history = { modelRows: store } as never;
    return {
      keeper,
      saves: () => saves,
      kept: () => kept,
      show: async (widget: Widget) => {
        const freshness = { asOf: kept?.asOf ?? '2026-11-30T07:30:00+01:00', source: 'live', state: 'fresh' } as const;
        keeper.after(server, widget, { widgetId: 'w', columns: [], rows: [], freshness, tookMs: 1, modelVersion: 1 });
        await keeper.settled();
      },
      offline: (widget: Widget, filters: readonly ResolvedFilter[]) =>
        filteredFromRows({ history, clock: systemClock }, { serverId: 'erp', widget, filters, offlineReason: 'gone' }),
      why: async (widget: Widget) => {
        const found = await filterOffline(
          { history, clock: systemClock },
          { serverId: 'erp', widget, filters: [], offlineReason: 'gone' },
        );
        return found.ok ? found.data.rows : found.reason;
      },
    };
  };
  const online = (widget: Widget, filters: readonly ResolvedFilter[]) =>
    readWidget(server, widget, systemClock, new AbortController().signal, { filters });
  const shown = (data: WidgetData | null) =>
    data && { columns: data.columns, rows: data.rows.map((row) => row.map((cell) => cell ?? '(null)').join(' | ')) };

  const everyWay = [
    choice('region', 'nord', 'Süd', 'ost'),
    choice('region', null),
    choice('region', 'Ost', null, 'ost'),
    choice('region', 'Atlantis'),
    choice('pieces', '-11', '0', '3'),
    days('month', '2026-01-01', '2026-06-30'),
    days('far', '1900-01-01', '2026-12-31'),
  ];

  const queries = [
    // Expressions of single rows.
    'select month, amount * 2 as twice, rate * amount, -huge, region from reporting.sales order by at',
    `select s.at, lower(s.region) || '!' as lower, coalesce(s.region, 'none') from reporting.sales s order by 3, 2 desc, 1`,
    `select at, case when pieces < 0 then 'back' when pieces > 0 then 'sold' end, weight / 3, pieces / 2, short * 1.5
     from reporting.sales order by 2 nulls first, abs(amount), at limit 40`,
    `select date_trunc('month', at at time zone 'Europe/Berlin')::date, at + interval '1 day', true, null as nothing, 'x', current_date - month
     from reporting.sales order by upper(region) desc, at desc`,
    'select as_of, pieces - 1 as pieces, month from reporting.sales s order by pieces, s.pieces, at',
    // Groups by them.
    `select as_of, case when month >= date '2026-06-01' then 'late' when month >= date '2026-01-01' then 'early' end as half,
       sum(pieces)::bigint as pieces, sum(amount) as amount from reporting.sales group by 1, 2 order by min(month) desc`,
    'select upper(region) as region, month, sum(amount) from reporting.sales group by region, 2 order by month desc, reporting.sales.region',
    'select extract(year from month) as year, extract(quarter from month)::integer as quarter, sum(rate) from reporting.sales group by year, quarter order by 1, 2',
    'select pieces % 3 as rest, count(*), sum(amount * rate), avg(amount - rate) from reporting.sales group by rest order by rest',
    "select (month - interval '1 day')::date as eve, month, count(huge) from reporting.sales group by month order by eve desc",
    `select sum(case when region = 'nord' then amount else 0 end) as nord, count(nullif(region, 'Süd')), min(at + interval '1 hour')
     from reporting.sales`,
    `select 'all' as label, pieces > 0 as sold, count(*) from reporting.sales group by pieces > 0 order by sold desc`,
    // By what is not shown.
    'select sum(amount) from reporting.sales group by month order by month',
    'select region from reporting.sales group by region order by count(*) desc, max(at), region nulls first',
    'select month from reporting.sales group by month order by sum(amount) / count(*) desc nulls last, 1 limit 5',
    // Days whose texts are in another order.
    `select region, min(far), max(coalesce(far, month) + time '08:30'), min(coalesce(far, month) + time '08:30') from reporting.sales
     group by region order by min(far) desc, max(coalesce(far, month)), count(*)`,
    'select far, count(*) from reporting.sales group by far order by far desc',
    // Arithmetic.
    `select region, round(sum(amount) / sum(rate), 3), sum(amount) / nullif(sum(pieces), 0), sum(pieces) / count(*), sum(short) / nullif(sum(pieces), 0)
     from reporting.sales group by region order by region`,
    `select month, 100.0 * sum(amount) / nullif(sum(huge), 0) as share, round(100 * sum(amount) / nullif(sum(abs(amount)), 0), 1), avg(huge) * avg(rate)
     from reporting.sales group by month order by month`,
    `select pieces, coalesce(sum(rate), 0), coalesce(sum(rate), 0) * 1.0, coalesce(max(short), 0) - 1, coalesce(min(huge), 0::numeric) - sum(amount)
     from reporting.sales group by pieces order by pieces`,
    `select sum(big), sum(big) / 7, sum(big)::bigint / 7, max(big) - min(big), max(big) / nullif(max(pieces), 0), -max(big), +count(*)
     from reporting.sales`,
    `select sum(huge) * sum(huge) * sum(huge), 1 / sum(huge), sum(huge) / 3 / 7, sum(amount) - sum(huge), sum(rate) / sum(huge)
     from reporting.sales`,
    `select month, round(avg(rate), 2), round(avg(rate), 30), round(sum(amount), -2), round(sum(amount)), round(sum(pieces), 1), round(min(short), 0)
     from reporting.sales group by month order by month`,
    `select month, sum(amount)::bigint, (sum(rate) * 10)::integer, avg(pieces)::smallint, sum(rate)::numeric(12, 3), count(*)::numeric / 3, (avg(amount) * 2)::numeric(20)
     from reporting.sales group by month order by month`,
    `select region, nullif(count(*), 100), nullif(sum(amount), 0.0), nullif(count(*), count(rate)) / 2, nullif(max(pieces), 11.0) / 2
     from reporting.sales group by region order by 1`,
    'select 1.50 as one, 3000000000 as big, -7 / 2 * count(*), 7 / 2.0 + count(*), (1 + 0.19) * sum(amount), 1e3 * count(*), 1e-3 * count(*) from reporting.sales',
    `select extract(year from month) as year, sum(amount) / extract(year from month) from reporting.sales group by 1 order by 1`,
  ];

  test.each(queries)('%s', async (sql) => {
    const widget = showing('sales', sql);
    const { show, offline } = keeping();
    await show(widget);
    for (const filters of everyWay) {
      expect(shown(await offline(widget, filters))).toEqual(shown(await online(widget, filters)));
    }
  });

  test.each([
    [
      'ar_aging',
      arAging.readModel?.readerSql ?? '',
      [days('due_date', '2026-11-01', '2026-12-31'), choice('invoices', '2', '3'), choice('invoices', '9')],
    ],
    [
      'budget_burn',
      budgetBurn.readModel?.readerSql ?? '',
      [
        choice('cost_centre', 'Ops', 'Ärzte'),
        choice('cost_centre', 'nobody'),
        days('month', '2026-05-01', '2026-11-30'),
      ],
    ],
  ])('the shipped widget on %s', async (readModel, sql, filters) => {
    const widget = showing(readModel, sql);
    const { show, offline } = keeping();
    await show(widget);
    for (const some of filters) expect(shown(await offline(widget, some))).toEqual(shown(await online(widget, some)));
    expect((await offline(widget, filters[0] ?? []))?.rows.length).toBeGreaterThan(1);
  });

  test.each([
    ['ar_aging', arAging.readModel?.readerSql ?? '', ['period', 'region', 'category', 'warehouse']],
    ['budget_burn', budgetBurn.readModel?.readerSql ?? '', ['region', 'category', 'warehouse']],
  ])("%s under the shipped dashboard's filters, which do not all reach it", async (readModel, sql, unreached) => {
    const widget = showing(readModel, sql);
    const { show, offline } = keeping();
    await show(widget);
    const shipped = demoDashboards('erp').find(({ filters }) => filters !== undefined)?.filters ?? [];
    const filters = resolveFilters(
      shipped,
      Object.fromEntries(
        shipped.map(({ filterId, kind }) => [
          filterId,
          kind === 'choice' ? { kind: 'values', values: ['DACH'] } : { kind: 'preset', preset: 'this_year' },
        ]),
      ),
      Date.now(),
    );
    const [answer, wanted] = [await offline(widget, filters), await online(widget, filters)];
    expect(shown(answer)).toEqual(shown(wanted));
    expect(answer?.filtering?.notApplied.map(({ filterId }) => filterId)).toEqual(unreached);
    expect(answer?.filtering?.notApplied).toEqual(wanted.filtering?.notApplied);
  });

  test('what is the same to a collation is one group, and not shown where nobody knows which of it', async () => {
    const count = showing(
      'sales',
      'select count(*), sum(amount) from reporting.sales group by lower(area) order by lower(area)',
    );
    const which = showing('sales', "select area || '' as area, count(*) from reporting.sales group by 1");
    const { show, offline, why } = keeping(which.source.sql);
    await show(count);
    for (const filters of everyWay) {
      expect(shown(await offline(count, filters))).toEqual(shown(await online(count, filters)));
    }
    expect(await why(which)).toMatch(/several equal values/);
    const one = choice('area', 'Nordics');
    expect(shown(await offline(which, one))).toEqual(shown(await online(which, one)));
  });

  test('what one version of the server does not know is left out, and nothing else with it', async () => {
    // Before 18 there is no LIKE in a collation in which different texts are the same.
    const like = showing(
      'sales',
      `select case when area like 'D%' then 1 end from reporting.sales where area not like 'N%'`,
    );
    const fine = showing('sales', 'select amount / 2 from reporting.sales order by at');
    const { show, offline, kept } = keeping(like.source.sql);
    await show(fine);
    expect(kept()?.expressions?.[0]?.values?.type).toBe('numeric');
    expect(shown(await offline(fine, choice('pieces', '3')))).toEqual(shown(await online(fine, choice('pieces', '3'))));
  });

  test('what the server refuses in any row is left out, and nothing else with it', async () => {
    const broken = [
      'select 1 / pieces from reporting.sales',
      'select nothing + 1 from reporting.sales',
      'select pieces from reporting.sales order by region || area',
    ].map((sql) => showing('sales', sql));
    const fine = showing('sales', 'select amount / 2, upper(region) from reporting.sales where pieces > 2 order by at');
    const { show, offline, why, kept, saves, keeper } = keeping(...broken.map(({ source }) => source.sql));
    await show(fine);
    for (const filters of everyWay)
      expect(shown(await offline(fine, filters))).toEqual(shown(await online(fine, filters)));
    for (const widget of broken) expect(await why(widget)).toMatch(/it computes columns, and what they are worth/);
    expect(kept()?.expressions?.map(({ values }) => values?.type ?? null)).toEqual([
      'numeric',
      'text',
      null,
      null,
      null,
    ]);
    // They are not asked again until something else is.
    keeper.forget();
    await show(fine);
    expect(saves()).toBe(1);
  });

  test.each([
    'select 1 / (count(*) - count(*)) from reporting.sales',
    'select region, sum(amount) / (max(pieces) - 11) from reporting.sales group by region',
    'select (max(pieces) + 2147483640) from reporting.sales',
    'select (sum(huge))::bigint from reporting.sales',
  ])('%s, which the server refuses, is not answered', async (sql) => {
    const widget = showing('sales', sql);
    const { show, why } = keeping();
    await show(widget);
    await expect(online(widget, everyWay[0] ?? [])).rejects.toThrow(/./);
    expect(await why(widget)).toMatch(/which the database refuses/);
  });

  test('two numerics have the digits of the server, whatever their size', async () => {
    const numbers = [
      '0',
      '0.000',
      '1',
      '-1.0',
      '3',
      '-7.50',
      '0.0001',
      '-0.00009999',
      '9999',
      '10000.0',
      '-10001',
      '1e-40',
      '-99999999999999999999.99999',
      '123456789012345678901234567890',
      '1e60',
      '-2.5e-7',
    ];
    const pairs = numbers.flatMap((a) => numbers.map((b) => ({ a, b })));
    const made = ({ a, b }: { readonly a: string; readonly b: string }): readonly string[] => [
      `(${a}::numeric) * (${b}::numeric)`,
      `(${a}::numeric) - (${b}::numeric)`,
      `(${a}::numeric) / nullif(${b}::numeric, 0)`,
      `round((${a}::numeric) / nullif(${b}::numeric, 0), 5)`,
      `round((${a}::numeric) + (${b}::numeric), -3)`,
      `(((${a}::numeric) * (${b}::numeric)) / 3)::numeric(300, 2)`,
    ];
    for (const some of [pairs.slice(0, 128), pairs.slice(128)]) {
      const columns = some.flatMap(made).map((one, at) => `${one} as c${at}`);
      const widget = showing('sales', `select count(*), ${columns.join(', ')} from reporting.sales`);
      const { show, offline } = keeping();
      await show(widget);
      const filters = choice('pieces', '3');
      const [answer, wanted] = [await offline(widget, filters), await online(widget, filters)];
      expect(answer?.rows[0]?.map((cell, at) => [columns[at - 1], cell])).toEqual(
        wanted.rows[0]?.map((cell, at) => [columns[at - 1], cell]),
      );
    }
  });

  test('rows that an older Daybreak kept do not answer, and are read again', async () => {
    const widget = showing('ar_aging', arAging.readModel?.readerSql ?? '');
    const { show, offline, kept, saves, keeper } = keeping();
    await show(widget);
    delete (kept() as { expressions?: unknown } | null)?.expressions;
    expect(await offline(widget, choice('invoices', '2'))).toBeNull();
    keeper.forget();
    await show(widget);
    expect(saves()).toBe(2);
    expect(await offline(widget, choice('invoices', '2'))).not.toBeNull();
  });

  test('expressions that are too large are left out of the rows', async () => {
    const text = 'x'.repeat(12_000);
    const large = showing('sales', `select '${text}' || region as large from reporting.sales order by at`);
    const small = showing('sales', 'select upper(region) from reporting.sales order by at');
    const { show, offline, why, kept } = keeping(small.source.sql);
    await show(large);
    expect(kept()?.expressions?.map(({ values }) => values === null)).toEqual([true, false]);
    expect(await why(large)).toMatch(/is not saved/);
    const filters = choice('pieces', '3');
    expect(shown(await offline(small, filters))).toEqual(shown(await online(small, filters)));
  });
});
