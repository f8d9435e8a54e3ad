import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables by name; handed in, so that tests and doors decide. */
export type Environment = Readonly<Record<string, string | undefined>>;

const windowsDir = (env: Environment): string => join(env['APPDATA'] ?? homedir(), 'postgresql');
const home = (env: Environment): string => env['HOME'] ?? homedir();

/** Where libpq looks: https://www.postgresql.org/docs/current/libpq-pgpass.html */
export function defaultPassfile(env: Environment): string {
  if (env['PGPASSFILE']) return env['PGPASSFILE'];
  return process.platform === 'win32' ? join(windowsDir(env), 'pgpass.conf') : join(home(env), '.pgpass');
}

/** The person's service file first, then the system's: https://www.postgresql.org/docs/current/libpq-pgservice.html */
export function serviceFiles(env: Environment): string[] {
  const own =
    env['PGSERVICEFILE'] ??
    (process.platform === 'win32' ? join(windowsDir(env), '.pg_service.conf') : join(home(env), '.pg_service.conf'));
  return env['PGSYSCONFDIR'] ? [own, join(env['PGSYSCONFDIR'], 'pg_service.conf')] : [own];
}
