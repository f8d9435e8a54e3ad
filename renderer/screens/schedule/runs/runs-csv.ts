import { csvText } from '../../../../shared/format/csv.ts';
import type { RecordedRun } from '../../../../shared/model/schedule-view.ts';

const header = [
  'read_model',
  'version',
  'outcome',
  'mode',
  'why',
  'due',
  'queued',
  'started',
  'ended',
  'took_ms',
  'as_of',
  'rows',
  'rows_inserted',
  'rows_updated',
  'rows_deleted',
  'wal_bytes',
  'temp_bytes',
  'lock_wait_ms',
  'attempt',
  'retry_reason',
  'cancel_asked_by',
  'error',
  'sqlstate',
  'runner',
  'epoch',
  'run_id',
];

/** Runs as CSV, times in UTC. */
export function runsCsv(runs: readonly RecordedRun[]): string {
  return csvText([header, ...runs.map(cells)]);
}

/** Runs as text for a spreadsheet or a ticket: the same columns, apart by tabs. */
export function runsText(runs: readonly RecordedRun[]): string {
  const lines = [header, ...runs.map(cells)];
  return lines.map((line) => line.map((cell) => String(cell ?? '').replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

function cells(run: RecordedRun): readonly (string | number | null)[] {
  const { cost } = run;
  return [
    run.readModel,
    run.version,
    run.state,
    run.mode,
    run.why?.text ?? null,
    moment(run.dueMs),
    moment(run.queuedAtMs),
    moment(run.startedAtMs),
    moment(run.endedAtMs),
    run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs,
    moment(run.asOfMs),
    run.rows,
    cost.rowsInserted,
    cost.rowsUpdated,
    cost.rowsDeleted,
    cost.walBytes,
    cost.tempBytes,
    run.lockWaitMs,
    run.attempt,
    run.retryReason,
    run.cancelAsked?.by ?? null,
    run.error,
    run.sqlstate,
    run.runner,
    run.epoch,
    run.runId,
  ];
}

const moment = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());
