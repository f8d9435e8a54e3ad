import { readFile, stat } from 'node:fs/promises';
import { defaultPassfile, type Environment } from './user-files.ts';

/** What a connection asks a passfile. */
export interface PassfileQuestion {
  /** Host name, address, or directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

export interface PassfileState {
  readonly path: string;
  readonly usable: boolean;
  /** Why it is not usable, and what mends it. */
  readonly problem: string | null;
}

/** The passfile of this machine's user (PGPASSFILE or ~/.pgpass); null when there is none. */
export async function passfileState(env: Environment, path = defaultPassfile(env)): Promise<PassfileState | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const problem = passfileProblem(path, found);
  return { path, usable: problem === null, problem };
}

/** Password for a connection, by libpq's rules; null where no line fits or the file may not be used. */
export async function passwordFromFile(
  question: PassfileQuestion,
  env: Environment,
  path: string | null,
): Promise<string | null> {
  const state = await passfileState(env, path ?? defaultPassfile(env));
  if (state === null || !state.usable) return null;
  return passwordFor(await readFile(state.path, 'utf8'), question);
}

/** First line of `text` that fits: `host:port:database:user:password`, `*` fits all, `\` keeps `:` and `\`. */
export function passwordFor(text: string, question: PassfileQuestion): string | null {
  const { host, port, database, user } = question;
  // A socket is asked for as localhost, and by its directory where several servers share a machine.
  const hosts = host.startsWith('/') ? ['localhost', host] : [host];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#') || line.trim() === '') continue;
    const fields = splitLine(line);
    const [lineHost, linePort, lineDatabase, lineUser, password] = fields;
    if (password === undefined) continue;
    const fits =
      (lineHost?.raw === '*' || hosts.includes(lineHost?.value ?? '')) &&
      (linePort?.raw === '*' || linePort?.value === String(port)) &&
      (lineDatabase?.raw === '*' || lineDatabase?.value === database) &&
      (lineUser?.raw === '*' || lineUser?.value === user);
    if (fits) return password.value;
  }
  return null;
}

interface Field {
  /** As written: an escaped `\*` is a name, a bare `*` fits all. */
  readonly raw: string;
  readonly value: string;
}

function splitLine(line: string): Field[] {
  const fields = [{ raw: '', value: '' }];
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const field = fields.at(-1);
    if (field === undefined) break;
    if (char === ':') {
      fields.push({ raw: '', value: '' });
      continue;
    }
    const escaped = char === '\\' && at + 1 < line.length;
    if (escaped) at += 1;
    field.raw += escaped ? char + line.charAt(at) : char;
    field.value += line.charAt(at);
  }
  return fields;
}

function passfileProblem(path: string, found: { isFile(): boolean; mode: number }): string | null {
  if (!found.isFile()) return `${path} is not a file.`;
  // libpq ignores a passfile that others can read, and says so; Windows has no such bits.
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return `${path} can be read by others, so it is not used. Run: chmod 0600 ${path}`;
  }
  return null;
}
