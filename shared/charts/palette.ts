/** The theme's colours as a chart needs them. On a screen read from `renderer/theme/tokens.css`. */
export interface ChartPalette {
  readonly scheme: 'dark' | 'light';
  readonly font: string;
  readonly surface: string;
  readonly text: string;
  readonly textDim: string;
  readonly border: string;
  readonly axis: string;
  readonly grid: string;
  readonly line: string;
  readonly accent: string;
  readonly bad: string;
  readonly warning: string;
  readonly lockWait: string;
  readonly oltp: string;
  readonly reporting: string;
  readonly batch: string;
  readonly maintenance: string;
  readonly mixed: string;
  readonly series: readonly string[];
  readonly heatLow: string;
  readonly heatHigh: string;
}
