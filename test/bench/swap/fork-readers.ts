import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReadersOptions, Seen } from './readers.ts';

export interface Readers {
  /** What they saw since the last call. */
  seen(): Promise<Seen>;
  stop(): Promise<void>;
}

/** Starts the readers' process. */
export function forkReaders(options: ReadersOptions): Readers {
  const child = fork(fileURLToPath(new URL('./readers.ts', import.meta.url)), [JSON.stringify(options)]);
  return {
    seen: () =>
      new Promise((resolve, reject) => {
        const gone = (code: number | null) => reject(new Error(`the readers ended with ${code}`));
        child.once('exit', gone);
        child.once('message', (seen) => {
          child.off('exit', gone);
          resolve(seen as Seen);
        });
        child.send('seen');
      }),
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}
