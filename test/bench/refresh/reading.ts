import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one reader of a widget saw while something else ran. */
export interface Reading {
  readonly reads: number;
  readonly medianMs: number;
  readonly longestReadMs: number;
  /** When the longest read began, ms since 1970. */
  readonly longestBeganAtMs: number;
  /** Reads of more than 50 ms. */
  readonly slowReads: number;
  /** Longest time that the reader's own process could not listen; it is part of the read that was open then. */
  readonly longestPauseMs: number;
  /** What reads of more than 25 ms waited for, and how often they were seen to. */
  readonly slowReadsWaitedFor: Readonly<Record<string, number>>;
}

export interface Reader {
  /** Reads the newest day of a relation again and again until `work` has ended. Throws what either of them throws. */
  during<T>(relation: string, work: () => Promise<T>): Promise<{ readonly result: T; readonly reading: Reading }>;
  end(): Promise<void>;
}

/** Starts a reader in a process of its own, so that what the engine does is not measured as a part of a read. */
export async function forkReader(url: string): Promise<Reader> {
  const child = fork(fileURLToPath(new URL('./reader-process.ts', import.meta.url)), [url]);
  let ended = false;
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const gone = () => reject(new Error('the reader ended'));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(message);
      });
    });
  await answer();
  return {
    async during(relation, work) {
      const seen = answer();
      seen.catch(() => undefined); // awaited below, once the work has ended
      child.send(`begin ${relation}`);
      try {
        const result = await work();
        child.send('end');
        return { result, reading: (await seen) as Reading };
      } catch (error) {
        if (child.connected) child.send('end');
        await seen.catch(() => undefined);
        throw error;
      }
    },
    end: () =>
      new Promise((resolve) => {
        if (ended || !child.connected) return resolve();
        ended = true;
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}
