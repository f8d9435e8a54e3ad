import { describe, expect, it } from 'vitest';
import { plannedAge } from '../../../shared/model/planned-age.ts';

const minuteMs = 60_000;
const runs = (...minutes: number[]) => minutes.map((at) => ({ atMs: at * minuteMs, window: null }));

describe('how old numbers get under a plan', () => {
  it('is the longest way from one reading to the end of the next', () => {
    expect(plannedAge(runs(30, 90), 0, 5 * minuteMs, { minutes: 70 })).toEqual({
      oldestMs: 65 * minuteMs,
      atMs: 95 * minuteMs,
      brokenAtMs: null,
    });
  });

  it('tells the first moment at which the budget is over', () => {
    expect(plannedAge(runs(30, 90, 180), 0, 5 * minuteMs, { minutes: 60 })?.brokenAtMs).toBe(90 * minuteMs);
  });

  it('keeps a night’s budget when it is refreshed in that night', () => {
    const night = { nightly: { at: '04:00', timeZone: 'UTC' } };
    const at = (hour: number) => ({ atMs: Date.UTC(2026, 11, 1, hour), window: null });
    const asOfMs = Date.UTC(2026, 10, 30, 4);
    expect(plannedAge([at(4), at(28)], asOfMs, 10 * minuteMs, night)?.brokenAtMs).toBeNull();
    expect(plannedAge([at(6)], asOfMs, 10 * minuteMs, night)?.brokenAtMs).toBe(Date.UTC(2026, 11, 1, 4));
  });

  it('cannot be told of what is never refreshed', () => {
    expect(plannedAge([], 0, null, null)).toBeNull();
    expect(plannedAge(runs(10), null, null, null)).toBeNull();
  });
});
