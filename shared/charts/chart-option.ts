import type { Pattern } from './pattern.ts';

/**
 * The part of an ECharts option that widgets use, spelled out because this room imports no library. It fits ECharts' own
 * types (`renderer/charts/chart-option.ts`), so the compiler holds the two together where a screen draws one.
 */
export type ChartOption = BaseOption & {
  grid?: GridOption;
  tooltip?: HoverOption;
  visualMap?: ColorScaleOption;
  xAxis?: AxisOption | AxisOption[];
  yAxis?: AxisOption | AxisOption[];
  series?: SeriesOption[];
};

/** An alias, as `ChartOption` is: an interface has no index signature, which ECharts' type asks for. */
export type BaseOption = {
  textStyle?: { fontFamily?: string; color?: string };
  animation?: boolean;
  animationDuration?: number;
  animationDurationUpdate?: number;
  aria?: {
    enabled?: boolean;
    label?: { enabled?: boolean };
    decal?: { show?: boolean; decals?: Pattern[] };
  };
};

export interface GridOption {
  left?: number | string;
  right?: number | string;
  top?: number | string;
  bottom?: number | string;
  outerBoundsMode?: 'auto' | 'same' | 'none';
  outerBoundsContain?: 'all' | 'axisLabel';
}

export interface HoverOption {
  trigger?: 'axis' | 'item' | 'none';
  showContent?: boolean;
  renderMode?: 'richText' | 'html' | 'auto';
  axisPointer?: {
    type?: 'line' | 'shadow' | 'none';
    label?: { show?: boolean };
    lineStyle?: { color?: string };
    shadowStyle?: { color?: string; opacity?: number };
  };
}

export interface ColorScaleOption {
  type: 'continuous';
  show?: boolean;
  min?: number;
  max?: number;
  inRange?: { color?: string[] };
}

export type AxisOption = CategoryAxisOption | ValueAxisOption;

interface AnyAxisOption {
  inverse?: boolean;
  name?: string;
  axisLine?: { show?: boolean; lineStyle?: { color?: string } };
  axisTick?: { show?: boolean };
  splitArea?: { show?: boolean };
  splitLine?: { show?: boolean; lineStyle?: { color?: string } };
}

export interface CategoryAxisOption extends AnyAxisOption {
  type: 'category';
  data?: string[];
  boundaryGap?: boolean;
  position?: 'left' | 'right' | 'top' | 'bottom';
  axisLabel?: AxisLabelOption & { interval?: number; formatter?: (name: string) => string };
}

export interface ValueAxisOption extends AnyAxisOption {
  type: 'value';
  min?: number;
  max?: number;
  position?: 'left' | 'right' | 'top' | 'bottom';
  splitNumber?: number;
  scale?: boolean;
  alignTicks?: boolean;
  axisLabel?: AxisLabelOption & { formatter?: (tick: number) => string };
}

export interface AxisLabelOption {
  show?: boolean;
  color?: string;
  fontFamily?: string;
  fontSize?: number;
  hideOverlap?: boolean;
  width?: number;
  overflow?: 'truncate' | 'break' | 'breakAll';
  lineHeight?: number;
}

export type SeriesOption = LineOption | BarOption | HeatOption;

interface AnySeriesOption {
  id?: string;
  name?: string;
  color?: string;
  yAxisIndex?: number;
}

export interface LineOption extends AnySeriesOption {
  type: 'line';
  data?: (number | null)[];
  stack?: string;
  symbol?: 'circle' | 'rect' | 'triangle' | 'diamond' | 'none';
  symbolSize?: number;
  showSymbol?: boolean;
  z?: number;
  lineStyle?: { width?: number; type?: 'solid' | number[]; color?: string };
  areaStyle?: { color?: string; opacity?: number; decal?: Partial<Pattern> };
  itemStyle?: { decal?: Pattern };
  emphasis?: { disabled?: boolean };
}

export interface BarOption extends AnySeriesOption {
  type: 'bar';
  stack?: string;
  data?: (number | { value: number; itemStyle?: { color?: string; decal?: Pattern } })[];
  itemStyle?: { color?: string; decal?: Pattern; borderRadius?: number };
  barMaxWidth?: number;
  barCategoryGap?: string;
  emphasis?: { focus?: 'none' };
}

/** Column, row and value, with the colour of its text where it has one. */
export type HeatCell = number[] | { value: number[]; label?: { color?: string } };

export interface HeatOption {
  type: 'heatmap';
  id?: string;
  data?: HeatCell[];
  itemStyle?: { borderColor?: string; borderWidth?: number; borderRadius?: number };
  label?: { show?: boolean; fontSize?: number; formatter?: (params: unknown) => string };
  emphasis?: { itemStyle?: { borderColor?: string; borderWidth?: number } };
}
