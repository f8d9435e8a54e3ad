import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionOf, isCondition } from '../../../electron/core/dashboards/filters/condition-sql.ts';
import { resolveFilters, type ResolvedFilter } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import { filteredFromRows } from '../../../electron/core/dashboards/offline/filtered-from-rows.ts';
import { createModelRowsKeeper } from '../../../electron/core/dashboards/offline/keep-model-rows.ts';
import { readModelRows } from '../../../electron/core/dashboards/offline/read-model-rows.ts';
import type { ModelRows } from '../../../electron/core/history/model-rows.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { addDays } from '../../../shared/format/period-days.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import type { DashboardFilter } from '../../../shared/model/dashboard-filter.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { widgetOf } from '../../electron/core/history/saved-result.ts';
import { silent, systemClock } from '../read-model/tools.ts';

/** Days on which a clock was put forward or back: at two, at midnight, by half an hour, and a day that was left out. */
const turns: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-29', '2026-10-25'],
  'America/Sao_Paulo': ['2018-11-04', '2019-02-17'],
  'America/Havana': ['2024-03-10', '2024-11-03'],
  'Asia/Beirut': ['2023-03-30', '2022-10-30'],
  'Australia/Lord_Howe': ['2025-04-06', '2025-10-05'],
  'Pacific/Apia': ['2011-12-30'],
  'Asia/Kolkata': ['2026-01-01'],
  UTC: ['2026-01-01'],
};
const zones = Object.keys(turns);

const filterIn = (timeZone: string): DashboardFilter => ({
  kind: 'period',
  filterId: 'period',
  label: 'Period',
  columns: ['at'],
  timeZone,
});
const days = (timeZone: string, from: string, to: string): readonly ResolvedFilter[] =>
  resolveFilters([filterIn(timeZone)], { period: { kind: 'days', from, to } }, 0);
const widget: Widget = {
  ...widgetOf('w'),
  values: ['n'],
  source: { kind: 'read_model', readModel: 'seen', sql: 'select as_of, n, at from reporting.seen order by at desc, n' },
};

