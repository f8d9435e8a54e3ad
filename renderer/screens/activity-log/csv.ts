import { csvText } from '../../../shared/format/csv.ts';
import type { ActivityEntry } from '../../../shared/model/activity-log.ts';

const header = ['at', 'actor', 'purpose', 'outcome', 'took_ms', 'error', 'sql', 'undo_sql', 'plan_id', 'run_id'];

/** The log as CSV, times in UTC. */
export function activityCsv(entries: readonly ActivityEntry[]): string {
  const rows = entries.map((entry) => [
    new Date(entry.atMs).toISOString(),
    entry.actor,
    entry.purpose,
    entry.outcome,
    entry.tookMs === null ? null : String(entry.tookMs),
    entry.error,
    entry.sql,
    entry.undoSql,
    entry.planId,
    entry.runId,
  ]);
  return csvText([header, ...rows]);
}
