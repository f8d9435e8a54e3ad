import { fontSizePx } from '../../shared/charts/font-size.ts';

/** ECharts asks how wide this one is to know the height of a line: by the design of such letters, the size of the font. */
const squareLetter = '国';

let context: CanvasRenderingContext2D | null = null;
let fontNow: string | undefined;

/**
 * The width of a text in a font of CSS ('11px sans-serif'), px. The letter that ECharts takes for a square is not looked
 * for: in a browser that has no font of this page with it, that takes 20 to 40 ms of the first chart, and where the system
 * has none at all the answer is the box of a missing letter.
 */
export function textWidth(text: string, font = '12px sans-serif'): number {
  if (text === squareLetter) return fontSizePx(font);
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  if (font !== fontNow) {
    context.font = font;
    fontNow = font;
  }
  return context.measureText(text).width;
}
