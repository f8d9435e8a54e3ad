import { spellsOf } from './event-study.ts';
import type { Panel } from './panel.ts';
import type { Regression } from './regression.ts';

export type Guard = 'untestable' | 'clean' | 'failed';
export type Refit = 'untestable' | 'agrees' | 'disagrees';

/** What is kept of the association, at least, when work done takes the place of time active. */
const refitPart = 0.4;
/** Load that goes with a suspect this closely, and is this much higher while it runs, may be the cause itself. */
const controlCorrelation = 0.5;
const controlGrowth = 1.3;

/**
 * Reverse causation: a slow disk lengthens reports, so that time active goes with slowness whoever made it. Work done
 * does not stretch; it must go with the slowness at least about half as well. Here the other suspects are left in: the
 * same suspect is compared with itself.
 */
export function workRefit({ rows, columns }: Panel, slowdown: Float64Array, index: number): Refit {
  const { exposure, work } = columns[index] ?? { exposure: new Float64Array(), work: null };
  if (work === null) return 'untestable';
  const together = (values: Float64Array) =>
    rows.reduce((sum, { weight }, row) => sum + weight * (slowdown[row] ?? 0) * (values[row] ?? 0), 0);
  const byTime = together(exposure);
  if (byTime <= 0) return 'untestable';
  return together(work) >= refitPart * byTime ? 'agrees' : 'disagrees';
}

/** OLTP's own load: no suspect can raise it, but what raises it (a login wave) may slow saving and bring the suspect. */
export function negativeControl(panel: Panel, regression: Regression, index: number): Guard {
  const exposure = panel.columns[index]?.exposure ?? new Float64Array();
  const spells = spellsOf(panel, exposure);
  const active = new Set(
    spells.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
  );
  const idle = panel.rows.filter((_, at) => !active.has(at));
  const busy = panel.rows.filter((_, at) => active.has(at));
  if (idle.length === 0 || busy.length === 0) return 'untestable';
  const usual = meanLoad(idle);
  if (usual <= 0) return 'untestable';
  const grows = meanLoad(busy) / usual >= controlGrowth;
  return grows && regression.correlation(index, null) >= controlCorrelation ? 'failed' : 'clean';
}

const meanLoad = (rows: Panel['rows']): number => rows.reduce((sum, { load }) => sum + load, 0) / rows.length;
