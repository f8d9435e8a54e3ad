import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { passfileState, passwordFromFile } from './passfile.ts';
import type { Tunnel } from '../tunnel/open-tunnel.ts';
import { TunnelSocket } from '../tunnel/tunnel-socket.ts';
import { addressOf, forwardTarget } from './reach.ts';
import { parsedTypes } from './types.ts';
import { defaultPassfile } from './user-files.ts';

const connectTimeoutMs = 10_000;

/** "Signing in to erp on db1:5432 as anna": how a failure of the login begins. */
export const loginSubject = (settings: ConnectionSettings): string =>
  `Signing in to database ${settings.database} on ${addressOf(settings)} as ${settings.user}`;

/** What pg needs for one backend. The password is asked for only when the server wants one. */
export function clientConfig(
  settings: ConnectionSettings,
  password: string | null,
  ssl: ConnectionOptions | false,
  tunnel: Tunnel | null,
): pg.ClientConfig {
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: () => passwordFor(settings, password),
    ssl,
    application_name: 'daybreak',
    connectionTimeoutMillis: connectTimeoutMs,
    // A server that vanishes without a word is noticed within a minute, and not at the next statement.
    keepAlive: true,
    keepAliveInitialDelayMillis: 20_000,
    types: parsedTypes,
    // TLS still verifies the name of the server: the tunnel changes the way, not the host.
    ...(tunnel === null ? {} : { stream: () => new TunnelSocket(() => tunnel.forward(forwardTarget(settings))) }),
  };
}

async function passwordFor(settings: ConnectionSettings, password: string | null): Promise<string> {
  if (password !== null && password !== '') return password;
  const found = await passwordFromFile(settings, process.env, settings.passfile);
  if (found !== null) return found;
  const path = settings.passfile ?? defaultPassfile(process.env);
  const problem = (await passfileState(process.env, path))?.problem;
  throw new Failure({
    code: 'login_failed',
    message: `${loginSubject(settings)}: the server asks for a password and none is known. Type it, or add a line to ${path}.${problem ? ` ${problem}` : ''}`,
  });
}

/**
 * pg's client, that closes its socket when a connection fails. pg leaves it open where no password is known: the
 * server then waits in the login for `authentication_timeout`, and every CREATE or DROP DATABASE (15 and later) waits
 * for that backend: 60 s were measured.
 */
class ClosingClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    this.connection.once('error', () => this.connection.stream.destroy());
  }
}

export const createClient = (config: pg.ClientConfig): pg.Client => new ClosingClient(config);

/** The same as a class for pg.Pool, which otherwise hides the password in the options that it hands on. */
export function clientClass(config: pg.ClientConfig): new () => pg.Client {
  return class extends ClosingClient {
    constructor() {
      super(config);
    }
  };
}
