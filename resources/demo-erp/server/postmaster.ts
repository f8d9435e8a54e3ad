import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What postmaster.pid says (src/include/utils/pidfile.h): pid, data directory, start, port, socket, address, key, status. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number | null;
  readonly ready: boolean;
}

export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : null, ready: lines[7]?.trim() === 'ready' };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether `pid` is a PostgreSQL server on `dataDir`: process numbers are reused, so being alive proves nothing. */
async function servesDir(pid: number, dataDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await commandLine(pid);
  return command.includes('postgres') && command.includes(resolve(dataDir));
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  if (process.platform === 'win32') {
    const script = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
    return (await run('powershell', ['-NoProfile', '-Command', script]).catch(() => ({ stdout: '' }))).stdout;
  }
  return (await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout;
}

/**
 * Stops the server on `dataDir`, if one runs: fast shutdown (SIGINT: sessions are cut off, a checkpoint is written),
 * after `fastMs` immediate (SIGQUIT: the next start recovers from WAL), then SIGKILL. A postmaster.pid that names
 * a process which is not a server on this directory is removed, because PostgreSQL would refuse to start over it.
 * Resolves when nothing runs on the directory.
 */
export async function stopPostmaster(dataDir: string, fastMs = 10_000): Promise<'stopped' | 'not_running'> {
  const file = await readPostmasterFile(dataDir);
  if (!file) return 'not_running';
  if (!(await servesDir(file.pid, dataDir))) {
    await rm(join(dataDir, 'postmaster.pid'), { force: true });
    return 'not_running';
  }
  for (const [signal, waitMs] of [
    ['SIGINT', fastMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signalProcess(file.pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += 20) {
      if (!isAlive(file.pid)) return 'stopped';
      await sleep(20);
    }
  }
  throw new Error(`the PostgreSQL server ${file.pid} on ${dataDir} survived SIGKILL`);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
