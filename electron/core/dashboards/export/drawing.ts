import type { ChartPalette } from '../../../../shared/charts/palette.ts';
import type { TextMeasure } from './text-measure.ts';

/** What everything that is drawn into one document shares. */
export interface Drawing {
  readonly palette: ChartPalette;
  readonly measure: TextMeasure;
  /** Ids of patterns: two widgets of one document must not share one. */
  readonly nextId: () => string;
}

export function drawing(palette: ChartPalette, measure: TextMeasure): Drawing {
  let last = 0;
  return { palette, measure, nextId: () => `d${(last += 1)}` };
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** SVG elements from 0,0 on, as high as they came out. `note`: what did not fit, in a sentence. */
export interface Drawn {
  readonly svg: string;
  readonly height: number;
  readonly note: string | null;
}
