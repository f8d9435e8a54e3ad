import type { ChartOption } from './chart-option.ts';
import type { ChartPalette } from './palette.ts';
import { patternOf } from './pattern.ts';

/** Fonts and patterns that all charts share. */
export function baseOption(palette: ChartPalette): ChartOption {
  return {
    textStyle: { fontFamily: palette.font, color: palette.text },
    animationDuration: 200,
    animationDurationUpdate: 200,
    // Labels are ours (`Chart` takes one): ECharts' own sentence would read the series names out and no more.
    aria: {
      enabled: true,
      label: { enabled: false },
      decal: { show: true, decals: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => patternOf(index, palette.scheme)) },
    },
  };
}

/** `pointer`: what is drawn under the hovered place. */
export const tooltipOption = (palette: ChartPalette, pointer: 'line' | 'shadow' = 'line') => ({
  // Text on a canvas: names and SQL come from the server and must never become HTML.
  renderMode: 'richText' as const,
  confine: true,
  backgroundColor: palette.surface,
  borderColor: palette.border,
  borderWidth: 1,
  padding: [8, 12],
  textStyle: { color: palette.text, fontFamily: palette.font, fontSize: 12 },
  axisPointer: {
    type: pointer,
    lineStyle: { color: palette.axis },
    shadowStyle: { color: palette.axis, opacity: 0.08 },
  },
  transitionDuration: 0,
});

export const axisText = (palette: ChartPalette) => ({
  color: palette.axis,
  fontFamily: palette.font,
  fontSize: 11,
  hideOverlap: true,
});

export const gridLines = (palette: ChartPalette) => ({ lineStyle: { color: palette.grid } });
