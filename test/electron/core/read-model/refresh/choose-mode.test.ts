import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseMode,
  obstacleTo,
  type PastRun,
  type RefreshFacts,
  type RefreshWish,
} from '../../../../../electron/core/read-model/refresh/choose-mode.ts';
import { refreshModeSchema, type RefreshMode } from '../../../../../shared/model/read-model.ts';

const small: RefreshFacts = {
  liveRows: 99_999,
  livePopulated: true,
  keyQualifies: true,
  cutByPeriod: false,
  pastRuns: [],
  longestReaderMs: 0,
};
const nothingAsked: RefreshWish = { mode: null, periods: 'open' };
const chosen = (facts: Partial<RefreshFacts>, wish: Partial<RefreshWish> = {}) =>
  chooseMode({ ...small, ...facts }, { ...nothingAsked, ...wish });
const runs = (mode: RefreshMode, tookMs: number, churn: number | null = null): PastRun[] =>
  Array.from({ length: 3 }, () => ({ mode, tookMs, churn }));

describe('how a read model is refreshed', () => {
  test('small and soundly keyed: in place; anything else: side by side', () => {
    expect(chosen({}).mode).toBe('concurrent');
    for (const other of [
      { liveRows: 100_000 },
      { liveRows: null },
      { livePopulated: false },
      { keyQualifies: false },
    ]) {
      expect(chosen(other).mode).toBe('side_by_side');
    }
  });

  test('by period where there is one, at any size, but not before it was filled', () => {
    for (const liveRows of [10, 50_000_000]) expect(chosen({ cutByPeriod: true, liveRows }).mode).toBe('by_period');
    expect(chosen({ cutByPeriod: true, livePopulated: false }).mode).toBe('side_by_side');
  });

  test('rows that nearly all change are written anew', () => {
    expect(chosen({ pastRuns: runs('concurrent', 100, 0.1) }).mode).toBe('concurrent');
    expect(chosen({ pastRuns: runs('concurrent', 100, 0.9) })).toEqual({
      mode: 'side_by_side',
      reason: '90 % of 99,999 rows change each time: writing all of them anew leaves no dead rows',
    });
    expect(chosen({ liveRows: 9_999, pastRuns: runs('concurrent', 100, 0.9) }).mode).toBe('concurrent');
    expect(chosen({ cutByPeriod: true, pastRuns: runs('by_period', 100, 0.9) }).mode).toBe('side_by_side');
  });

  test('measured durations decide where size alone would guess', () => {
    const large = { liveRows: 200_000 };
    const [slowFlip, fastMerge] = [runs('side_by_side', 9_000), runs('concurrent', 4_000)];
    expect(chosen({ ...large, pastRuns: [...slowFlip, ...fastMerge] })).toEqual({
      mode: 'concurrent',
      reason: 'it took 4.0 s lately, and side by side 9.0 s',
    });
    expect(chosen({ ...large, pastRuns: [...slowFlip, ...fastMerge.slice(1)] }).mode).toBe('side_by_side');
    expect(
      chosen({ cutByPeriod: true, pastRuns: [...runs('by_period', 9_000), ...runs('side_by_side', 4_000)] }).mode,
    ).toBe('side_by_side');
  });

  test('a reader who holds the view for longer than a flip waits is gone round', () => {
    expect(chosen({ liveRows: 2_000_000, longestReaderMs: 30_000 }).mode).toBe('side_by_side');
    expect(chosen({ liveRows: 2_000_000, longestReaderMs: 90_000 })).toEqual({
      mode: 'concurrent',
      reason: 'a reader has held the view for 1 min 30 s, and a flip would wait for its end',
    });
    expect(chosen({ keyQualifies: false, longestReaderMs: 90_000 }).mode).toBe('side_by_side');
  });

  test('what a person asked for is done, or it is said why not', () => {
    expect(chosen({}, { mode: 'full' })).toEqual({ mode: 'full', reason: 'full was asked for' });
    expect(chosen({}, { mode: 'by_period' })).toEqual({
      mode: 'concurrent',
      reason:
        'by period was asked for, but the read model has no period; so concurrent: 99,999 rows are merged in place, unnoticed by readers',
    });
    expect(chosen({ cutByPeriod: true }, { mode: 'concurrent' }).reason).toContain('its copies are tables');
  });

  test('all periods are verified in place, however much they have changed before', () => {
    const pastRuns = runs('by_period', 100, 0.9);
    expect(chosen({ cutByPeriod: true, pastRuns }, { periods: 'all' }).mode).toBe('by_period');
  });
});

const anyMode = fc.constantFrom(...refreshModeSchema.options);
const anyFacts: fc.Arbitrary<RefreshFacts> = fc.record({
  liveRows: fc.option(fc.nat(3_000_000)),
  livePopulated: fc.boolean(),
  keyQualifies: fc.boolean(),
  cutByPeriod: fc.boolean(),
  pastRuns: fc.array(
    fc.record({
      mode: anyMode,
      tookMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      churn: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
    }),
    { maxLength: 10 },
  ),
  longestReaderMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
});
const anyWish: fc.Arbitrary<RefreshWish> = fc.record({
  mode: fc.option(anyMode),
  periods: fc.constantFrom('open', 'all'),
});

describe('whatever the facts', () => {
  test('the mode is one that the copies allow, and it says why', () => {
    fc.assert(
      fc.property(anyFacts, anyWish, (facts, wish) => {
        const { mode, reason } = chooseMode(facts, wish);
        expect(obstacleTo(mode, facts)).toBeNull();
        expect(reason).toMatch(/\S/);
      }),
    );
  });

  test('readers are never made to wait unless somebody asked for it', () => {
    fc.assert(
      fc.property(anyFacts, anyWish, (facts, wish) => {
        if (wish.mode !== 'full') expect(chooseMode(facts, wish).mode).not.toBe('full');
      }),
    );
  });

  test('a wish that can be granted is granted, and one that cannot is named', () => {
    fc.assert(
      fc.property(anyFacts, anyWish, (facts, wish) => {
        if (wish.mode === null) return;
        const { mode, reason } = chooseMode(facts, wish);
        if (obstacleTo(wish.mode, facts) === null) expect(mode).toBe(wish.mode);
        else expect(reason).toMatch(/ was asked for, but /);
      }),
    );
  });

  test('the same facts give the same answer, and more rows never lead from side by side to a merge', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(1_000_000), (facts, more) => {
        const plain = { ...facts, pastRuns: [], cutByPeriod: false };
        const before = chooseMode(plain, nothingAsked);
        expect(chooseMode(plain, nothingAsked)).toEqual(before);
        if (before.mode === 'side_by_side' && plain.liveRows !== null) {
          expect(chooseMode({ ...plain, liveRows: plain.liveRows + more }, nothingAsked).mode).toBe('side_by_side');
        }
      }),
    );
  });
});
