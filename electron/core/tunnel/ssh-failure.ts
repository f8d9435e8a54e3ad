import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { hostAndPort, hopName, type SshHop } from '../../../shared/model/tunnel.ts';

/** Errors of ssh2: `level` says where it happened, `reason` why a channel was not opened (RFC 4254, 5.1). */
interface SshError extends Error {
  readonly level?: string;
  readonly code?: string;
  readonly reason?: string | number;
}

const prohibited = 1;
const connectFailed = 2;

const unreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve. Check the host name, and the VPN that knows it',
  EAI_AGAIN: 'the name cannot be resolved just now. Check the network and its name server',
  ECONNREFUSED: 'nobody listens there. Check the port, and that an SSH server runs',
  EHOSTUNREACH: 'there is no route to the host. Check the address, the network and the VPN',
  ENETUNREACH: 'there is no route to the network. Check the network and the VPN',
  ETIMEDOUT: 'no answer came in time. A firewall may drop the packets: check host, port and VPN',
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Why an SSH server was not reached or did not answer as one. */
export function sshFailure(error: unknown, hop: SshHop): Failure {
  if (isFailure(error)) return error;
  const { level = '', code = '' } = first(error);
  const fail = (failureCode: 'host_unreachable' | 'connection_lost' | 'unsupported_server', text: string) =>
    new Failure(
      {
        code: failureCode,
        message: `SSH server ${hostAndPort(hop)}: ${text}.`,
        detail: { hop: hopName(hop) },
        retryable: failureCode !== 'unsupported_server',
      },
      { cause: error },
    );
  const reason = unreachable[code];
  if (reason !== undefined) return fail('host_unreachable', reason);
  const text = messageOf(error).replace(/\.$/, '');
  if (level === 'client-timeout') {
    return /keepalive/i.test(text)
      ? fail('connection_lost', 'it no longer answers; the tunnel is given up')
      : fail('host_unreachable', 'it did not finish the handshake in time. Check that host and port are an SSH server');
  }
  if (level === 'handshake' || level === 'protocol') {
    return fail(
      'unsupported_server',
      `the handshake failed (${text}). Check that host and port are a current SSH server`,
    );
  }
  return fail('connection_lost', `the connection broke (${text})`);
}

/** Why the last SSH server does not lead on to `target`. */
export function forwardFailure(error: unknown, hop: SshHop, target: string): Failure {
  if (isFailure(error)) return error;
  const { reason } = first(error);
  const said = messageOf(error)
    .replace(/^\(SSH\) Channel open failure: /, '')
    .replace(/\.$/, '');
  const detail = { hop: hopName(hop), target };
  if (Number(reason) === prohibited) {
    return new Failure(
      {
        code: 'permission_denied',
        message: `The SSH server ${hostAndPort(hop)} does not forward ${hop.user} to ${target} (${said}). Its administrator has to allow it: AllowTcpForwarding and PermitOpen in sshd_config, and permitopen or no-port-forwarding in authorized_keys.`,
        detail,
      },
      { cause: error },
    );
  }
  if (Number(reason) === connectFailed) {
    return new Failure(
      {
        code: 'host_unreachable',
        message: `The SSH server ${hostAndPort(hop)} does not reach ${target} (${said}). Check host and port as that server sees them, and that something listens there.`,
        detail,
        retryable: true,
      },
      { cause: error },
    );
  }
  return new Failure(
    {
      code: 'connection_lost',
      message: `The SSH tunnel through ${hostAndPort(hop)} is gone (${said}).`,
      detail,
      retryable: true,
    },
    { cause: error },
  );
}

/** Happy eyeballs reports one AggregateError with an error for each address; the first tells enough. */
function first(error: unknown): Partial<SshError> {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return inner instanceof Error ? inner : {};
}
