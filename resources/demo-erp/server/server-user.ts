import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../../shared/model/failure.ts';
import { isAlive, readPostmasterFile } from './postmaster.ts';

const run = promisify(execFile);

/** Whom PostgreSQL runs as. `null`: as ourselves. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Root gets the operating system's `postgres` user, which is created where it is missing; others stay themselves. */
export async function serverUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await lookUp();
  if (known) return known;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (cause) {
    throw new Failure(
      {
        code: 'not_available',
        message:
          'PostgreSQL does not run as root, there is no user named postgres, and it could not be created. ' +
          'Create one, or start Daybreak as an ordinary user.',
        action: 'useradd --system --user-group postgres',
      },
      { cause },
    );
  }
  const created = await lookUp();
  if (!created) throw new Error('useradd succeeded, but the user postgres cannot be looked up');
  return created;
}

async function lookUp(): Promise<ServerUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null; // `id` exits 1 for an unknown user
  }
}

/** Whether `user` can enter `dir` and all folders above it. Folders that do not exist yet do not count. */
export async function isReachable(dir: string, user: ServerUser | null): Promise<boolean> {
  if (user === null) return true;
  for (let at = resolve(dir); ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found) {
      const bit = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001;
      if ((found.mode & bit) === 0) return false;
    }
    if (at === dirname(at)) return true;
  }
}

const outsideBase = '/var/tmp';
const outsidePrefix = () => `daybreak-${process.getuid?.() ?? 0}-`;
/** In a folder outside the profile: the folder of the profile that it stands for. */
const belongsTo = 'belongs-to';

/**
 * A folder for files of the server: `dir` itself where the server's user can reach it. A profile is 0700, so for root
 * it cannot (initdb: "could not access directory: Permission denied"); then a folder of /var/tmp named after `dir`.
 * Such folders whose profile is gone are removed.
 */
export async function reachableDir(dir: string, user: ServerUser | null): Promise<string> {
  if (user === null || (await isReachable(dir, user))) {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    return dir;
  }
  await sweepOutside();
  const outside = outsideOf(dir);
  await mkdir(outside, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  // /var/tmp is open to everybody: what somebody else put there under our name is not ours to use.
  if (!(await isOurs(outside))) {
    throw new Failure({
      code: 'not_available',
      message: `${outside} exists and belongs to somebody else. Remove it, then open the demo ERP again.`,
    });
  }
  await writeFile(join(outside, belongsTo), resolve(dir));
  return outside;
}

/** Removes `dir` and what was kept for it outside. Nothing may run on it. */
export async function removeReachableDir(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  const outside = outsideOf(dir);
  if (await isOurs(outside).catch(() => false)) await rm(outside, { recursive: true, force: true });
}

function outsideOf(dir: string): string {
  const name = createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 12);
  return join(outsideBase, `${outsidePrefix()}${name}`);
}

async function isOurs(dir: string): Promise<boolean> {
  const found = await lstat(dir);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

async function sweepOutside(): Promise<void> {
  for (const name of await readdir(outsideBase)) {
    const outside = join(outsideBase, name);
    if (!name.startsWith(outsidePrefix()) || !(await isOurs(outside).catch(() => false))) continue;
    const profile = await readFile(join(outside, belongsTo), 'utf8').catch(() => null);
    if (profile === null || (await stat(profile).catch(() => null)) || (await servesAnything(outside))) continue;
    await rm(outside, { recursive: true, force: true });
  }
}

async function servesAnything(outside: string): Promise<boolean> {
  for (const name of await readdir(outside)) {
    const file = await readPostmasterFile(join(outside, name));
    if (file && isAlive(file.pid)) return true;
  }
  return false;
}

/** Creates `dir`, 0700, owned by the server's user. */
export async function ownedDir(dir: string, user: ServerUser | null): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
}
