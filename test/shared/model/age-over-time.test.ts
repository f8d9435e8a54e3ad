import { expect, it } from 'vitest';
import { ageOverTime } from '../../../shared/model/age-over-time.ts';

const run = (asOfMs: number | null, endedAtMs: number, state: 'done' | 'failed' = 'done') => ({
  state,
  asOfMs,
  endedAtMs,
});

it('the age grows with the clock, and falls to how long ago a run had read its source', () => {
  const runs = [run(null, 35, 'failed'), run(50, 60), run(10, 20)];
  expect(ageOverTime(runs, 80)).toEqual([
    [20, 10],
    [60, 50],
    [60, 10],
    [80, 30],
  ]);
});

it('says nothing of what was never refreshed', () => {
  expect(ageOverTime([run(null, 35, 'failed')], 80)).toEqual([]);
});
