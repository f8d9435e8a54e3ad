import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedStart, GuardianAnswer } from './server/guardian-protocol.ts';
import { readPostmasterFile } from './server/postmaster.ts';

/**
 * Runs one PostgreSQL server and outlives its owner by the time a shutdown takes. The owner holds the other end of
 * standard input: when that closes, for whatever reason (kill -9 closes it too), the server is stopped. Guardian and
 * server are in a session of their own, so that Ctrl-C in a terminal reaches only the owner, who then stops in order.
 */
const startMs = 60_000;
const fastMs = 10_000;
const immediateMs = 5_000;

const lines = createInterface({ input: process.stdin });
const ownerGone = new Promise<void>((resolve) => {
  lines.once('close', resolve);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
});
// The owner may be gone when the answer is written.
process.stdout.on('error', () => undefined);

const order = await Promise.race([
  new Promise<GuardedStart>((resolve) => lines.once('line', (line) => resolve(JSON.parse(line) as GuardedStart))),
  ownerGone,
]);
if (order) await guard(order);
process.exit(0);

async function guard(start: GuardedStart): Promise<void> {
  const log = await open(start.logFile, 'a');
  const logStart = (await log.stat()).size;
  const server = spawn(start.postgres, [...start.arguments], {
    cwd: '/',
    ...start.user,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...(process.platform === 'win32' ? process.env : {}) },
    stdio: ['ignore', log.fd, log.fd],
    windowsHide: true,
  });
  await log.close();
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  if (await becameReady(start.dataDir, server, exited)) {
    answer({ kind: 'ready', pid: server.pid ?? 0 });
    await Promise.race([exited, ownerGone]);
  } else {
    const text = (await readFile(start.logFile, 'utf8')).slice(logStart);
    answer({ kind: 'failed', log: text.slice(-4000), portTaken: text.includes('could not bind') });
  }
  await stop(server, exited);
  for (const dir of start.removeAtEnd) await rm(dir, { recursive: true, force: true });
}

async function becameReady(dataDir: string, server: ChildProcess, exited: Promise<void>): Promise<boolean> {
  let over = false;
  void Promise.race([exited, ownerGone]).then(() => (over = true));
  for (let waitedMs = 0; waitedMs < startMs && !over; waitedMs += 20) {
    const file = await readPostmasterFile(dataDir);
    if (file?.ready && file.pid === server.pid) return true;
    await sleep(20);
  }
  return false;
}

/** Fast shutdown, then immediate, then the hard way. On Windows there are no signals: only the last of them. */
async function stop(server: ChildProcess, exited: Promise<void>): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', fastMs],
    ['SIGQUIT', immediateMs],
    ['SIGKILL', immediateMs],
  ] as const) {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
    server.kill(signal);
    await Promise.race([exited, sleep(waitMs)]);
  }
}

function answer(value: GuardianAnswer): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
