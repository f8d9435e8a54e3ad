import { useSyncExternalStore } from 'react';
import type { ChartPalette } from '../../shared/charts/palette.ts';

/** The attribute that decides which half of `theme/tokens.css` holds. */
const shownScheme = (): string | undefined => document.documentElement.dataset['mantineColorScheme'];

/** Read from the custom properties of `theme/tokens.css`: a canvas knows none. */
function readPalette(scheme: string | undefined): ChartPalette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--db-${name}`).trim();
  return {
    scheme: scheme === 'light' ? 'light' : 'dark',
    font: token('font'),
    surface: token('surface'),
    text: token('text'),
    textDim: token('text-dim'),
    border: token('border'),
    axis: token('chart-axis'),
    grid: token('chart-grid'),
    line: token('chart-line'),
    accent: token('accent'),
    bad: token('bad'),
    warning: token('warning'),
    lockWait: token('lock-wait'),
    oltp: token('class-oltp'),
    reporting: token('class-reporting'),
    batch: token('class-batch'),
    maintenance: token('class-maintenance'),
    mixed: token('class-mixed'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`series-${n}`)),
    heatLow: token('heat-low'),
    heatHigh: token('heat-high'),
  };
}

let read: { readonly scheme: string | undefined; readonly palette: ChartPalette } | null = null;

/** Compares the scheme each time: a theme that is switched on a screen without charts is seen by no observer. */
function currentPalette(): ChartPalette {
  const scheme = shownScheme();
  if (read === null || read.scheme !== scheme) read = { scheme, palette: readPalette(scheme) };
  return read.palette;
}

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
  return () => observer.disconnect();
}

/** The palette now; a switch of the theme draws every chart again. */
export function usePalette(): ChartPalette {
  return useSyncExternalStore(subscribe, currentPalette);
}
