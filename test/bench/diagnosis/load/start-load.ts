import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromLoad, LoadOrder, LoadPart, LoadResult, ToLoad } from './order.ts';

export interface Load {
  /** Runs a part of what was ordered; resolves when all its saves have ended, or half a minute after it is over. */
  run(part: LoadPart): Promise<LoadResult>;
  /** Ends the process, whatever it does. */
  kill(): void;
}

/** Opens the savers' connections in a process of its own, which ends with this one. */
export async function prepareLoad(order: LoadOrder): Promise<Load> {
  const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => reject(new Error(`the load ended with ${signal ?? `code ${code}`}`)));
  });
  ended.catch(() => undefined); // whoever waits for an answer hears of it
  const ask = async <K extends FromLoad['kind']>(message: ToLoad, kind: K): Promise<FromLoad & { kind: K }> => {
    const answer = new Promise<FromLoad>((resolve) => child.once('message', (value) => resolve(value as FromLoad)));
    child.send(message);
    const got = await Promise.race([answer, ended]);
    if (got.kind === 'failed') throw new Error(`the load failed: ${got.message}`);
    if (got.kind !== kind) throw new Error(`the load answered ${got.kind} instead of ${kind}`);
    return got as FromLoad & { kind: K };
  };
  const kill = () => void child.kill('SIGKILL');
  try {
    await ask({ kind: 'prepare', order }, 'ready');
  } catch (error) {
    kill();
    throw error;
  }
  return {
    run: async (part) => (await ask({ kind: 'run', ...part }, 'finished')).result,
    kill,
  };
}
