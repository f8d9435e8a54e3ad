import { exportPalettes } from '../../../electron/core/dashboards/export/palettes.ts';
import type { ChartPalette } from '../../../shared/charts/palette.ts';

/** With series that can be told apart by their number. */
export const palette: ChartPalette = {
  ...exportPalettes.dark,
  font: 'sans-serif',
  series: ['#1', '#2', '#3', '#4', '#5', '#6', '#7', '#8'],
};
