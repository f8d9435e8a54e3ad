import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ModelName } from './postings.ts';

const pauseMs = 5;

/** What one reader of a widget saw while something else ran. */
export interface Reading {
  readonly reads: number;
  readonly longestReadMs: number;
}

/** Reads the newest day of a model again and again until `work` has ended. Throws what either of them throws. */
export async function readingDuring<T>(
  client: pg.Client,
  model: ModelName,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly reading: Reading }> {
  let done = false;
  const running = work().finally(() => (done = true));
  running.catch(() => undefined); // it is awaited below, once the read that runs has ended
  const text = `select min(as_of), sum(amount), count(*) from reporting.${model} where day = current_date - 1`;
  let reads = 0;
  let longestReadMs = 0;
  while (!done) {
    const begunMs = performance.now();
    await client.query(text);
    longestReadMs = Math.max(longestReadMs, performance.now() - begunMs);
    reads += 1;
    await sleep(pauseMs);
  }
  return { result: await running, reading: { reads, longestReadMs } };
}
