import { styleText } from 'node:util';

/** Text for a terminal: nothing that came from a server reaches it raw. */
export interface Terminal {
  readonly columns: number;
  paint(style: Style, text: string): string;
}
export type Style = Parameters<typeof styleText>[0];

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Without a terminal there is no width to keep to; a log is read in about this one. */
const defaultColumns = 100;
const fewestColumns = 80;
const mostColumns = 160;

/** Colour only on a terminal that takes it, and never where https://no-color.org asks for none. */
export function terminal(out: Output, env: NodeJS.ProcessEnv = process.env): Terminal {
  const coloured = out.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const columns = out.isTTY === true ? (out.columns ?? fewestColumns) : defaultColumns;
  return {
    columns: Math.min(Math.max(columns, fewestColumns), mostColumns),
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Control characters and those that turn the direction of writing around; an application name may hold any. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** One line of printable text: white space is one space, everything that a terminal would obey a question mark. */
export const printable = (text: string): string =>
  text.toWellFormed().replace(/\s+/g, ' ').replace(unprintable, '?').trim();

/** JSON escapes C0 by itself; the rest of what a terminal obeys is escaped here, so that it parses to the same. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const plainText = /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027]*$/;

/** Columns that a text takes. */
export function widthOf(text: string): number {
  if (plainText.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Cut to at most `width` columns, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = widthOf(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept.trimEnd()}…`;
}

export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Lines of at most `width` columns; a word that is longer than a line is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const { segment } of segmenter.segment(word)) {
    if (widthOf(piece) + widthOf(segment) > width) {
      found.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...found, piece];
}
