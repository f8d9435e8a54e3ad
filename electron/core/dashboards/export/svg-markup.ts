import type { TextWeight } from './text-measure.ts';

/**
 * The typeface of every export. It comes with the PDF library, so that a picture looks the same on a server without any
 * font.
 */
export const exportFontFamily = 'Roboto';

/** What a viewer of an SVG takes that does not have it. */
export const fontFamilies = `${exportFontFamily}, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif`;

/** Texts come from servers: what XML forbids becomes U+FFFD, and nothing of them becomes markup. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (character) => (allowedControls.has(character) ? character : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** https://www.w3.org/TR/xml/#charsets */
const allowedControls: ReadonlySet<string> = new Set(['\t', '\n', '\r']);

/** Whole tenths: more digits make a file longer and no picture better. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export interface SvgText {
  readonly x: number;
  /** Of the base line. */
  readonly y: number;
  readonly sizePx: number;
  readonly color: string;
  readonly weight?: TextWeight;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function svgText(text: string, { x, y, sizePx, color, weight = 'regular', anchor = 'start' }: SvgText): string {
  const bold = weight === 'bold' ? ' font-weight="bold"' : '';
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${px(x)}" y="${px(y)}" font-family="${fontFamilies}" font-size="${px(sizePx)}" fill="${color}"${bold}${anchored} xml:space="preserve">${escapeXml(text)}</text>`;
}

export interface SvgRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly stroke?: string;
  readonly radius?: number;
}

export function svgRect({ x, y, width, height, fill, stroke, radius }: SvgRect): string {
  const border = stroke === undefined ? '' : ` stroke="${stroke}"`;
  const round = radius === undefined ? '' : ` rx="${px(radius)}"`;
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${fill}"${border}${round}/>`;
}

export function svgDocument(width: number, height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img"><title>${escapeXml(title)}</title>${body}</svg>`;
}
