import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fontMetrics } from './font-metrics.ts';
import type { TextMeasure } from './text-measure.ts';

export interface ExportFonts {
  readonly regularFile: string;
  readonly boldFile: string;
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly measure: TextMeasure;
}

let loaded: ExportFonts | null = null;

/** Read once. From source, from `out/` and inside of the app's archive the package is found the same way. */
export function exportFonts(): ExportFonts {
  return (loaded ??= load());
}

function load(): ExportFonts {
  const folder = join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');
  const regularFile = join(folder, 'Roboto-Regular.ttf');
  const boldFile = join(folder, 'Roboto-Medium.ttf');
  const regular = readFileSync(regularFile);
  const bold = readFileSync(boldFile);
  const metrics = { regular: fontMetrics(regular), bold: fontMetrics(bold) };
  const measure: TextMeasure = {
    widthOf: (text, sizePx, weight = 'regular') => metrics[weight].widthOf(text, sizePx),
    has: (codePoint) => metrics.regular.has(codePoint),
  };
  return { regularFile, boldFile, regular, bold, measure };
}
