import { describe, expect, it } from 'vitest';
import { keyText, subtractSnapshots } from '../../../../electron/core/sampler/deltas.ts';
import { counters, entry, key, snapshot } from './snapshots.ts';

describe('the difference of two snapshots', () => {
  it('leaves out what did not change', () => {
    const same = entry('1', { calls: 7, totalExecMs: 3 });
    const set = subtractSnapshots(snapshot(0, [same]), snapshot(60_000, [same, entry('2', { calls: 1 })]));
    expect(set.deltas.map((delta) => delta.key.queryid)).toEqual(['2']);
    expect(set).toMatchObject({ fromMs: 0, toMs: 60_000, resets: 0 });
  });

  it('counts an entry that was recreated from its beginning, and marks it', () => {
    const before = snapshot(100, [entry('1', { calls: 50, rows: 50 })]);
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 80, rows: 3 })]));
    expect(set.deltas).toEqual([{ key: key('1'), counters: counters({ calls: 80, rows: 3 }), discontinuity: true }]);
    expect(set.resets).toBe(1);
  });

  it('sees a recreated entry by its own time although every counter has overtaken', () => {
    const before = snapshot(100, [entry('1', { calls: 5 }, 10)]);
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 9 }, 150)]));
    expect(set.deltas[0]).toMatchObject({ counters: { calls: 9 }, discontinuity: true });
  });

  it('takes an entry that came back after an eviction as evicted, not as reset', () => {
    const before = snapshot(100, [entry('1', { calls: 50 })], { dealloc: 2 });
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 4 })], { dealloc: 3 }));
    expect(set).toMatchObject({ deallocs: 1, resets: 0, deltas: [{ counters: { calls: 4 }, discontinuity: true }] });
  });

  it('does not claim that nothing was evicted where nobody counts evictions', () => {
    const unknown = { statsResetMs: null };
    const before = snapshot(100, [entry('1', { calls: 50 })], unknown);
    expect(subtractSnapshots(before, snapshot(200, [entry('1', { calls: 54 })], unknown)).deallocs).toBeNull();
  });

  it('notices the reset of one database by its vanished entries', () => {
    const before = snapshot(100, [entry('1', { calls: 50 }), entry('2', { calls: 5 })]);
    expect(subtractSnapshots(before, snapshot(200, [entry('2', { calls: 6 })])).resets).toBe(1);
  });

  it('does not take old work for new when a GRANT makes hidden entries visible', () => {
    const before = snapshot(100, [], { hiddenEntries: 2 });
    const after = [entry('1', { calls: 1_000_000 })];
    expect(subtractSnapshots(before, snapshot(200, after, { hiddenEntries: 0 })).deltas).toEqual([]);
    const withTimes = [entry('1', { calls: 1_000_000 }, 50), entry('2', { calls: 3 }, 150)];
    const set = subtractSnapshots(snapshot(100, []), snapshot(200, withTimes));
    expect(set.deltas.map((delta) => delta.key.queryid)).toEqual(['2']);
  });

  it('covers active time with top-level statements only', () => {
    const inner = { ...entry('1', { totalExecMs: 400 }), key: { ...key('1'), toplevel: false } };
    const before = snapshot(0, [], { activeTimeMs: 1_000 });
    const after = snapshot(1, [entry('1', { totalExecMs: 450, totalPlanMs: 50 }), inner], { activeTimeMs: 2_000 });
    expect(subtractSnapshots(before, after).coverage).toBe(0.5);
    expect(subtractSnapshots(snapshot(0, []), after).coverage).toBeNull();
  });

  it('keeps statements apart that differ in top level only', () => {
    expect(keyText(key('1'))).not.toBe(keyText({ ...key('1'), toplevel: false }));
  });
});
