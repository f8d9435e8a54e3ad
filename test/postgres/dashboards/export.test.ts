import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDashboards, type Dashboards } from '../../../electron/core/dashboards/dashboards.ts';
import { DashboardExports } from '../../../electron/core/dashboards/export/dashboard-exports.ts';
import { createExportRenderer } from '../../../electron/core/dashboards/export/export-renderer.ts';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { parseCsv } from '../../support/parse-csv.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { readPdf } from '../../support/read-pdf.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)),
};

const dashboard: Dashboard = {
  dashboardId: 'executive',
  serverId: 'erp',
  title: 'Executive',
  widgets: [
    {
      widgetId: 'sales',
      title: 'Sales',
      question: 'What was sold?',
      kind: 'table',
      source: { kind: 'live', sql: 'select note, amount from public.sale order by amount' },
      budget: { minutes: 15 },
      x: null,
      series: null,
      values: ['note', 'amount'],
      formats: { amount: 'money' },
      currency: 'EUR',
      layout: { x: 0, y: 0, w: 6, h: 4 },
    },
  ],
};

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let server: Server;
  let history: History;
  let dashboards: Dashboards;
  let dir: string;
  let offline: string | null = null;
  const renderer = createExportRenderer();
  const exports = new DashboardExports(
    {
      get: async () => dashboard,
      cached: () => dashboards.cached(dashboard, offline),
      printedFilters: () => [],
      labelOf: async () => 'The ERP',
    },
    renderer,
    clock,
  );
  const asked = {
    serverId: 'erp',
    dashboardId: 'executive',
    theme: 'light',
    timeZone: 'Europe/Berlin',
    filters: {},
    paper: { size: 'A4', orientation: 'portrait' },
  } as const;
  const csv = async () => {
    const file = await exports.exportWidget({ ...asked, widgetId: 'sales', format: 'csv', byteOrderMark: false });
    return parseCsv(Buffer.from(file.base64, 'base64').toString('utf8'));
  };

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query(`
      create table public.sale (note text, amount numeric);
      insert into public.sale values ('=1+1', -0.10), (null, 61731172.5040), ('', 'NaN');
    `);
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock,
      logger,
    });
    dir = await mkdtemp(join(tmpdir(), 'daybreak-export-'));
    history = await openHistory({ file: join(dir, 'daybreak.sqlite'), logger });
    await history.dashboards.save(dashboard);
    dashboards = createDashboards({ store: history.dashboards, clock, logger });
  });

  afterAll(async () => {
    await renderer.stop();
    await server?.close();
    await history?.close();
    await admin?.end();
    await database?.drop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  test('there is nothing to export before a number was read', async () => {
    await expect(csv()).rejects.toMatchObject({ value: { code: 'not_found', retryable: true } });
  });

  test('an export is the number that was shown, and not the one that a query would find now', async () => {
    const shown = await dashboards.read(server, dashboard, 'sales');
    await admin.query('delete from public.sale');
    const { asOf } = shown.freshness;
    expect(await csv()).toEqual([
      ['as_of', 'note', 'amount', 'freshness', 'filters'],
      [asOf, "'=1+1", '-0.10', 'fresh', null],
      [asOf, null, '61731172.5040', 'fresh', null],
      [asOf, '', 'NaN', 'fresh', null],
    ]);
  });

  test('without the database it is still exported, and says so', async () => {
    offline = 'the server was switched off.';
    await server.close();
    const file = await exports.exportDashboard({ ...asked, format: 'pdf' });
    const { pages } = await readPdf(Buffer.from(file.base64, 'base64'));
    expect(pages[0]?.text).toContain('Executive The ERP · oldest number as of ');
    expect(pages[0]?.text).toContain('offline: the server was switched off.');
    expect(pages[0]?.text).toContain('€61,731,172.50');
    expect((await csv())[1]?.[3]).toBe('offline: the server was switched off.');
  });
});
