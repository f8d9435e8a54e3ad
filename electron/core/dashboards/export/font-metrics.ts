/**
 * What a TrueType file says about widths: enough to lay text out before anybody draws it. Neither ECharts without a
 * canvas nor an SVG of our own knows how wide a word is, and a guess cuts a name or lets two of them overlap.
 * Format: https://learn.microsoft.com/typography/opentype/spec/ (head, hhea, hmtx, cmap 4 and 12).
 */
export interface FontMetrics {
  /** Px of a text set in this font at `sizePx`, without kerning. */
  widthOf(text: string, sizePx: number): number;
  has(codePoint: number): boolean;
}

/** Throws Error for bytes that are no TrueType font with a Unicode cmap. */
export function fontMetrics(bytes: Uint8Array): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tablesOf(view);
  const at = (tag: string): number => {
    const offset = tables.get(tag);
    if (offset === undefined) throw new Error(`the font has no table ${tag}`);
    return offset;
  };
  const unitsPerEm = view.getUint16(at('head') + 18);
  const longMetrics = view.getUint16(at('hhea') + 34);
  const hmtx = at('hmtx');
  const glyphs = glyphsOf(view, at('cmap'));
  const advances = new Map<number, number>();
  const advanceOf = (codePoint: number): number => {
    const known = advances.get(codePoint);
    if (known !== undefined) return known;
    // Glyph 0 is the box that stands for what the font does not have.
    const glyph = glyphs(codePoint);
    const advance = view.getUint16(hmtx + 4 * Math.min(glyph, longMetrics - 1)) / unitsPerEm;
    advances.set(codePoint, advance);
    return advance;
  };
  return {
    widthOf(text, sizePx) {
      let ems = 0;
      for (const character of text) ems += advanceOf(character.codePointAt(0) ?? 0);
      return ems * sizePx;
    },
    has: (codePoint) => glyphs(codePoint) !== 0,
  };
}

function tablesOf(view: DataView): ReadonlyMap<string, number> {
  const tables = new Map<string, number>();
  const count = view.getUint16(4);
  for (let index = 0; index < count; index += 1) {
    const record = 12 + 16 * index;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(record + byte)));
    tables.set(tag, view.getUint32(record + 8));
  }
  return tables;
}

type Glyphs = (codePoint: number) => number;

/** The glyph of a code point, 0 for none: the widest Unicode subtable that the font has. */
function glyphsOf(view: DataView, cmap: number): Glyphs {
  const count = view.getUint16(cmap + 2);
  const subtables = Array.from({ length: count }, (_, index) => {
    const record = cmap + 4 + 8 * index;
    const offset = cmap + view.getUint32(record + 4);
    return { platform: view.getUint16(record), format: view.getUint16(offset), offset };
  }).filter(({ platform, format }) => (platform === 0 || platform === 3) && (format === 4 || format === 12));
  const best = subtables.find(({ format }) => format === 12) ?? subtables[0];
  if (best === undefined) throw new Error('the font has no Unicode cmap that is understood');
  return best.format === 12 ? grouped(view, best.offset) : segmented(view, best.offset);
}

function grouped(view: DataView, offset: number): Glyphs {
  const count = view.getUint32(offset + 12);
  return (codePoint) => {
    for (let index = 0; index < count; index += 1) {
      const group = offset + 16 + 12 * index;
      if (codePoint > view.getUint32(group + 4)) continue;
      const first = view.getUint32(group);
      return codePoint < first ? 0 : view.getUint32(group + 8) + codePoint - first;
    }
    return 0;
  };
}

function segmented(view: DataView, offset: number): Glyphs {
  const doubled = view.getUint16(offset + 6);
  const ends = offset + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  return (codePoint) => {
    for (let segment = 0; segment < doubled; segment += 2) {
      if (codePoint > view.getUint16(ends + segment)) continue;
      const start = view.getUint16(starts + segment);
      if (codePoint < start) return 0;
      const delta = view.getUint16(deltas + segment);
      const range = view.getUint16(ranges + segment);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(ranges + segment + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
