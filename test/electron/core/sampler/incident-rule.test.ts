import { describe, expect, it } from 'vitest';
import type { ActivityRow, DeltaSet, StatementCounters } from '../../../../shared/model/sampling.ts';
import {
  calmState,
  mute,
  observe,
  observeSample,
  reasonOf,
  type IncidentState,
} from '../../../../electron/core/sampler/incident-rule.ts';
import { atWork, forLock } from './activity-rows.ts';

/** One interval in which each statement, by queryid, was called so often with that mean. */
function interval(
  fromMs: number,
  lastedMs: number,
  statements: Record<string, [calls: number, meanMs: number]>,
): DeltaSet {
  const deltas = Object.entries(statements).map(([queryid, [calls, meanMs]]) => ({
    key: { databaseOid: '5', roleOid: '10', queryid, toplevel: true },
    counters: { calls, totalExecMs: calls * meanMs } as StatementCounters,
    discontinuity: false,
  }));
  return { fromMs, toMs: fromMs + lastedMs, deltas, deallocs: 0, resets: 0, coverage: null };
}

/** Plays equal intervals one after the other and returns the state after the last. */
function play(
  state: IncidentState,
  fromMs: number,
  count: number,
  lastedMs: number,
  statements: Record<string, [number, number]>,
): IncidentState {
  let now = state;
  for (let n = 0; n < count; n += 1) now = observe(now, interval(fromMs + n * lastedMs, lastedMs, statements));
  return now;
}
const minute = 60_000;
const quiet = play(calmState, 0, 10, minute, { save: [600, 2], lookup: [6_000, 0.1] });

describe('an incident that begins by itself', () => {
  it('needs three times the usual latency for 30 seconds', () => {
    const slow = { save: [50, 9] as [number, number] };
    expect(play(quiet, 10 * minute, 5, 5_000, slow).mode).toBe('background');
    expect(play(quiet, 10 * minute, 6, 5_000, slow).mode).toBe('incident');
    expect(play(quiet, 10 * minute, 1, minute, slow).mode).toBe('incident');
  });

  it('does not begin at twice the usual latency, however long', () => {
    expect(play(quiet, 10 * minute, 60, minute, { save: [600, 4] }).mode).toBe('background');
  });

  it('does not take another mixture of statements for a slowdown', () => {
    expect(play(quiet, 10 * minute, 3, minute, { save: [6_000, 2], lookup: [10, 0.1] }).mode).toBe('background');
  });

  it('does not begin for a report that becomes slower', () => {
    const before = play(quiet, 10 * minute, 5, minute, { save: [600, 2], report: [30, 4_000] });
    expect(play(before, 15 * minute, 3, minute, { save: [600, 2], report: [30, 40_000] }).mode).toBe('background');
  });

  it('says what it saw, and that it is over while the closer look still lasts', () => {
    expect(reasonOf(quiet)).toBeNull();
    const during = play(quiet, 10 * minute, 3, minute, { save: [600, 8.2] });
    expect(reasonOf(during)).toMatch(/take up to 4\.1 times their usual time/);
    expect(reasonOf(play(during, 13 * minute, 2, minute, { save: [600, 2] }))).toMatch(
      /took up to 4\.1 times.*is over/,
    );
    expect(reasonOf(play(during, 13 * minute, 6, minute, { save: [600, 2] }))).toBeNull();
  });

  it('ends five minutes after latency fell back, and not while it is high', () => {
    const during = play(quiet, 10 * minute, 30, minute, { save: [600, 60] });
    expect(during.mode).toBe('incident');
    expect(play(during, 40 * minute, 59, 5_000, { save: [50, 2] }).mode).toBe('incident');
    expect(play(during, 40 * minute, 60, 5_000, { save: [50, 2] }).mode).toBe('background');
  });

  it('does not learn from the slow morning what is usual', () => {
    const during = play(quiet, 10 * minute, 60, minute, { save: [600, 60] });
    expect([...during.baselines.values()].map(({ meanMs }) => meanMs)).toEqual(
      [...quiet.baselines.values()].map(({ meanMs }) => meanMs),
    );
  });

  it('accepts what has lasted for hours', () => {
    expect(play(quiet, 10 * minute, 8 * 60, minute, { save: [600, 20] }).mode).toBe('background');
  });

  it('stays off when the person switched it off, until latency has been down once', () => {
    const slow = { save: [600, 60] as [number, number] };
    const off = mute(play(quiet, 10 * minute, 3, minute, slow));
    const still = play(off, 13 * minute, 10, minute, slow);
    expect(still.mode).toBe('background');
    const calm = play(still, 23 * minute, 1, minute, { save: [600, 2] });
    expect(play(calm, 24 * minute, 1, minute, slow).mode).toBe('incident');
  });
});

