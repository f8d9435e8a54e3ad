import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { exportFonts } from './export-fonts.ts';
import { exportFontFamily } from './svg-markup.ts';

let ready: Promise<void> | null = null;

/** Twice the size in CSS pixels: sharp on the screens and the slides that pictures are pasted into. */
const zoom = 2;
/** Drawing and packing takes a second of a core for some six million pixels; what is larger is drawn less sharp. */
const mostPixels = 12_000_000;

/** An SVG of ours as a PNG, with the fonts that come along and none of the system's. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  await (ready ??= initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm'))));
  const { regular, bold } = exportFonts();
  const font = {
    fontBuffers: [regular, bold],
    defaultFontFamily: exportFontFamily,
    sansSerifFamily: exportFontFamily,
  };
  const [width, height] = sizeOf(svg);
  const scale = Math.min(zoom, Math.sqrt(mostPixels / (width * height)));
  const resvg = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale } });
  try {
    const image = resvg.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}

function sizeOf(svg: string): readonly [number, number] {
  const match = /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"/.exec(svg);
  if (match === null) throw new Error('an SVG of ours says its size in its first tag');
  return [Number(match[1]), Number(match[2])];
}
