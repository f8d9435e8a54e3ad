import { describe, expect, it } from 'vitest';
import { closerThan, intervals, nextDue, textsPauseMs } from '../../../../electron/core/sampler/intervals.ts';
import { createOwnCost } from '../../../../electron/core/sampler/own-cost.ts';

describe('the beat of the sampler', () => {
  it.each([
    ['in time', 1_000, 6_000],
    ['a little late', 4_999, 6_000],
    ['one missed', 6_001, 11_000],
    ['a night missed', 36_000_001, 36_001_000],
  ])('stays on its beat and makes up for nothing: %s', (_, nowMs, due) => {
    expect(nextDue(1_000, 5_000, nowMs)).toBe(due);
  });
});

describe('a closer look', () => {
  it('counts six times as often in the background, and no more seldom during an incident', () => {
    expect(closerThan(intervals.background)).toEqual({ activityMs: 2_000, snapshotMs: 10_000 });
    expect(closerThan(intervals.incident)).toEqual(intervals.incident);
  });
});

describe('the pause between readings of texts', () => {
  const minute = 60_000;
  it('is ten minutes, and longer where a reading is costly', () => {
    expect(textsPauseMs(100, 0)).toBe(10 * minute);
    expect(textsPauseMs(450, 0)).toBe(15 * minute);
  });

  it('grows with each reading that fails, up to an hour', () => {
    expect([1, 2, 3, 4, 50].map((failures) => textsPauseMs(20, failures) / minute)).toEqual([20, 40, 60, 60, 60]);
  });

  it('keeps what failed after a long time within the budget too', () => {
    expect(textsPauseMs(5_000, 1)).toBe(10_000_000);
  });
});

describe('the cost of the sampler', () => {
  it('is its time over the time that passed, in percent of one core', () => {
    const cost = createOwnCost(0);
    for (let minute = 1; minute <= 30; minute += 1) cost.add(minute * 60_000, minute <= 20 ? 600 : 60);
    expect(cost.percent(30 * 60_000)).toBeCloseTo(0.1); // the last ten minutes: 60 ms each
  });

  it('is unknown until it was watched for a minute', () => {
    const cost = createOwnCost(0);
    cost.add(1_000, 500);
    expect(cost.percent(59_999)).toBeNull();
    expect(cost.percent(60_000)).toBeCloseTo(500 / 600);
  });
});
