import { describe, expect, it, vi } from 'vitest';
import type { ExportJob } from '../../../../../electron/core/dashboards/export/export-job.ts';
import { renderExport } from '../../../../../electron/core/dashboards/export/render-export.ts';
import { readPdf } from '../../../../support/read-pdf.ts';
import { allKinds, exportedKinds, landscape, setting } from './exports-for-tests.ts';

// A busy machine takes many times as long as an idle one.
vi.setConfig({ testTimeout: 120_000 });

type Paper = ExportJob['paper'];
const widgetJob = (kind: keyof typeof exportedKinds, paper: Paper = landscape): ExportJob => {
  const { widget, data } = exportedKinds[kind];
  if (data === null) throw new Error('every kind has numbers');
  return { kind: 'widget', format: 'pdf', setting, paper, widget, data };
};
const pdfOf = async (job: ExportJob) => readPdf((await renderExport(job)).bytes);

describe.each(Object.keys(exportedKinds) as (keyof typeof exportedKinds)[])('the PDF of a %s widget', (kind) => {
  it('can be searched for its title, age, source and filters, and holds no bitmap', async () => {
    const { title, subject, pages } = await pdfOf(widgetJob(kind));
    const [first] = pages;
    expect(title).toBe(exportedKinds[kind].widget.title);
    expect(subject).toBe('oldest number as of 20 November 2026, 07:30:12 CET. Filters: Region: North & South');
    expect(first?.text).toContain(`A ${kind} <of> "things" & more`);
    expect(first?.text).toContain('as of 20 November 2026, 07:30:12 CET · read model monthly_sales');
    expect(first?.text).toContain('Filters: Region: North & South');
    expect(first?.text).toContain('Invoices · exported 20 November 2026, 09:00:00 CET');
    for (const [index, page] of pages.entries()) {
      expect(page.text).toContain(`page ${index + 1} of ${pages.length}`);
      expect(page.images).toBe(0);
    }
  });
});

describe('a PDF', () => {
  it('draws charts as vectors', async () => {
    for (const kind of ['bar', 'line', 'stacked', 'aging', 'heatmap'] as const) {
      const { pages } = await pdfOf(widgetJob(kind));
      expect(pages[0]?.vectors, kind).toBeGreaterThan(10);
    }
  });

  it('holds the text of a chart: axis, legend and cells', async () => {
    const line = (await pdfOf(widgetJob('line'))).pages[0]?.text;
    for (const word of ['Jun', 'Nov', 'Grønland', 'Süd', 'West <i>']) expect(line).toContain(word);
    expect((await pdfOf(widgetJob('number'))).pages[0]?.text).toContain('€9,007,199,254,740,993.01');
  });

  it.each([
    [{ size: 'A4', orientation: 'landscape' }, 842, 595],
    [{ size: 'A4', orientation: 'portrait' }, 595, 842],
    [{ size: 'LETTER', orientation: 'landscape' }, 792, 612],
    [{ size: 'LETTER', orientation: 'portrait' }, 612, 792],
  ] as const)('is printed on %j', async (paper, width, height) => {
    const [page] = (await pdfOf(widgetJob('bar', paper))).pages;
    expect(Math.round(page?.widthPt ?? 0)).toBe(width);
    expect(Math.round(page?.heightPt ?? 0)).toBe(height);
  });

  it('repeats the head of a table on every page, and says that its numbers were read offline', async () => {
    const { pages } = await pdfOf(widgetJob('table'));
    expect(pages.length).toBeGreaterThan(1);
    for (const { text } of pages) expect(text).toMatch(/order ?.*supplier ?.*amount/);
    const all = pages.map(({ text }) => text).join(' ');
    expect(all).toContain('offline: the database is not connected.');
    for (const row of [0, 45, 89]) expect(all).toContain(`Supplier ${row} & Söhne`);
    expect(all).toContain('-€109,870.50');
  });

  it('ends a long table where a report does, and says so', async () => {
    const { widget, data } = exportedKinds.table;
    if (data === null) throw new Error('it has numbers');
    const rows = Array.from({ length: 260 }, (_, i) => [`PO-${i}`, 'Supplier', '1']);
    const { bytes, notices } = await renderExport({
      kind: 'dashboard',
      format: 'pdf',
      setting,
      paper: landscape,
      title: 'Orders',
      widgets: [{ widget, data: { ...data, rows }, absent: null }],
    });
    const text = (await readPdf(bytes)).pages.map((page) => page.text).join(' ');
    expect(text).toContain('PO-199');
    expect(text).not.toContain('PO-200 ');
    expect(text).toContain('The first 200 of 260 rows. The CSV has all of them.');
    expect(notices).toEqual([`${widget.title}: The first 200 of 260 rows. The CSV has all of them.`]);
  });

  it('leaves out columns that no page is wide enough for, and names them', async () => {
    const { widget, data } = exportedKinds.table;
    if (data === null) throw new Error('it has numbers');
    const names = Array.from({ length: 40 }, (_, i) => `amount_${i}`);
    const { bytes } = await renderExport({
      kind: 'widget',
      format: 'pdf',
      setting,
      paper: landscape,
      widget: { ...widget, values: names, formats: Object.fromEntries(names.map((name) => [name, 'money' as const])) },
      data: {
        ...data,
        columns: names.map((name) => ({ name, type: 'numeric' })),
        rows: [names.map((_, i) => `${i}123456789.12`)],
      },
    });
    const text = (await readPdf(bytes)).pages[0]?.text ?? '';
    expect(text).toContain('€123,456,789.12');
    expect(text).toMatch(/Left out for want of room: .*amount 39\. The CSV has every column\./);
    expect(text).not.toContain('€39,123,456,789.12');
  });
});

describe('the PDF of a dashboard', () => {
  const dashboard = (paper: Paper): ExportJob => ({
    kind: 'dashboard',
    format: 'pdf',
    setting,
    paper,
    title: 'Executive dashboard',
    widgets: allKinds.map((exported, index) =>
      index === 1 ? { ...exported, data: null, absent: 'No number of this widget was read yet.' } : exported,
    ),
  });

  it.each(['landscape', 'portrait'] as const)('has every widget with its age, in %s', async (orientation) => {
    const { pages } = await pdfOf(dashboard({ size: 'A4', orientation }));
    const text = pages.map((page) => page.text).join(' ');
    for (const { widget } of allKinds) expect(text).toContain(widget.title);
    expect(text.match(/as of 20 November 2026, 07:30:12 CET · read model monthly_sales/g)).toHaveLength(
      allKinds.length - 1,
    );
    expect(text).toContain('No number of this widget was read yet.');
    expect(text).toContain('Invoices · oldest number as of 20 November 2026, 07:30:12 CET');
    const withTable = pages.find((page) => page.text.includes(exportedKinds.table.widget.title));
    expect(withTable?.text, 'a table begins below its title').toContain('PO-1000');
    for (const page of pages) {
      expect(page.text).toContain('Executive dashboard · Invoices · Filters: Region: North & South');
      expect(page.images).toBe(0);
    }
  });
});
