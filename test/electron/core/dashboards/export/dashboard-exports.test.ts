import { afterAll, describe, expect, it, vi } from 'vitest';
import { DashboardExports } from '../../../../../electron/core/dashboards/export/dashboard-exports.ts';
import { exportFileName } from '../../../../../electron/core/dashboards/export/export-file-name.ts';
import { createExportRenderer } from '../../../../../electron/core/dashboards/export/export-renderer.ts';
import { Failure } from '../../../../../shared/model/failure.ts';
import type { FreshnessHold } from '../../../../../shared/model/freshness.ts';
import type { WidgetData } from '../../../../../shared/model/dashboard.ts';
import { parseCsv } from '../../../../support/parse-csv.ts';
import { readPdf } from '../../../../support/read-pdf.ts';
import { allKinds, exportedKinds, landscape } from './exports-for-tests.ts';

// A busy machine takes many times as long as an idle one.
vi.setConfig({ testTimeout: 120_000 });

const widgets = allKinds.map(({ widget }) => widget);
const numbers = allKinds.flatMap(({ data }) => (data === null ? [] : [data]));
const renderer = createExportRenderer();
afterAll(() => renderer.stop());

const exportsOf = (cached: readonly WidgetData[]) =>
  new DashboardExports(
    {
      async get(serverId, dashboardId) {
        if (dashboardId !== 'd') throw new Failure({ code: 'not_found', message: `no ${dashboardId}` });
        return { dashboardId, serverId, title: 'Executive dashboard', widgets };
      },
      cached: async () => cached,
      printedFilters: () => [],
      labelOf: async () => 'Invoices',
    },
    renderer,
    { nowMs: () => Date.parse('2026-11-20T08:00:00Z'), sleep: async () => undefined },
  );
const asked = {
  serverId: 's',
  dashboardId: 'd',
  theme: 'light',
  timeZone: 'Europe/Berlin',
  filters: {},
  paper: landscape,
} as const;
const csv = { ...asked, widgetId: 'table', format: 'csv', byteOrderMark: true } as const;
const bytesOf = ({ base64 }: { readonly base64: string }) => Buffer.from(base64, 'base64');

describe('an export', () => {
  it('is named after what it shows and how old that is, on the clock of its reader', async () => {
    const file = await exportsOf(numbers).exportWidget(csv);
    expect(file).toMatchObject({
      fileName: 'a-table-of-things-more-2026-11-20-0730.csv',
      mediaType: 'text/csv; charset=utf-8',
      notices: [],
    });
    expect(file.sizeBytes).toBe(bytesOf(file).length);
  });

  it('as CSV holds every row, with the mark that Excel needs or without it', async () => {
    const withMark = bytesOf(await exportsOf(numbers).exportWidget(csv));
    expect(withMark.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const plain = bytesOf(await exportsOf(numbers).exportWidget({ ...csv, byteOrderMark: false }));
    expect(withMark.subarray(3)).toEqual(plain);
    const [head, ...rows] = parseCsv(plain.toString('utf8'));
    expect(head).toEqual(['as_of', 'order', 'supplier', 'amount', 'freshness', 'filters']);
    expect(rows.map((row) => row.slice(1, 4))).toEqual(exportedKinds.table.data?.rows);
    expect(new Set(rows.map((row) => row[4]))).toEqual(new Set(['offline: the database is not connected.']));
  });

  it('says what holds its read model as it is written, and nothing of a window that opens later', async () => {
    const at = (iso: string) => Date.parse(iso);
    const hours = (from: string, to: string) => ({ fromMs: at(`2026-11-20T${from}Z`), toMs: at(`2026-11-20T${to}Z`) });
    const holds: readonly FreshnessHold[] = [
      { kind: 'frozen', window: { calendar: 'month-end', ...hours('06:00', '19:00') } },
      { kind: 'frozen', window: { calendar: 'payroll', ...hours('20:00', '21:00') } },
    ];
    const held = numbers.map((data) => ({ ...data, freshness: { ...data.freshness, holds: [...holds] } }));
    const [, row] = parseCsv(
      bytesOf(await exportsOf(held).exportWidget({ ...csv, byteOrderMark: false })).toString('utf8'),
    );
    expect(row?.[4]).toBe(
      'offline: the database is not connected.; frozen for month-end since 2026-11-20T06:00:00.000Z, until 2026-11-20T19:00:00.000Z',
    );
  });

  it('of a dashboard names the widgets that have no number yet', async () => {
    const file = await exportsOf(numbers.slice(1)).exportDashboard({ ...asked, format: 'pdf' });
    expect(file.fileName).toBe('executive-dashboard-2026-11-20-0730.pdf');
    expect(file.notices).toContain(`"${widgets[0]?.title}" has no number yet and says so in the file.`);
    expect((await readPdf(bytesOf(file))).title).toBe('Executive dashboard');
  });
});

describe('an export that cannot be made says why', () => {
  it('before any number was read', async () => {
    const nothing = exportsOf([]);
    await expect(nothing.exportWidget(csv)).rejects.toMatchObject({
      value: { code: 'not_found', retryable: true, message: expect.stringContaining('nothing to export yet') },
    });
    await expect(nothing.exportDashboard({ ...asked, format: 'png' })).rejects.toMatchObject({
      value: { code: 'not_found', message: expect.stringContaining('the dashboard Executive dashboard') },
    });
  });

  it('for a widget, a dashboard or a time zone that does not exist', async () => {
    const exports = exportsOf(numbers);
    await expect(exports.exportWidget({ ...csv, widgetId: 'gone' })).rejects.toMatchObject({
      value: { code: 'not_found', message: 'The dashboard Executive dashboard has no widget gone.' },
    });
    await expect(exports.exportWidget({ ...csv, dashboardId: 'gone' })).rejects.toMatchObject({
      value: { code: 'not_found' },
    });
    await expect(exports.exportWidget({ ...csv, timeZone: 'Europe/Atlantis' })).rejects.toMatchObject({
      value: { code: 'invalid_input', message: expect.stringContaining('Europe/Atlantis') },
    });
  });
});

describe('the name of a file', () => {
  const atMs = Date.parse('2026-11-20T06:30:12Z');
  it.each([
    ['Größe / Menge: "alles"', 'größe-menge-alles-2026-11-20-0730.pdf'],
    ['../../etc/passwd', 'etc-passwd-2026-11-20-0730.pdf'],
    ['???', 'export-2026-11-20-0730.pdf'],
  ])('of %j is %s', (title, name) => {
    expect(exportFileName(title, atMs, 'Europe/Berlin', 'pdf')).toBe(name);
  });

  it.each(['売'.repeat(200), `a${'𠮷'.repeat(200)}`, 'é'.repeat(200)])(
    'is no longer than a file system takes, and ends between letters: %s',
    (title) => {
      const name = exportFileName(title, atMs, 'UTC', 'pdf');
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name).toMatch(/^(?:(?!\p{Cs}).)+-2026-11-20-0630\.pdf$/u);
    },
  );

  it('has no time where the age is not known', () => {
    expect(exportFileName('Sales', null, 'UTC', 'svg')).toBe('sales.svg');
  });
});
