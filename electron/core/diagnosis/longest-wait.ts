import type { Catalog } from './catalog.ts';
import type { SeenSample } from './history-view.ts';
import { pilesUp } from './roles.ts';
import { saversOf } from './savers.ts';
import type { SaveUnit } from './saves.ts';

/**
 * The longest that somebody who saves was seen to be at it, ms: the age of the statement at work, or of its transaction.
 * A mean and a percentile say nothing of the few that stood behind a lock for half a minute.
 */
export function longestSaveMs(samples: readonly SeenSample[], catalog: Catalog, unit: SaveUnit): number {
  const saves = saversOf(catalog);
  let longestMs = 0;
  for (const { atMs, rows } of samples) {
    for (const { statementId, row, use } of rows) {
      const group = catalog.groupOf(statementId);
      if (use === null || row.leaderPid !== null || group === null || !pilesUp(group)) continue;
      if (unit.kind === 'saves' && !saves(row.databaseName, row.roleName)) continue;
      longestMs = Math.max(longestMs, atMs - (row.queryStartMs ?? atMs), atMs - (row.xactStartMs ?? atMs));
    }
  }
  return longestMs;
}
