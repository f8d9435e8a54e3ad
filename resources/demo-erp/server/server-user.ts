import { execFile } from 'node:child_process';
import { chown, lstat, mkdir, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../../shared/model/failure.ts';

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

/**
 * A folder for files of the server: `dir` itself where the server's user can reach it. A profile is 0700, so for root
 * it cannot (initdb: "could not access directory: Permission denied"); then a folder of /var/tmp named after `dir`.
 */
export async function reachableDir(dir: string, user: ServerUser | null): Promise<string> {
  if (user === null || (await isReachable(dir, user))) {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    return dir;
  }
  const name = createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 12);
  const outside = join('/var/tmp', `daybreak-${process.getuid?.() ?? 0}-${name}`);
  await mkdir(outside, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  // /var/tmp is open to everybody: what somebody else put there under our name is not ours to use.
  const found = await lstat(outside);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Failure({
      code: 'not_available',
      message: `${outside} exists and belongs to somebody else. Remove it, then open the demo ERP again.`,
    });
  }
  return outside;
}

/** Creates `dir`, 0700, owned by the server's user. */
export async function ownedDir(dir: string, user: ServerUser | null): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
}
