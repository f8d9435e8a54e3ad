import type { FailureCode } from '../../shared/model/failure.ts';

type Shown = FailureCode | 'unexpected' | 'engine_gone';

/** What a failure is called before its own message says to which object it happened. */
export const failureTitles: Readonly<Record<Shown, string>> = {
  invalid_input: 'That input cannot be used',
  not_found: 'Not found',
  not_connected: 'Not connected',
  host_unreachable: 'The server cannot be reached',
  tls_failed: 'No trusted encrypted connection',
  login_failed: 'The server refused the login',
  host_key_unknown: 'An SSH server that is not known yet',
  host_key_changed: 'This may not be the SSH server it was',
  ssh_login_failed: 'No way in at the SSH server',
  permission_denied: 'The role may not do this',
  capability_missing: 'The server lacks something that this needs',
  unsupported_server: 'This server is not supported',
  statement_refused: 'This statement cannot be used',
  unproven: 'Not proven yet',
  plan_stale: 'The plan is out of date',
  lock_not_granted: 'Others hold the lock',
  busy: 'Somebody else is at it',
  cancelled: 'Cancelled',
  connection_lost: 'The connection broke',
  server_error: 'The server reported an error',
  storage_failed: 'The local store failed',
  not_available: 'Not possible here',
  unexpected: 'Something went wrong inside Daybreak',
  engine_gone: 'The engine does not answer',
};

/** Of `busy`, where nobody is at it: a window is open. */
export const heldByCalendar = 'A calendar holds it back';

/** Failures that are nobody's fault and need no alarm colour. */
export const calmCodes: ReadonlySet<Shown> = new Set([
  'not_connected',
  'cancelled',
  'engine_gone',
  'busy',
  'host_key_unknown',
]);
