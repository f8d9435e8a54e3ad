import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../resources/demo-erp/server/postmaster.ts';
import type { Logger } from '../../core/ports.ts';

/** The file in it that names the process. */
const ownerFile = 'owner.pid';

export interface TemporaryProfile {
  readonly path: string;
  remove(): Promise<void>;
}

/** A profile for one command, gone after it. One that was killed could not remove its own; the next one does. */
export async function temporaryProfile(command: string, logger: Logger): Promise<TemporaryProfile> {
  const prefix = `daybreak-${command}-`;
  await sweepAbandoned(prefix, logger);
  const path = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(path, ownerFile), String(process.pid));
  // A second Ctrl-C ends the process at once.
  const atExit = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      process.off('exit', atExit);
    },
  };
}

async function sweepAbandoned(prefix: string, logger: Logger): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const dir = join(tmpdir(), name);
    try {
      const { uid } = await stat(dir);
      if (process.getuid !== undefined && uid !== process.getuid()) continue;
      if (isAlive(Number(await readFile(join(dir, ownerFile), 'utf8')))) continue;
      await rm(dir, { recursive: true, force: true });
      logger.info({ dir }, 'removed the profile of a command that was killed');
    } catch (error) {
      // Somebody else's, or just being made: the next one looks again.
      logger.debug({ dir, err: error }, 'left the profile of another command alone');
    }
  }
}
