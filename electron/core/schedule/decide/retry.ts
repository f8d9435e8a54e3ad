import type { FailureCode } from '../../../../shared/model/failure.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { seeded } from './seeded.ts';

/** How a refresh failed. */
export interface FailedAttempt {
  readonly readModel: string;
  readonly code: FailureCode;
  /** Null where the server did not say one. */
  readonly sqlstate: string | null;
  /** The same call may succeed later without anybody changing anything; a SQLSTATE knows better. */
  readonly retryable: boolean;
  /** What failures in a row before this one came from, latest first: see `ModelState`. A success sets it back. */
  readonly before: readonly (string | null)[];
  readonly endedAtMs: number;
}

/**
 * - retry: soon, by itself
 * - wait: at its next turn; its owner is told
 * - stop: not before a person has acted; its owner is told
 * - hand_back: it is this runner's own trouble, and others may do better
 */
export type AfterFailure =
  | { readonly kind: 'retry'; readonly atMs: number; readonly text: string }
  | { readonly kind: 'wait'; readonly text: string }
  | { readonly kind: 'stop'; readonly text: string }
  | { readonly kind: 'hand_back'; readonly text: string };

/** Further attempts after the first, before its next turn is waited for. */
export const retriesAtMost = 5;
/** An error that nobody knows is given this many turns. */
const unknownAtMost = 3;
const firstRetryMs = 5_000;
export const longestRetryMs = 10 * 60_000;

/** One more than the most that are counted. */
export const failuresToldApart = retriesAtMost + 1;

/** own: of the runner's role, connection or disk, which says nothing about the read model. */
type ErrorClass = 'passes' | 'permanent' | 'unknown' | 'own';

/** By whole codes first, then by class (their first two letters). */
const classOf: Readonly<Record<string, ErrorClass>> = {
  '55P03': 'passes', // lock_not_available
  '55006': 'passes', // object_in_use
  '57014': 'passes', // query_canceled: a statement_timeout, or somebody's pg_cancel_backend
  '57P01': 'passes', // admin_shutdown
  '57P02': 'passes', // crash_shutdown
  '57P03': 'passes', // cannot_connect_now
  '57P05': 'passes', // idle_session_timeout
  '25006': 'passes', // read_only_sql_transaction: a standby that is being promoted, or a fail-over
  '08': 'passes', // connections
  '40': 'passes', // deadlock, serialization; on a replica: conflict with recovery
  '53': 'passes', // resources: disk full, out of memory, too many connections
  '0A': 'permanent', // feature_not_supported
  '21': 'permanent', // cardinality_violation: a sub-select with two rows
  '23': 'permanent', // constraints: the rows do not fit the key
  '3F': 'permanent', // invalid_schema_name
  '42': 'permanent', // syntax, names, types, rights
  '54': 'permanent', // limits of the server: an index row too large
  XX: 'permanent', // internal error, damaged data: never hammer on it
};

/** Failures without a SQLSTATE. What a person did on purpose (cancelled) is not asked here. */
const classOfCode: Readonly<Partial<Record<FailureCode, ErrorClass>>> = {
  lock_not_granted: 'passes',
  busy: 'passes',
  connection_lost: 'passes',
  host_unreachable: 'passes',
  not_connected: 'passes',
  permission_denied: 'own',
  capability_missing: 'own',
  unsupported_server: 'own',
  storage_failed: 'own',
  not_available: 'own',
  statement_refused: 'permanent',
  not_found: 'permanent',
};

const classOfState = (sqlstate: string): ErrorClass => classOf[sqlstate] ?? classOf[sqlstate.slice(0, 2)] ?? 'unknown';

export function errorClass(code: FailureCode, sqlstate: string | null, retryable: boolean): ErrorClass {
  if (sqlstate !== null) return classOfState(sqlstate);
  const byCode = classOfCode[code];
  return retryable && byCode !== 'own' ? 'passes' : (byCode ?? 'unknown');
}

/** Whatever the read model, such a failure would be the same for this runner. */
export const concernsAll = (code: FailureCode): boolean => classOfCode[code] === 'own' && code !== 'permission_denied';

/** Earlier failures of the same class in a row. A runner that died is tried again, like an error that passes. */
function sameBefore(kind: ErrorClass, { sqlstate, before }: FailedAttempt): readonly (string | null)[] {
  const isSame = (earlier: string | null): boolean => {
    if (earlier === null) return sqlstate === null;
    return (earlier === 'abandoned' ? 'passes' : classOfState(earlier)) === kind;
  };
  const other = before.findIndex((earlier) => !isSame(earlier));
  return other === -1 ? before : before.slice(0, other);
}

/**
 * What follows from a failure. Errors that pass are retried with growing pauses; permanent ones stop the schedule of this
 * read model alone. An error that nobody knows, such as a division by zero in the ERP's rows, is as it will be in a
 * minute, but maybe not tomorrow: it gets its next turns, and stops after the third of that kind in a row.
 */
export function afterFailure(failed: FailedAttempt): AfterFailure {
  const { readModel, code, sqlstate, retryable, endedAtMs } = failed;
  const kind = errorClass(code, sqlstate, retryable);
  const earlier = sameBefore(kind, failed);
  const times = earlier.length + 1;
  const what = sqlstate === null ? code : `SQLSTATE ${sqlstate}`;
  const came = earlier.every((one) => one === sqlstate)
    ? `${what} came ${times} times in a row`
    : `errors of this kind came ${times} times in a row, ${what} the last`;
  switch (kind) {
    case 'passes': {
      if (times > retriesAtMost) return { kind: 'wait', text: `${came}: its next turn is waited for` };
      const pauseMs = retryPauseMs(readModel, times, endedAtMs);
      return {
        kind: 'retry',
        atMs: endedAtMs + pauseMs,
        text: `${what} passes: retry ${times} of ${retriesAtMost} in ${formatDuration(pauseMs)}`,
      };
    }
    case 'permanent':
      return { kind: 'stop', text: `${what} does not pass by itself: the schedule of ${readModel} stops` };
    case 'unknown':
      return times < unknownAtMost
        ? { kind: 'wait', text: `${what} may not pass by itself: its next turn is waited for` }
        : { kind: 'stop', text: `${came}: the schedule of ${readModel} stops` };
    case 'own':
      return { kind: 'hand_back', text: `${what} is this runner's own trouble: ${readModel} is left to others` };
  }
}

/** Doubles from 5 s to 10 min; the upper half of it is left to chance, so that many models do not return together. */
export function retryPauseMs(readModel: string, failures: number, endedAtMs: number): number {
  const wholeMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));
  return Math.round(wholeMs * (0.5 + seeded(readModel, failures, endedAtMs) / 2));
}
