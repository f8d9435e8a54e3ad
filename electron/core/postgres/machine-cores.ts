import { readFile } from 'node:fs/promises';
import { readOwnBackend } from './queries/server-facts.ts';
import type { Sql } from './session.ts';

/** A process of the same number, the same name and this nearly the same age is the backend that answered. */
const agesDifferMs = 2_000;
/** /proc counts in USER_HZ, which is 100 wherever Linux runs: man 5 proc_pid_stat. */
const tickMs = 10;

/**
 * Processors that the server may use, where it runs on this very machine: PostgreSQL does not tell, but Linux does. Null
 * elsewhere, and behind a tunnel, in a container, or where the answer cannot be had: an address proves nothing.
 *
 * @param host Of the connection's settings: a name, an address, or the directory of a Unix socket.
 */
export async function readMachineCores(sql: Sql, host: string): Promise<number | null> {
  if (!isLocal(host)) return null;
  const backend = await readOwnBackend(sql);
  if (backend === null) return null;
  const of = `/proc/${backend.pid}`;
  const files = await Promise.all(
    [`${of}/stat`, `${of}/status`, '/proc/uptime'].map((path) => readFile(path, 'utf8')),
  ).catch(() => null);
  if (files === null) return null;
  const [stat = '', status = '', uptime = ''] = files;
  // The name stands in brackets and may hold anything; the start time is the 22nd field, the 20th after the name.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const ageMs = Number.parseFloat(uptime) * 1000 - ticks * tickMs;
  if (!/^post(gres|master)/.test(name) || !(Math.abs(ageMs - backend.ageMs) < agesDifferMs)) return null;
  return countOf(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]);
}

const isLocal = (host: string): boolean => /^(\/|localhost$|127\.|::1$)/i.test(host);

/** '0-3,8' is five processors. */
function countOf(list: string | undefined): number | null {
  if (list === undefined) return null;
  const counts = list.split(',').map((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return last - first + 1;
  });
  const count = counts.reduce((total, one) => total + one, 0);
  return count > 0 ? count : null;
}