/** A period over moments without the database is, row by row, what the server answers. */
describe.each(testServers())('periods of moments without the database, $label', (testServer) => {
  let database: TestDatabase;
  let server: Server;
  let client: pg.Client;
  let model: ModelRows;

  const read = (filterZones: readonly string[]) =>
    readModelRows(server, 'reporting.seen', {
      readModel: 'seen',
      modelVersion: 1,
      filterZones,
      conditions: [],
      expressions: [],
      today: '2026-11-30',
    });
  const offline = (filters: readonly ResolvedFilter[], kept = model) =>
    filteredFromRows(
      { history: { modelRows: { get: async () => kept } } as never, clock: systemClock },
      { serverId: 'erp', widget, filters, offlineReason: 'gone' },
    );
  const online = async (filters: readonly ResolvedFilter[]): Promise<(string | null)[][]> => {
    const condition = conditionOf(filters[0]!, { name: 'at', type: 'timestamp with time zone' });
    if (!isCondition(condition)) throw new Error(condition.why);
    const { rows } = await client.query<(string | null)[]>({
      text: `select n, at from reporting.seen where ${condition.sql} order by at desc, n`,
      rowMode: 'array',
    });
    return rows;
  };

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    client = new pg.Client({
      connectionString: database.url,
      types: { getTypeParser: () => (value: unknown) => value } as never,
    });
    await client.connect();
    // Cells are printed in a zone that is nobody's here.
    await client.query(`alter database ${database.settings.database} set timezone = 'America/St_Johns'`);
    await client.query(`set timezone = 'America/St_Johns'`);
    const around = Object.entries(turns).flatMap(([zone, all]) => all.map((day) => `('${zone}', '${day}')`));
    await client.query(`
      create schema reporting;
      create table reporting.seen_v1_a (n integer, at timestamptz);
      insert into reporting.seen_v1_a (n, at)
        select row_number() over (), (day::timestamp at time zone zone) + step * interval '10 minutes' + jitter * interval '1 microsecond'
        from (values ${around.join(', ')}) as turn (zone, day), generate_series(-160, 160, 20) step, generate_series(-1, 1) jitter;
      insert into reporting.seen_v1_a values
        (0, null), (-1, 'infinity'), (-2, '-infinity'), (-3, '9999-12-31 12:00:00+00'), (-4, '0044-03-15 12:00:00+00 BC'),
        (-5, '1883-11-18 12:00:00+00');
      create view reporting.seen as select timestamptz '2026-11-30 07:30:00+01' as as_of, n, at from reporting.seen_v1_a`);
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock: systemClock,
      logger: silent,
    });
    const rows = await read(zones);
    if (rows === null) throw new Error('these rows are small enough to be kept');
    model = rows;
  });

  afterAll(async () => {
    await client?.end();
    await server?.close();
    await database?.drop();
  });

  test('on the days around every turn of a clock, for every zone', async () => {
    for (const zone of zones) {
      for (const turn of turns[zone] ?? []) {
        for (const [from, to] of [
          [turn, turn],
          [addDays(turn, -1), turn],
          [addDays(turn, -1), addDays(turn, -1)],
          [addDays(turn, 1), addDays(turn, 2)],
        ] as const) {
          const filters = days(zone, from, to);
          expect([zone, from, to, (await offline(filters))?.rows]).toEqual([zone, from, to, await online(filters)]);
        }
      }
    }
  });

  test('for any days of any zone, or it says that it cannot tell', async () => {
    const first = Date.UTC(2009, 0, 1) / 86_400_000;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 22 * 365 }),
        fc.integer({ min: 0, max: 900 }),
        async (zone, start, length) => {
          const from = addDays('1970-01-01', first + start);
          const filters = days(zone, from, addDays(from, length));
          expect((await offline(filters))?.rows).toEqual(await online(filters));
        },
      ),
      { numRuns: 60 },
    );
    // Beyond the days that are known lies a row: nothing is guessed of it.
    expect(await offline(days('UTC', '9990-01-01', '9999-12-01'))).toBeNull();
    expect(await offline(days('UTC', '1800-01-01', '1900-01-01'))).toBeNull();
  });

  test('its own zone goes before that of the filter, the filter says which, and no zone is guessed', async () => {
    const filters = days('Europe/Berlin', '2026-10-25', '2026-10-25');
    const own = {
      ...model,
      periods: { ...model.periods!, timeZone: 'Asia/Kolkata', grains: { at: 'month' as const } },
    };
    const answer = await offline(filters, own);
    expect(answer?.rows).toEqual(await online(days('Asia/Kolkata', '2026-10-25', '2026-10-25')));
    expect(answer?.filtering).toEqual({
      applied: [
        {
          filterId: 'period',
          columns: ['seen.at'],
          period: { from: '2026-10-25', to: '2026-10-25', timeZone: 'Asia/Kolkata' },
          notes: ['out of the saved rows of the read model', 'counts the months that begin in it'],
        },
      ],
      notApplied: [],
    });
    expect(await offline(days('Asia/Tokyo', '2026-10-25', '2026-10-25'))).toBeNull();
    const { periods: _, ...older } = model;
    expect(await offline(filters, older)).toBeNull();
    expect((await read(['Middle/Earth', 'UTC']))?.periods?.days).toMatchObject({
      'Middle/Earth': null,
      UTC: { shifts: [{ offsetSeconds: 0 }] },
    });
  });

  test('the days of a zone that a filter begins to use are asked for with the next number', async () => {
    const zonesNow = ['UTC'];
    let kept: ModelRows | null = null;
    let saves = 0;
    const keeper = createModelRowsKeeper({
      store: {
        get: async () => kept,
        head: async () => kept,
        save: async (_, rows) => {
          kept = rows;
          saves += 1;
        },
        remove: async () => undefined,
      },
      clock: systemClock,
      logger: silent,
      filterZones: async () => zonesNow,
      queriesOf: async () => [],
    });
    const read = async () => {
      const freshness = { asOf: model.asOf, source: 'live', state: 'fresh' } as const;
      const data = { widgetId: 'w', columns: [], rows: [], freshness, tookMs: 1, modelVersion: 1 };
      keeper.after(server, widget, data);
      await keeper.settled();
      return [saves, Object.keys(kept?.periods?.days ?? {}).toSorted()];
    };
    expect(await read()).toEqual([1, ['UTC']]);
    zonesNow.push('Asia/Kolkata');
    keeper.forget();
    expect(await read()).toEqual([2, ['Asia/Kolkata', 'UTC']]);
    keeper.forget();
    expect(await read()).toEqual([2, ['Asia/Kolkata', 'UTC']]);
  });
});
