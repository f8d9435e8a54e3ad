import { describe, expect, it } from 'vitest';
import type { SnapshotEntry } from '../../../../shared/model/sampling.ts';
import { goesOnFrom, isSameSource, longestGapMs } from '../../../../electron/core/sampler/deltas.ts';
import { entry, snapshot } from './snapshots.ts';

describe('going on from an earlier snapshot', () => {
  it.each([
    ['a minute later', 60_000, true],
    ['a night later', longestGapMs + 1, false],
    ['after the clock went back', -1, false],
  ])('%s', (_, atMs, sound) => expect(goesOnFrom(snapshot(0, []), snapshot(atMs, []))).toBe(sound));

  const idle = { calls: 3, totalExecMs: 12.345678 };
  const other = (role: string, one: SnapshotEntry): SnapshotEntry => ({ ...one, key: { ...one.key, roleOid: role } });
  it.each([
    ['an entry that nobody ran since', [entry('1', idle)], [entry('1', idle), entry('2', { calls: 1 })], true],
    ['an entry that kept its own time', [entry('1', idle, 5)], [entry('1', { calls: 9 }, 5)], true],
    ['entries that all differ', [entry('1', idle)], [entry('1', { calls: 1_000, totalExecMs: 8_000 })], false],
    ['entries with other times of their own', [entry('1', idle, 5)], [entry('1', idle, 6)], false],
    ['nothing in common', [entry('1', idle)], [entry('2', idle)], false],
    [
      'one role alone before, and all roles now: a GRANT',
      [entry('1', idle)],
      [entry('1', idle), other('11', entry('9', { calls: 1e6 }))],
      false,
    ],
  ])('%s', (_, before, after, same) => expect(isSameSource(snapshot(0, before), snapshot(1, after))).toBe(same));

  it('goes on in the process that goes on, unless nobody knows what was hidden before', () => {
    const process = { serverStartedAtMs: 7, hiddenEntries: 0 };
    const [before, after] = [[entry('1', idle)], [entry('2', idle)]];
    expect(isSameSource(snapshot(0, before, process), snapshot(1, after, process))).toBe(true);
    expect(isSameSource(snapshot(0, before, process), snapshot(1, after, { serverStartedAtMs: 9 }))).toBe(false);
    expect(isSameSource(snapshot(0, before, { serverStartedAtMs: 7 }), snapshot(1, after, process))).toBe(false);
  });
});
