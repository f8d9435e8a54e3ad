import type { ActivityEntry } from '../../shared/model/activity-log.ts';

/** Entries of the activity log, newest first. */
export interface LogPage {
  readonly entries: readonly ActivityEntry[];
  /** True when older entries are stored. */
  readonly more: boolean;
}

/** A fresh first page over what is shown: pages below it stay, unless a gap would open between them. */
export function mergeNewest(newest: LogPage, shown: LogPage): LogPage {
  const oldestNew = newest.entries.at(-1)?.entryId;
  if (oldestNew === undefined || !newest.more) return newest;
  const below = shown.entries.filter((entry) => entry.entryId < oldestNew);
  const touches = shown.entries.some((entry) => entry.entryId >= oldestNew);
  return below.length > 0 && touches ? { entries: [...newest.entries, ...below], more: shown.more } : newest;
}
