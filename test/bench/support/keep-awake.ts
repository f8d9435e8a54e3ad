import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { processMs } from './processor-time.ts';

/** What keeps the processors from going to sleep. */
export interface Awake {
  /** Processor time that it has taken so far, ms: nobody's work, and not "others" either. */
  cpuMs(): Promise<number>;
  stop(): void;
}

/** Nothing does. */
export const asItIs: Awake = { cpuMs: async () => 0, stop: () => undefined };

const spinner = fileURLToPath(new URL('./spinner.ts', import.meta.url));

/**
 * One endless loop a processor, of a class that Linux runs only where nobody else wants to (SCHED_IDLE). A virtual
 * processor that sleeps is taken away by its host and comes back when the host finds the time: savers that used a third
 * of two processors took 11 to 59 ms a save there, and 16 ms beside reports that kept both of them awake. With the loops
 * a quiet stretch is quiet. They end with this process.
 */
export async function keepAwake(): Promise<Awake> {
  const loops = await Promise.all(Array.from({ length: availableParallelism() }, startLoop));
  return {
    cpuMs: async () => {
      const each = await Promise.all(loops.map(({ pid }) => (pid === undefined ? null : processMs(pid))));
      return each.reduce((sum: number, ms) => sum + (ms ?? 0), 0);
    },
    stop: () => {
      for (const loop of loops) loop.kill('SIGKILL');
    },
  };
}

async function startLoop(): Promise<ChildProcess> {
  const idle = spawn('chrt', ['--idle', '0', process.execPath, spinner], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    await once(idle, 'spawn');
    return idle;
  } catch {
    // Without util-linux: the lowest of the usual priorities.
    const nice = fork(spinner, [], { execArgv: [], stdio: 'ignore' });
    if (nice.pid !== undefined) setPriority(nice.pid, constants.priority.PRIORITY_LOW);
    return nice;
  }
}
