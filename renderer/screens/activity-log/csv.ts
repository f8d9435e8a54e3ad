import type { ActivityEntry } from '../../../shared/model/activity-log.ts';

const header = ['at', 'actor', 'purpose', 'outcome', 'took_ms', 'error', 'sql', 'undo_sql', 'plan_id', 'run_id'];

/** RFC 4180, times in UTC. Cells that a spreadsheet would run as a formula get a leading apostrophe. */
export function activityCsv(entries: readonly ActivityEntry[]): string {
  const rows = entries.map((entry) => [
    new Date(entry.atMs).toISOString(),
    entry.actor,
    entry.purpose,
    entry.outcome,
    entry.tookMs === null ? '' : String(entry.tookMs),
    entry.error ?? '',
    entry.sql,
    entry.undoSql ?? '',
    entry.planId ?? '',
    entry.runId ?? '',
  ]);
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
