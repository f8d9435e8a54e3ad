import { Resvg } from '@resvg/resvg-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportFonts } from '../../../../../electron/core/dashboards/export/export-fonts.ts';
import { pngOf } from '../../../../../electron/core/dashboards/export/png.ts';
import { fitText, undrawable, wrapText } from '../../../../../electron/core/dashboards/export/text-measure.ts';

const { measure, regular, bold } = exportFonts();

describe('the width of a text', () => {
  // Makes resvg ready, which goes once a process.
  beforeAll(() => pngOf('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'));

  /** Right edge of what is drawn; upright strokes at both ends keep bearings small. */
  const drawnWidth = (text: string, weight: 'normal' | 'bold') => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="60"><text x="0" y="40" font-family="Roboto" font-size="32" font-weight="${weight}">${text}</text></svg>`;
    const drawn = new Resvg(svg, { font: { fontBuffers: [regular, bold], defaultFontFamily: 'Roboto' } });
    return drawn.innerBBox()?.width ?? 0;
  };

  it.each(['HIGH INVOICES MINI H', 'H1234567890H', 'HGrößeéñČесH'])('of %j is the one that is drawn', (text) => {
    // Kerning and bearings: some px of a line.
    expect(Math.abs(measure.widthOf(text, 32) - drawnWidth(text, 'normal'))).toBeLessThan(12);
    expect(Math.abs(measure.widthOf(text, 32, 'bold') - drawnWidth(text, 'bold'))).toBeLessThan(12);
  });

  it('is that of tabular numerals: every digit is as wide', () => {
    expect(new Set([...'0123456789'].map((digit) => measure.widthOf(digit, 100))).size).toBe(1);
  });
});

describe('a text that is too long', () => {
  it('ends in an ellipsis within its width', () => {
    const cut = fitText(measure, 'Accounts receivable by customer', 100, 12);
    expect(cut).toMatch(/^Accounts.*…$/);
    expect(measure.widthOf(cut, 12)).toBeLessThanOrEqual(100);
    expect(fitText(measure, 'short', 100, 12)).toBe('short');
  });

  it('goes on in the next line, and loses nothing', () => {
    const text = `as of 20 November 2026, 07:30:12 CET · read model ${'x'.repeat(80)}`;
    const lines = wrapText(measure, text, 160, 12);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(measure.widthOf(line, 12)).toBeLessThanOrEqual(160);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });
});

it('knows which characters its typeface has', () => {
  expect(undrawable(measure, ['€ 12.50 · Größe – Ž Ω Я …', 'a\u00adb\n'])).toEqual([]);
  expect(undrawable(measure, ['売上', '上', '🙂'])).toEqual(['売', '上', '🙂']);
});
