import { expect, test } from 'vitest';
import { RunningJobs } from '../../../../electron/core/read-model/running-jobs.ts';
import { latestRun } from '../../../../electron/core/read-model/refresh/latest-run.ts';
import type { Run } from '../../../../shared/model/read-model.ts';

const untilCancelled = (signal: AbortSignal, ended: () => Promise<void>) =>
  new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => void ended().then(resolve, reject));
  });

test('stopping cancels every job, waits for its end, and begins no more', async () => {
  const jobs = new RunningJobs<void>();
  const written: string[] = [];
  const running = ['a', 'b'].map((key) =>
    jobs.run(key, (signal) =>
      untilCancelled(signal, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        written.push(key);
        throw new Error('cancelled');
      }),
    ),
  );
  const seen = Promise.allSettled(running);
  await jobs.stop();
  expect(written).toEqual(['a', 'b']);
  expect((await seen).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(jobs.has('a')).toBe(false);
  expect(() => jobs.run('a', async () => undefined)).toThrow(/stopping/);
});

test('a place is taken at once, and free when its job has failed', async () => {
  const jobs = new RunningJobs<void>();
  const failing = jobs.run('a', async () => {
    throw new Error('no');
  });
  expect(jobs.has('a')).toBe(true);
  await expect(failing).rejects.toThrow('no');
  expect(jobs.has('a')).toBe(false);
});

const run = (changes: Partial<Run>): Run => ({
  runId: 'r',
  readModel: 'sales',
  version: 1,
  slot: 'a',
  mode: 'concurrent',
  reason: null,
  state: 'done',
  startedAtMs: 10_000,
  endedAtMs: 11_000,
  asOf: null,
  rows: 5,
  error: null,
  sqlstate: null,
  runner: 'anna',
  cost: null,
  ...changes,
});

test('the last run is the newer one, by one clock, of the registry and of this profile', () => {
  const theirs = run({ runId: 'theirs' });
  expect(latestRun(null, null, 0)).toBeNull();
  expect(latestRun(theirs, null, 0)).toBe(theirs);
  const older = run({ runId: 'ours', startedAtMs: 9_000 });
  expect(latestRun(null, older, 0)).toBe(older);
  expect(latestRun(theirs, older, 0)).toBe(theirs);
  expect(latestRun(theirs, older, 2_000)).toBe(older);
});

test('of one run the account that knows its end is taken', () => {
  const running = run({ state: 'running', endedAtMs: null });
  const lost = run({ state: 'failed', error: 'connection lost' });
  const abandoned = run({ state: 'abandoned', error: 'its engine ended in the middle' });
  const done = run({ state: 'done' });
  expect(latestRun(running, lost, 0)).toBe(lost);
  expect(latestRun(running, abandoned, 0)).toBe(abandoned);
  expect(latestRun(done, abandoned, 0)).toBe(done);
});
