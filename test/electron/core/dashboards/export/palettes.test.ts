import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exportGrounds, exportPalettes } from '../../../../../electron/core/dashboards/export/palettes.ts';

const css = readFileSync(new URL('../../../../../renderer/theme/tokens.css', import.meta.url), 'utf8');

function tokens(scheme: 'dark' | 'light'): (name: string) => string | undefined {
  const [, body = ''] = new RegExp(`\\[data-mantine-color-scheme='${scheme}'\\] \\{([^}]*)\\}`).exec(css) ?? [];
  const found = new Map(
    [...body.matchAll(/--db-([\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
  return (name) => found.get(name);
}

it.each(['dark', 'light'] as const)('the colours of exports are those of the %s theme', (scheme) => {
  const token = tokens(scheme);
  const { scheme: named, font: _font, ...colors } = exportPalettes[scheme];
  expect(named).toBe(scheme);
  expect(exportGrounds[scheme]).toBe(token('bg'));
  expect(colors).toEqual({
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
  });
});
