import type { ExportedWidget, ExportSetting } from '../../../../../electron/core/dashboards/export/export-job.ts';
import type { Widget, WidgetData } from '../../../../../shared/model/dashboard.ts';

export const setting: ExportSetting = {
  theme: 'light',
  timeZone: 'Europe/Berlin',
  filters: [{ title: 'Region', text: 'North & South' }],
  exportedAtMs: Date.parse('2026-11-20T09:00:00+01:00'),
  serverLabel: 'Invoices',
};
export const landscape = { size: 'A4', orientation: 'landscape' } as const;

const widget = (kind: Widget['kind'], part: Partial<Widget>): Widget => ({
  widgetId: kind,
  title: `A ${kind} <of> "things" & more`,
  question: 'What did we sell each month, and in which region?',
  kind,
  source: { kind: 'read_model', readModel: 'monthly_sales', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: 'region',
  values: ['revenue'],
  formats: { month: 'month', revenue: 'money' },
  currency: 'EUR',
  layout: { x: 0, y: 0, w: 6, h: 4 },
  ...part,
});

const data = (
  widgetId: string,
  names: readonly string[],
  rows: (string | null)[][],
  freshness: Partial<WidgetData['freshness']> = {},
): WidgetData => ({
  widgetId,
  columns: names.map((name) => ({ name, type: 'text' })),
  rows,
  freshness: { asOf: '2026-11-20T07:30:12+01:00', source: 'cache', state: 'fresh', ...freshness },
  tookMs: null,
});

const months = ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01'];
const regions = ['Grønland', 'Nord', 'Süd', 'West <i>'];
const sales = months.flatMap((month, m) =>
  regions.map((region, r) => [month, region, `${120_000 + m * 7_000 + r * 41_000}.25`]),
);

const exported = (one: Widget, numbers: WidgetData): ExportedWidget => ({ widget: one, data: numbers, absent: null });

/** One widget of every kind, with numbers. */
export const exportedKinds: Readonly<
  Record<'number' | 'bar' | 'line' | 'stacked' | 'table' | 'aging' | 'heatmap', ExportedWidget>
> = {
  number: exported(
    widget('number', {
      x: null,
      series: null,
      values: ['revenue', 'invoices'],
      formats: { revenue: 'money', invoices: 'integer' },
      layout: { x: 0, y: 0, w: 3, h: 2 },
    }),
    data('number', ['revenue', 'invoices'], [['9007199254740993.01', '1914']]),
  ),
  bar: exported(widget('bar', {}), data('bar', ['month', 'region', 'revenue'], sales)),
  line: exported(widget('line', {}), data('line', ['month', 'region', 'revenue'], sales)),
  stacked: exported(widget('stacked', {}), data('stacked', ['month', 'region', 'revenue'], sales, { state: 'stale' })),
  table: exported(
    widget('table', {
      x: null,
      series: null,
      values: ['order', 'supplier', 'amount'],
      formats: { amount: 'money' },
      layout: { x: 0, y: 8, w: 12, h: 6 },
    }),
    data(
      'table',
      ['order', 'supplier', 'amount'],
      Array.from({ length: 90 }, (_, i) => [`PO-${1000 + i}`, `Supplier ${i} & Söhne`, `${-1234.5 * i}`]),
      { state: 'offline', reason: 'the database is not connected.' },
    ),
  ),
  aging: exported(
    widget('aging', { x: 'bucket', series: null, values: ['open'], formats: { open: 'money' } }),
    data(
      'aging',
      ['bucket', 'open'],
      [
        ['Not due', '5000000.10'],
        ['1 to 30 days', '2000000.20'],
        ['31 to 60 days', '900000.30'],
        ['Over 60 days', '120000.40'],
      ],
    ),
  ),
  heatmap: exported(widget('heatmap', {}), data('heatmap', ['month', 'region', 'revenue'], sales)),
};

export const allKinds = Object.values(exportedKinds);
