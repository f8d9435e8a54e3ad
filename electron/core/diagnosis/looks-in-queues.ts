import type { BlamedInterval } from './blame.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { queueOf } from './pressure.ts';

/** Samples of the blamed intervals that met one of the groups in a queue: on a processor or waiting for the disk. */
export function looksInQueues(
  groups: readonly StatementGroup[],
  intervals: readonly BlamedInterval[],
  catalog: Catalog,
): number {
  let looks = 0;
  for (const { damage } of intervals) {
    for (const { rows } of damage.interval.samples) {
      const met = rows.some(({ statementId, use }) => {
        if (use === null || queueOf(use) === null) return false;
        const group = catalog.groupOf(statementId);
        return group !== null && groups.includes(group);
      });
      if (met) looks += 1;
    }
  }
  return looks;
}

/**
 * Looks meet a statement by accident, too: the part, 0..1, of what so many looks tell that is none, with 95 % certainty
 * (lower limit of a Poisson count over the count, Byar's approximation: Breslow and Day 1987, 2.4). 1 look: 0.04,
 * 2: 0.17, 5: 0.39, 20: 0.66.
 */
export function certainPart(looks: number): number {
  if (looks === 0) return 0;
  return Math.max(0, 1 - 1 / (9 * looks) - 1.645 / (3 * Math.sqrt(looks))) ** 3;
}
