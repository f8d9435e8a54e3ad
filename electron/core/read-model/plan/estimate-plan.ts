import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Plan, PlanDisk, PlanStep } from '../../../../shared/model/read-model.ts';
import { flipLockTimeoutMs } from '../sql/locks.ts';

/** What a plan's time and space are foreseen from. It changes all the time, so the plan's hash leaves it out. */
export interface EstimateFacts {
  /** The copy that readers see now; null: nothing has been built under this name. */
  readonly live: {
    readonly rows: number | null;
    readonly tableBytes: number;
    readonly indexBytes: number;
    /** How long filling a copy of this version took last; null: not written down. */
    readonly fillMs: number | null;
  } | null;
  /** Most that one process may write to temporary files, bytes; null: no limit. */
  readonly tempFileLimitBytes: number | null;
  /** Null where this role may not see it. */
  readonly dataDirectory: string | null;
}

/** Of a btree over a key, by row: an index tuple with two plain columns and its line pointer, nine tenths full. */
const keyBytesPerRow = 36;
/** What an index takes on a machine of the day, all told: a second a million rows. */
const indexRowsPerMs = 1000;

/** What a copy of rows writes on a machine of the day. */
const copiedBytesPerMs = 100_000;

/** The plan with its expected lock times and its disk. What runs stays as it is. */
export function withEstimates(plan: Plan, facts: EstimateFacts): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, expectedLock: expectedLock(step, plan, facts) })),
    disk: diskOf(plan, facts),
  };
}

function expectedLock(step: PlanStep, plan: Plan, { live }: EstimateFacts): string {
  const { proposal } = plan;
  if (live !== null && keepsRows(step, plan)) {
    const bytes = live.tableBytes + live.indexBytes;
    return `about ${formatDuration(Math.max(10, bytes / copiedBytesPerMs))} for ${formatBytes(bytes)}, at 100 MB a second`;
  }
  switch (step.kind) {
    case 'fill':
      return live?.fillMs == null
        ? `not known, nothing like it has run; EXPLAIN expects a cost of ${formatCount(Math.round(proposal?.expectedCost ?? 0))}, and the proof takes about as long again`
        : `about ${formatDuration(2 * live.fillMs)}: the last fill took ${formatDuration(live.fillMs)}, and the proof takes about as long again`;
    case 'index': {
      const rows = proposal?.expectedRows ?? 0;
      return `about ${formatDuration(Math.max(10, rows / indexRowsPerMs))} for ${formatCount(rows)} rows, at a second a million`;
    }
    case 'flip':
    case 'drop':
      return `milliseconds, once it is granted; waits ${flipLockTimeoutMs} ms for that at a time, for about half a minute in all`;
    case 'analyze':
      return 'a second or two: it reads a sample';
    case 'registry':
    case 'create':
    case 'comment':
    case 'grant':
    case 'verify':
      return 'milliseconds';
  }
}

/** The step of a suspension that copies the served rows into a plain table. */
const keepsRows = ({ kind: step }: PlanStep, { kind }: Plan): boolean => kind === 'suspend' && step === 'create';

function diskOf(plan: Plan, facts: EstimateFacts): PlanDisk | null {
  const { live, tempFileLimitBytes, dataDirectory } = facts;
  const where = dataDirectory === null ? "the server's data directory" : dataDirectory;
  const limit =
    tempFileLimitBytes === null
      ? 'Temporary files are not limited (temp_file_limit).'
      : `A sort may spill ${formatBytes(tempFileLimitBytes)} at most (temp_file_limit).`;
  const free = {
    freeBytes: null,
    freeNote: `PostgreSQL does not tell how much is free: run df -h ${where} on the server. ${limit}`,
  };
  if (live !== null && plan.steps.some((step) => keepsRows(step, plan))) {
    const { tableBytes: copyBytes, indexBytes } = live;
    const basis = 'what the served copy takes now, which is dropped afterwards';
    return { copyBytes, indexBytes, walBytes: copyBytes + indexBytes, laterBytes: 0, basis, ...free };
  }
  const { proposal } = plan;
  if (proposal === null) return null;
  const { expectedRows, expectedBytes } = proposal;
  const measured = live !== null && live.rows !== null && live.rows > 0 ? { ...live, rows: live.rows } : null;
  const copyBytes = measured === null ? expectedBytes : (measured.tableBytes / measured.rows) * expectedRows;
  const indexBytes =
    measured === null ? expectedRows * keyBytesPerRow : (measured.indexBytes / measured.rows) * expectedRows;
  const basis =
    measured === null
      ? `the planner's ${formatCount(expectedRows)} rows and their width`
      : `the planner's ${formatCount(expectedRows)} rows, at the bytes that a row of the served copy takes`;
  return {
    copyBytes: Math.round(copyBytes),
    indexBytes: Math.round(indexBytes),
    walBytes: Math.round(copyBytes + indexBytes),
    laterBytes: Math.round(copyBytes + indexBytes),
    basis,
    ...free,
  };
}
