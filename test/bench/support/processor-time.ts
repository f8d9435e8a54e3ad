import { readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** /proc counts in ticks of 10 ms on every Linux that PostgreSQL is packaged for. */
const tickMs = 10;

/** Processor time that all programs together have used since the machine started, ms. */
export const machineBusyMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice + times.irq, 0);

/** Processor time of one process, ms; null where the system does not tell, or no longer. */
export async function processMs(pid: number): Promise<number | null> {
  const stat = await statOf(pid);
  return stat === null ? null : stat.ownTicks * tickMs;
}

/**
 * Processor time of a process and its children, ms; null where the system does not tell. Of children that have ended,
 * their parent knows the sum.
 */
export async function familyMs(parent: number): Promise<number | null> {
  const pids = await readdir('/proc').catch(() => null);
  if (pids === null) return null;
  let ticks = 0;
  for (const pid of pids.filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = await statOf(pid);
    if (stat === null) continue; // it ended in between
    if (stat.parent !== parent && pid !== parent) continue;
    ticks += stat.ownTicks;
    if (pid === parent) ticks += stat.endedTicks;
  }
  return ticks * tickMs;
}

/** Fields 14 to 17 of /proc/PID/stat are utime, stime and those of ended children, in ticks; field 4 is the parent. */
async function statOf(pid: number) {
  const stat = await readFile(join('/proc', String(pid), 'stat'), 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (field: number) => Number(fields[field - 3]);
  return { parent: at(4), ownTicks: at(14) + at(15), endedTicks: at(16) + at(17) };
}
