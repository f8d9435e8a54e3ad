import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPostmasterFile, stopPostmaster } from '../../../resources/demo-erp/server/postmaster.ts';

/** Processes whose command line names a path below `dir`, by number, and the demo servers that belong to the profile. */
export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** Every process of this machine, with its arguments (Linux). */
function processes(): readonly (RunningProcess & { readonly args: readonly string[] })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').filter(Boolean);
        return args.length === 0 ? [] : [{ pid: Number(name), command: args.join(' '), args }];
      } catch {
        // It ended between the two reads.
        return [];
      }
    });
}

/** The data folder of the PostgreSQL server that listens on `port`. */
export async function serverDirOf(port: number): Promise<string> {
  for (const { args } of processes()) {
    if (!args[0]?.endsWith('/postgres')) continue;
    const dir = args[args.indexOf('-D') + 1];
    if (dir && (await readPostmasterFile(dir))?.port === port) return dir;
  }
  throw new Error(`no PostgreSQL server listens on ${port}`);
}

export const stopServer = async (dataDir: string): Promise<void> => void (await stopPostmaster(dataDir));

/** What still runs or lies around of an app that was closed: must be empty. */
export function leftBehind(profile: string, dataDir: string | null): readonly string[] {
  const running = processes()
    .filter(
      ({ pid, command }) => pid !== process.pid && [profile, dataDir].some((path) => path && command.includes(path)),
    )
    .map(({ pid, command }) => `process ${pid}: ${command}`);
  const lock = existsSync(join(profile, 'engine.lock')) ? ['the lock of the profile'] : [];
  return [...running, ...lock];
}
