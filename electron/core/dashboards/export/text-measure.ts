export type TextWeight = 'regular' | 'bold';

/** Widths of text in the typeface of exports, px, and which characters it can draw. */
export interface TextMeasure {
  widthOf(text: string, sizePx: number, weight?: TextWeight): number;
  has(codePoint: number): boolean;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cut to `widthPx` with an ellipsis where something is missing. */
export function fitText(
  measure: TextMeasure,
  text: string,
  widthPx: number,
  sizePx: number,
  weight: TextWeight = 'regular',
): string {
  if (measure.widthOf(text, sizePx, weight) <= widthPx) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (measure.widthOf(`${kept}${segment}…`, sizePx, weight) > widthPx) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines of at most `widthPx`; a word that is wider than a line is cut into pieces, and nothing is left out. */
export function wrapText(
  measure: TextMeasure,
  text: string,
  widthPx: number,
  sizePx: number,
  weight: TextWeight = 'regular',
): string[] {
  const fits = (line: string) => measure.widthOf(line, sizePx, weight) <= widthPx;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const { segment } of segmenter.segment(word)) {
      if (line !== '' && !fits(line + segment)) {
        lines.push(line);
        line = '';
      }
      line += segment;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Characters of the texts that the typeface does not have, each once; white space and what draws nothing do not count. */
export function undrawable(measure: TextMeasure, texts: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const character of text) {
      if (/[\s\p{Cc}\p{Cf}]/u.test(character)) continue;
      if (!measure.has(character.codePointAt(0) ?? 0)) found.add(character);
    }
  }
  return [...found];
}