describe('an incident in which nothing ends, so that nothing is booked', () => {
  const standing = (sinceMs: number) => [1, 2].map((pid) => atWork(pid, 'save', sinceMs, forLock));
  /** Samples every `everyMs` from `fromMs` on, and a snapshot each minute in which nothing was booked. */
  function watch(state: IncidentState, fromMs: number, lastMs: number, rows: readonly ActivityRow[], everyMs = 5_000) {
    let now = state;
    for (let atMs = fromMs; atMs < fromMs + lastMs; atMs += everyMs) {
      now = observeSample(now, { atMs, rows });
      if ((atMs - fromMs) % minute === minute - everyMs) {
        now = observe(now, interval(atMs + everyMs - minute, minute, { report: [1, 50_000] }));
      }
    }
    return now;
  }
  const t = 10 * minute;

  it('begins when short statements have stood behind a lock for 30 seconds, and says so', () => {
    expect(watch(quiet, t, 30_000, standing(t - 1_000)).mode).toBe('background');
    const during = watch(quiet, t, 35_000, standing(t - 1_000));
    expect(during.mode).toBe('incident');
    expect(reasonOf(during)).toBe(
      'Short statements, those behind saving and looking up, stand: all 2 at work, 2 of them waiting for a lock, the longest for 31 s.',
    );
  });

  it('goes on as long as they stand, and ends five minutes after', () => {
    const during = watch(quiet, t, 20 * minute, standing(t - 1_000), 1_000);
    expect(during.mode).toBe('incident');
    expect(watch(during, 30 * minute, 5 * minute - 1_000, [], 1_000).mode).toBe('incident');
    expect(reasonOf(watch(during, 30 * minute, minute, [], 1_000))).toBe(
      'Short statements stood for up to 20 min. It is over; the closer look ends five minutes after.',
    );
    const over = watch(during, 30 * minute, 5 * minute, [], 1_000);
    expect(over.mode).toBe('background');
    expect(reasonOf(over)).toBeNull();
  });

  it('keeps an incident of booked statements that come to a standstill', () => {
    const slow = play(quiet, t, 3, minute, { save: [600, 8.2] });
    expect(watch(slow, t + 3 * minute, 6 * minute, standing(t), 1_000).mode).toBe('incident');
    expect(watch(slow, t + 3 * minute, 6 * minute, [], 1_000).mode).toBe('background');
  });

  it('does not begin while they stand now and then', () => {
    let now = quiet;
    for (let n = 0; n < 20; n += 1)
      now = watch(watch(now, t + n * minute, 25_000, standing(t)), t + n * minute, 5_000, []);
    expect(now.mode).toBe('background');
    // Two samples an hour apart: the laptop slept in between.
    const before = watch(quiet, t, 25_000, standing(t));
    expect(watch(before, 70 * minute, 5_000, standing(t)).mode).toBe('background');
  });

  it('does not begin for one stray long report', () => {
    const report = atWork(7, 'report', t - minute);
    expect(watch(quiet, t, 20 * minute, [report]).mode).toBe('background');
    const known = play(quiet, t, 5, minute, { save: [600, 2], report: [30, 4_000] });
    expect(watch(known, 15 * minute, 20 * minute, [report]).mode).toBe('background');
  });

  it('does not begin for an idle transaction that nobody waits for', () => {
    const idle = atWork(7, 'save', t - minute, { state: 'idle in transaction', waitEventType: 'Client' });
    expect(watch(quiet, t, 20 * minute, [idle]).mode).toBe('background');
  });

  it('accepts what has stood for hours', () => {
    const during = watch(quiet, t, 110 * minute, standing(t));
    expect(during.mode).toBe('incident');
    expect(watch(during, 120 * minute, 30 * minute, standing(t)).mode).toBe('background');
  });

  it('stays off when the person switched it off, until a whole interval was calm', () => {
    const off = mute(watch(quiet, t, 2 * minute, standing(t)));
    const still = watch(
      observeSample(off, { atMs: t + 2 * minute, rows: [] }),
      t + 2 * minute + 1,
      10 * minute,
      standing(t),
    );
    expect(still.mode).toBe('background');
    const calm = watch(still, t + 13 * minute, 2 * minute, []);
    expect(watch(calm, t + 15 * minute, 2 * minute, standing(t + 15 * minute)).mode).toBe('incident');
  });

  it('ends although samples do not come any more', () => {
    const during = watch(quiet, t, 2 * minute, standing(t));
    expect(play(during, t + 2 * minute, 7, minute, { report: [1, 50_000] }).mode).toBe('background');
  });

  it('does not learn from a standstill what is usual', () => {
    const during = watch(quiet, t, 20 * minute, standing(t));
    expect(during.baselines).toEqual(quiet.baselines);
  });
});
