import { expect, test } from 'vitest';
import { coalesce } from '../../../../electron/core/dashboards/coalesce.ts';

/** Work that waits to be told how it ends. */
function controlled() {
  const calls: { end: (value: number) => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<number>((resolve, reject) => {
      calls.push({ end: resolve, fail: reject, signal });
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  return { calls, work };
}

test('many who ask at the same time share one piece of work, and its failure', async () => {
  const { calls, work } = controlled();
  const reads = coalesce<number>();
  const asked = [reads.run('sales', work), reads.run('sales', work), reads.run('stock', work)];
  expect(calls).toHaveLength(2);
  calls[0]?.end(1);
  calls[1]?.fail(new Error('no'));
  expect((await Promise.allSettled(asked)).map((end) => end.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);

  const later = reads.run('sales', work);
  calls[2]?.end(2);
  expect(await later).toBe(2);
});

test('one who leaves does not stop the work of the others; the last one does', async () => {
  const { calls, work } = controlled();
  const reads = coalesce<number>();
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [reads.run('sales', work, first.signal), reads.run('sales', work, second.signal)];
  first.abort(new Error('window closed'));
  await expect(asked[0]).rejects.toThrow('window closed');
  expect(calls[0]?.signal.aborted).toBe(false);
  second.abort(new Error('window closed'));
  await expect(asked[1]).rejects.toThrow('window closed');
  expect(calls[0]?.signal.aborted).toBe(true);

  const again = reads.run('sales', work);
  calls[1]?.end(3);
  expect(await again).toBe(3);
});
