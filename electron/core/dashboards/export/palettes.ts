import type { ChartPalette } from '../../../../shared/charts/palette.ts';
import { fontFamilies } from './svg-markup.ts';

/** What lies between and around the cards of a dashboard. */
export const exportGrounds = { dark: '#0e1116', light: '#f5f6f8' } as const;

/** The colours of `renderer/theme/tokens.css` for pictures that no browser draws; a test holds the two together. */
export const exportPalettes: Readonly<Record<'dark' | 'light', ChartPalette>> = {
  dark: {
    scheme: 'dark',
    font: fontFamilies,
    surface: '#161a21',
    text: '#e8ecf1',
    textDim: '#98a2b0',
    border: '#262d37',
    axis: '#98a2b0',
    grid: '#262d37',
    line: '#ffffff',
    accent: '#f5a65b',
    bad: '#ff7b72',
    warning: '#e3b341',
    lockWait: '#e5484d',
    oltp: '#5aa9ec',
    reporting: '#f5a65b',
    batch: '#b48ce0',
    maintenance: '#7d8796',
    mixed: '#6fbfb2',
    series: ['#5aa9ec', '#f5a65b', '#5fbf86', '#b48ce0', '#e0c15a', '#6fbfb2', '#e57f9b', '#93a1b3'],
    heatLow: '#1d2a38',
    heatHigh: '#5aa9ec',
  },
  light: {
    scheme: 'light',
    font: fontFamilies,
    surface: '#ffffff',
    text: '#1a1f27',
    textDim: '#5a6472',
    border: '#e1e5ea',
    axis: '#5a6472',
    grid: '#e1e5ea',
    line: '#1a1f27',
    accent: '#b4530a',
    bad: '#b3261e',
    warning: '#855f00',
    lockWait: '#cc2936',
    oltp: '#2f7dc1',
    reporting: '#d97a26',
    batch: '#8a6bb0',
    maintenance: '#7d8796',
    mixed: '#2f8f83',
    series: ['#2f7dc1', '#d97a26', '#5a9d6b', '#8a6bb0', '#b8922a', '#2f8f83', '#c2577a', '#66717f'],
    heatLow: '#e4eef8',
    heatHigh: '#2f7dc1',
  },
};
