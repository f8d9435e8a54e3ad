import type { BaseOption } from './chart-option.ts';
import type { ChartPalette } from './palette.ts';
import { patternOf } from './pattern.ts';

/** Fonts and patterns that all charts share. */
export function baseOption(palette: ChartPalette): BaseOption {
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

/** Marks the hovered place. What is said about it is `HoverText`: ECharts prints nothing itself. */
export const hoverOption = (palette: ChartPalette, pointer: 'line' | 'shadow' | 'none') => ({
  trigger: 'axis' as const,
  showContent: false,
  renderMode: 'richText' as const,
  axisPointer: {
    type: pointer,
    label: { show: false },
    lineStyle: { color: palette.axis },
    shadowStyle: { color: palette.axis, opacity: 0.08 },
  },
});

export const axisText = (palette: ChartPalette) => ({
  color: palette.axis,
  fontFamily: palette.font,
  fontSize: 11,
  hideOverlap: true,
});

export const gridLines = (palette: ChartPalette) => ({ lineStyle: { color: palette.grid } });
