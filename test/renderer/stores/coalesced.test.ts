import { expect, it } from 'vitest';
import { coalesced } from '../../../renderer/stores/coalesced.ts';

it('many asks during one run are answered by one more run, also after one that failed', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const ask = coalesced(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < 5; n += 1) ask();
  expect(runs).toHaveLength(1);
  runs[0]?.reject(new Error('the engine went away'));
  await settled();
  expect(runs).toHaveLength(2);
  runs[1]?.resolve();
  await settled();
  expect(runs).toHaveLength(2);
  ask();
  expect(runs).toHaveLength(3);
});
