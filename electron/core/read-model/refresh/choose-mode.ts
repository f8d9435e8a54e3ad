import type { Run } from '../../../../shared/model/read-model.ts';

export interface RefreshFacts {
  /** Rows of the copy that readers see; null when they were never counted. */
  readonly liveRows: number | null;
  readonly livePopulated: boolean;
  /** The copy has an index that REFRESH CONCURRENTLY accepts. */
  readonly keyQualifies: boolean;
}

export interface RefreshChoice {
  readonly mode: Run['mode'];
  readonly reason: string;
}

/** Above it CONCURRENTLY costs three times a plain refresh, spills and bloats. */
const concurrentBelowRows = 100_000;

/**
 * Side by side is the rule: a plain refresh of the hidden copy, then a flip. A small model with a sound key is merged
 * in place instead: that needs no second copy and no moment of ACCESS EXCLUSIVE on the stable view.
 */
export function chooseMode({ liveRows, livePopulated, keyQualifies }: RefreshFacts): RefreshChoice {
  const sideBySide = (reason: string): RefreshChoice => ({ mode: 'side_by_side', reason });
  if (!livePopulated) return sideBySide('the copy that readers see was never filled');
  if (!keyQualifies) return sideBySide('the copy has no unique index that a concurrent refresh could use');
  if (liveRows === null) return sideBySide('the number of rows is not known');
  if (liveRows >= concurrentBelowRows) return sideBySide(`${liveRows} rows are too many to merge in place`);
  return { mode: 'concurrent', reason: `${liveRows} rows are merged in place, unnoticed by readers` };
}
