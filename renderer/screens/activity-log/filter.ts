import type { ActivityEntry } from '../../../shared/model/activity-log.ts';

/** Entries that contain every word of the filter, anywhere and in any case. */
export function filterEntries(entries: readonly ActivityEntry[], filter: string): readonly ActivityEntry[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const text = [entry.sql, entry.actor, entry.purpose, entry.outcome, entry.error, entry.undoSql]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
