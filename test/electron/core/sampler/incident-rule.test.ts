import { describe, expect, it } from 'vitest';
import type { DeltaSet, StatementCounters } from '../../../../shared/model/sampling.ts';
import {
  calmState,
  mute,
  observe,
  reasonOf,
  type IncidentState,
} from '../../../../electron/core/sampler/incident-rule.ts';

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
