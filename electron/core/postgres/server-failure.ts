import { Failure, isFailure, type FailureCode } from '../../../shared/model/failure.ts';

/** What an error of pg, of Node's sockets or of its TLS may carry. */
interface ServerError {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly severity?: string;
}

const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve. Check the host name, and the VPN that knows it',
  EAI_AGAIN: 'the name cannot be resolved just now. Check the network and its name server',
  EAI_FAIL: 'the name cannot be resolved. Check the network and its name server',
  ECONNREFUSED: 'nobody listens there. Check the port, that PostgreSQL runs, and its listen_addresses',
  EHOSTUNREACH: 'there is no route to the host. Check the address, the network and the VPN',
  ENETUNREACH: 'there is no route to the network. Check the network and the VPN',
  EHOSTDOWN: 'the host is down',
  EADDRNOTAVAIL: 'the address cannot be used from this machine',
  ETIMEDOUT: 'no answer came in time. A firewall may drop the packets: check host, port and VPN',
  ENOENT: 'there is no such socket. Check the directory and the port, and that PostgreSQL runs',
  ENOTSOCK: 'that file is not a socket. Give the directory of the socket as the host',
  EACCES: 'this user may not open the socket. Check the permissions of its directory',
};
const brokenSocket: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_DESTROYED']);
const brokenText =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|read ECONNRESET|timeout expired)/;
const tlsCode =
  /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/**
 * The expected failure behind an error of pg, a socket or TLS. `subject` opens the message: what was being done, to
 * which object ("Reading reporting.sales"). Anything that no server or network can cause is a bug and is thrown again.
 */
export function toFailure(error: unknown, subject: string): Failure {
  if (isFailure(error)) return error;
  if (!(error instanceof Error)) throw error;
  const known = innermost(error);
  const { message, code = '' } = known;
  const fail = (failureCode: FailureCode, text: string, more: { retryable?: boolean; action?: string } = {}) =>
    new Failure({ code: failureCode, message: `${subject}: ${text}.`, ...more }, { cause: error });

  if (known.severity !== undefined && /^[0-9A-Z]{5}$/.test(code)) return fromSqlstate(known, code, subject, error);
  if (error.name === 'AbortError' || code === 'ABORT_ERR') return fail('cancelled', 'cancelled');
  const reason = unreachable[code];
  if (reason !== undefined) return fail('host_unreachable', reason, { retryable: true });
  if (brokenSocket.has(code) || brokenText.test(message)) {
    return fail('connection_lost', 'the server went away', { retryable: true });
  }
  if (tlsCode.test(code)) return fail('tls_failed', `${message} (${code})`);
  if (message.includes('does not support SSL') || message.includes('establishing an SSL connection')) {
    return fail('tls_failed', 'the server refuses TLS');
  }
  if (
    message.startsWith('SASL') ||
    message.includes('unsupported authentication') ||
    message.includes('authenticationOk')
  ) {
    return fail('login_failed', message);
  }
  throw error;
}

function fromSqlstate(error: ServerError, sqlstate: string, subject: string, cause: Error): Failure {
  const rule = ruleOf(sqlstate, error.message);
  const text = [error.message, error.detail, rule.next].filter((part) => part !== undefined && part !== '');
  const detail = { ...(error.detail ? { detail: error.detail } : {}), ...(error.hint ? { hint: error.hint } : {}) };
  return new Failure(
    {
      code: rule.code,
      message: `${subject}: ${text.map((part) => String(part).replace(/\.$/, '')).join('. ')}.`,
      sqlstate,
      retryable: rule.retryable ?? false,
      ...(Object.keys(detail).length === 0 ? {} : { detail }),
    },
    { cause },
  );
}

interface Rule {
  readonly code: FailureCode;
  readonly retryable?: boolean;
  readonly next?: string;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; which are worth another try: 05, "Scheduling". */
function ruleOf(sqlstate: string, message: string): Rule {
  switch (sqlstate) {
    case '28P01':
      return { code: 'login_failed', next: 'Type the password again, or correct the passfile' };
    case '28000':
      return message.includes('pg_hba.conf')
        ? { code: 'login_failed', next: 'The server has to allow this host, role and database in its pg_hba.conf' }
        : { code: 'login_failed' };
    case '3D000':
      return { code: 'login_failed', next: 'Check the name of the database' };
    case '42501':
      return { code: 'permission_denied' };
    case '25006':
      return { code: 'statement_refused', next: 'Only statements that read may run here' };
    case '55P03':
      return { code: 'lock_not_granted', retryable: true };
    case '57014':
      return { code: 'cancelled', retryable: !message.includes('user request') };
    case '57P01':
    case '57P02':
    case '57P03':
    case '57P05':
      return { code: 'connection_lost', retryable: true };
    case '40001':
    case '40P01':
      return { code: 'server_error', retryable: true };
    case '53300':
      return {
        code: 'server_error',
        retryable: true,
        next: 'All connections of the server, or of this role, are in use',
      };
    case '53100':
      return { code: 'server_error', retryable: true, next: "Make room on the server's disk, then try again" };
    case '53400':
      return {
        code: 'server_error',
        next: 'Have an administrator raise that limit for this role, or its work_mem, so that less is spilled',
      };
    case '55000':
      return message.includes('shared_preload_libraries') ? { code: 'capability_missing' } : { code: 'server_error' };
    default:
      if (sqlstate.startsWith('08')) return { code: 'connection_lost', retryable: true };
      if (sqlstate.startsWith('53')) return { code: 'server_error', retryable: true };
      return { code: 'server_error' };
  }
}

/** Happy eyeballs reports one AggregateError with an error for each address; the first tells enough. */
function innermost(error: Error): ServerError {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error;
}

/** True where the backend, or the way to it, is gone: not where a statement failed. */
export function isConnectionBroken(error: unknown): boolean {
  if (isFailure(error)) return error.value.code === 'connection_lost' || error.value.code === 'host_unreachable';
  if (!(error instanceof Error)) return false;
  const { code = '', message, severity } = innermost(error);
  if (severity !== undefined) return code.startsWith('57P') || code.startsWith('08');
  return brokenSocket.has(code) || code in unreachable || brokenText.test(message);
}
