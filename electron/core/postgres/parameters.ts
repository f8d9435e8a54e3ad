import { userInfo } from 'node:os';
import { tlsModeSchema, type ConnectionSettings, type TlsMode } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { TunnelSettings } from '../../../shared/model/tunnel.ts';
import { tunnelFrom } from '../tunnel/ssh-address.ts';
import { readSshConfig } from '../tunnel/ssh-config.ts';
import type { Environment } from './user-files.ts';

/** Settings, and beside them the password, which never becomes part of them. */
export interface ParsedConnection {
  readonly settings: ConnectionSettings;
  readonly password: string | null;
}

/**
 * What a libpq parameter that we do not use would change about the connection. Those in `harmless` change nothing that
 * Daybreak does not decide itself; those in `refused` would lead elsewhere, or in as somebody else.
 */
const harmless: ReadonlySet<string> = new Set(
  `application_name fallback_application_name connect_timeout keepalives keepalives_idle keepalives_interval
   keepalives_count tcp_user_timeout client_encoding gssencmode channel_binding sslcompression sslsni
   ssl_min_protocol_version ssl_max_protocol_version gsslib gssdelegation krbsrvname require_auth
   load_balance_hosts min_protocol_version max_protocol_version sslkeylogfile`.split(/\s+/),
);
const refused: Readonly<Record<string, string>> = {
  hostaddr: 'Give the address as host.',
  sslcert: 'Signing in with a client certificate is not supported; use a password.',
  sslkey: 'Signing in with a client certificate is not supported; use a password.',
  sslpassword: 'Signing in with a client certificate is not supported; use a password.',
  sslcrl: 'Certificate revocation lists are not supported.',
  sslcrldir: 'Certificate revocation lists are not supported.',
  sslcertmode: 'Signing in with a client certificate is not supported; use a password.',
  requirepeer: 'Leave it out, or check the owner of the socket yourself.',
  options: 'Leave it out: Daybreak sets what its sessions need itself.',
  replication: 'Leave it out: Daybreak opens ordinary sessions only.',
  oauth_issuer: 'OAuth is not supported; use a password.',
};
const used: ReadonlySet<string> = new Set(
  'host port dbname user password passfile sslmode sslrootcert ssl sslnegotiation target_session_attrs'
    .concat(' ssh ssh_key ssh_jump ssh_auth') // ours: libpq knows no tunnels
    .split(' '),
);

const invalid = (message: string): Failure => new Failure({ code: 'invalid_input', message });

/** libpq's parameters -> settings; what is missing comes from the environment (PGHOST ...), then from libpq's defaults. */
export function settingsFromParameters(parameters: ReadonlyMap<string, string>, env: Environment): ParsedConnection {
  for (const name of parameters.keys()) {
    const why = refused[name];
    if (why !== undefined) throw invalid(`The connection parameter ${name} cannot be used here. ${why}`);
    if (!used.has(name) && !harmless.has(name)) {
      throw invalid(`${JSON.stringify(name)} is no connection parameter of PostgreSQL. Check its spelling.`);
    }
  }
  const given = (name: string, variable: string): string | null =>
    parameters.get(name) || (env[variable] ?? '') || null;

  const session = parameters.get('target_session_attrs') ?? 'any';
  if (session !== 'any') {
    throw invalid('target_session_attrs chooses among several hosts. Connect to each host as a server of its own.');
  }
  if (parameters.get('sslnegotiation') === 'direct') {
    throw invalid('sslnegotiation=direct is not supported. Leave it out.');
  }
  const host = given('host', 'PGHOST') ?? 'localhost';
  if (host.includes(',')) {
    throw invalid('The connection names several hosts. Connect to each of them as a server of its own.');
  }
  if (host.startsWith('@')) throw invalid('Abstract sockets are not supported. Use a socket directory or a host name.');
  const user = given('user', 'PGUSER') ?? userInfo().username;
  const database = given('dbname', 'PGDATABASE') ?? user;
  const rootCert = given('sslrootcert', 'PGSSLROOTCERT');
  const tunnel = tunnelOf(parameters, env);
  return {
    settings: {
      label: `${database} on ${host}${tunnel === null ? '' : ` via ${tunnel.host}`}`.slice(0, 120),
      // Behind a tunnel, localhost is somebody else's.
      environment: tunnel === null ? environmentOf(host) : 'production',
      host,
      port: portOf(given('port', 'PGPORT') ?? '5432'),
      database,
      user,
      tlsMode: tlsModeOf(parameters, env, rootCert),
      tlsCaFile: rootCert === 'system' ? null : rootCert,
      passfile: parameters.get('passfile') || null,
      cores: null,
      readModelSchema: 'reporting',
      ...(tunnel === null ? {} : { tunnel }),
    },
    password: given('password', 'PGPASSWORD'),
  };
}

function tunnelOf(parameters: ReadonlyMap<string, string>, env: Environment): TunnelSettings | null {
  const ssh = parameters.get('ssh');
  if (ssh === undefined || ssh === '') {
    const [lonely] = ['ssh_key', 'ssh_jump', 'ssh_auth'].filter((name) => parameters.has(name));
    if (lonely === undefined) return null;
    throw invalid(`The connection parameter ${lonely} needs ssh=user@host: the SSH server to go through.`);
  }
  const [key, jump, auth] = ['ssh_key', 'ssh_jump', 'ssh_auth'].map((name) => parameters.get(name));
  return tunnelFrom({ ssh, key, jump, auth }, readSshConfig(env['HOME']));
}

/** A server elsewhere is taken for production until somebody says otherwise: the other mistake is the costly one. */
const environmentOf = (host: string): ConnectionSettings['environment'] =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.')
    ? 'development'
    : 'production';

function portOf(text: string): number {
  const port = Number(text);
  if (text.includes(',')) {
    throw invalid('The connection names several ports. Connect to each server as one of its own.');
  }
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw invalid(`${JSON.stringify(text)} is no port. A port is a number from 1 to 65535; PostgreSQL's is 5432.`);
  }
  return port;
}

function tlsModeOf(parameters: ReadonlyMap<string, string>, env: Environment, rootCert: string | null): TlsMode {
  const mode = parameters.get('sslmode') || env['PGSSLMODE'];
  if (mode === undefined || mode === '') {
    if (rootCert === 'system') return 'verify-full';
    return parameters.get('ssl') === 'true' ? 'require' : 'prefer'; // `ssl=true` is what JDBC writes
  }
  // `allow` asks for plain text first and takes TLS when that is refused; `prefer` ends with the same two possibilities.
  if (mode === 'allow') return 'prefer';
  const known = tlsModeSchema.safeParse(mode);
  if (known.success) return known.data;
  throw invalid(
    `${JSON.stringify(mode)} is no sslmode. Use one of disable, allow, prefer, require, verify-ca, verify-full.`,
  );
}
