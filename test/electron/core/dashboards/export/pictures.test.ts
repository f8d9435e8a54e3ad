import { Resvg } from '@resvg/resvg-wasm';
import { describe, expect, it, vi } from 'vitest';
import type { ExportJob } from '../../../../../electron/core/dashboards/export/export-job.ts';
import { pngOf } from '../../../../../electron/core/dashboards/export/png.ts';
import { renderExport } from '../../../../../electron/core/dashboards/export/render-export.ts';
import { readPng } from '../../../../support/read-png.ts';
import { allKinds, exportedKinds, landscape, setting } from './exports-for-tests.ts';

// A busy machine takes many times as long as an idle one.
vi.setConfig({ testTimeout: 120_000 });

const job = (kind: keyof typeof exportedKinds, format: 'svg' | 'png', theme: 'light' | 'dark' = 'light'): ExportJob => {
  const { widget, data } = exportedKinds[kind];
  if (data === null) throw new Error('every kind has numbers');
  return { kind: 'widget', format, setting: { ...setting, theme }, paper: landscape, widget, data };
};
const svgOf = async (asked: ExportJob) => new TextDecoder().decode((await renderExport(asked)).bytes);
/** Texts of the elements, unescaped, in their order. */
const textsOf = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );

describe.each(Object.keys(exportedKinds) as (keyof typeof exportedKinds)[])('a %s widget', (kind) => {
  it('is an SVG with its title, its age, its filters and its numbers as text', async () => {
    const svg = await svgOf(job(kind, 'svg'));
    const texts = textsOf(svg);
    expect(texts).toContain(`A ${kind} <of> "things" & more`);
    expect(texts).toContain('as of 20 November 2026, 07:30:12 CET · read model monthly_sales');
    expect(texts).toContain('Filters: Region: North & South');
    expect(svg).not.toMatch(/<(image|script|foreignObject)/);
    expect(texts.some((text) => /^[€-]?-?€?[\d.,]+[kmb]?( %)?$/.test(text))).toBe(true);
  });

  it.each(['light', 'dark'] as const)(
    'is a sharp PNG in the %s theme, with text drawn by the fonts that come along',
    async (theme) => {
      const svg = await svgOf(job(kind, 'svg', theme));
      const { bytes } = await renderExport(job(kind, 'png', theme));
      const picture = readPng(bytes);
      const [, width, height] = /^<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
      expect([picture.width, picture.height]).toEqual([Math.round(Number(width) * 2), Math.round(Number(height) * 2)]);
      const ground = theme === 'light' ? 0xffffffff : 0x161a21ff;
      expect(picture.at(30, 30)).toBe(ground);
      const colors = picture.colors();
      expect(colors.size).toBeGreaterThan(50);
      expect(colors.get(ground) ?? 0).toBeLessThan(picture.width * picture.height * 0.995);
      // The same drawing without fonts: what differs is text.
      const blank = await withoutFonts(svg);
      let differing = 0;
      for (let at = 0; at < blank.length; at += 4) if (blank[at] !== picture.pixels[at]) differing += 1;
      expect(differing).toBeGreaterThan(3000);
    },
  );
});

async function withoutFonts(svg: string) {
  await pngOf(svg); // makes resvg ready, which goes once a process
  const drawn = new Resvg(svg, { font: { fontBuffers: [] }, fitTo: { mode: 'zoom', value: 2 } });
  return drawn.render().pixels;
}

describe('a picture', () => {
  it('says that a number is stale or was read offline', async () => {
    expect(textsOf(await svgOf(job('stacked', 'svg')))).toContain('stale: older than twice its budget of 30 minutes');
    expect(textsOf(await svgOf(job('table', 'svg')))).toContain('offline: the database is not connected.');
  });

  it('of a table shows as many rows as somebody would look at, and says how many there are', async () => {
    const { bytes, notices } = await renderExport(job('table', 'svg'));
    const texts = textsOf(new TextDecoder().decode(bytes));
    expect(texts).toContain('PO-1000');
    expect(texts).not.toContain('PO-1089');
    expect(texts).toContain('The first 60 of 90 rows. The CSV has all of them.');
    expect(notices).toEqual(['The first 60 of 90 rows. The CSV has all of them.']);
  });

  it('of a number never cuts it', async () => {
    expect(textsOf(await svgOf(job('number', 'svg')))).toContain('€9,007,199,254,740,993.01');
  });

  it('names the characters that its typeface does not have', async () => {
    const { widget, data } = exportedKinds.bar;
    if (data === null) throw new Error('it has numbers');
    const asked = { ...job('bar', 'png'), widget: { ...widget, title: '売上 2026' }, data } as ExportJob;
    const { notices } = await renderExport(asked);
    expect(notices.join()).toContain('has no 売 上:');
    expect((await renderExport({ ...asked, format: 'svg' })).notices).toEqual([]);
  });

  it('takes what XML forbids and what looks like markup as text', async () => {
    const { widget, data } = exportedKinds.bar;
    if (data === null) throw new Error('it has numbers');
    const title = '\u0000</text><script>alert(1)</script>\ud800';
    const svg = await svgOf({ ...job('bar', 'svg'), widget: { ...widget, title }, data } as ExportJob);
    expect(svg).not.toContain('<script');
    expect(textsOf(svg)).toContain('\ufffd</text><script>alert(1)</script>\ufffd');
  });
});

describe('a dashboard', () => {
  const dashboard = (format: 'svg' | 'png'): ExportJob => ({
    kind: 'dashboard',
    format,
    setting,
    paper: landscape,
    title: 'Executive dashboard',
    widgets: allKinds.map((exported, index) => ({
      ...exported,
      data: index === 0 ? null : exported.data,
      absent: index === 0 ? 'No number of this widget was read yet.' : null,
      widget: { ...exported.widget, layout: { x: (index % 2) * 6, y: Math.floor(index / 2) * 4, w: 6, h: 4 } },
    })),
  });

  it('is one SVG of all its widgets, each with its age, whose patterns do not share a name', async () => {
    const svg = await svgOf(dashboard('svg'));
    const texts = textsOf(svg);
    for (const { widget } of allKinds) expect(texts).toContain(widget.title);
    expect(texts).toContain('Invoices · oldest number as of 20 November 2026, 07:30:12 CET');
    expect(texts).toContain('No number of this widget was read yet.');
    expect(texts.filter((text) => text.startsWith('as of 20 November 2026'))).toHaveLength(allKinds.length - 1);
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(4);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a PNG of the same size, twice as sharp', async () => {
    const { bytes } = await renderExport(dashboard('png'));
    expect(readPng(bytes).width).toBe(3200);
  });
});
