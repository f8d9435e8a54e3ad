import { describe, expect, it } from 'vitest';
import type { ActivityRow } from '../../../../shared/model/sampling.ts';
import { standstillIn } from '../../../../electron/core/sampler/standstill.ts';
import type { Baselines } from '../../../../electron/core/sampler/usual-latency.ts';
import { atWork, forLock } from './activity-rows.ts';

const nowMs = 1_000_000;
const ago = (ms: number) => nowMs - ms;
const usual: Baselines = new Map([
  ['5/10/save/t', { meanMs: 2, calls: 6_000, watchedMs: 600_000 }],
  ['5/10/lookup/t', { meanMs: 150, calls: 6_000, watchedMs: 600_000 }],
  ['5/10/report/t', { meanMs: 4_000, calls: 300, watchedMs: 600_000 }],
  ['5/10/seldom/t', { meanMs: 1, calls: 3, watchedMs: 600_000 }],
]);
const seen = (...rows: ActivityRow[]) => standstillIn({ atMs: nowMs, rows }, usual);

describe('a sample', () => {
  it('shows a standstill where a short statement waits for a lock', () => {
    expect(seen(atWork(1, 'save', ago(20_000), forLock))).toEqual({
      standing: 1,
      atWork: 1,
      waitingForLocks: 1,
      longestMs: 20_000,
    });
  });

  it('shows one where several short statements do not end, whatever they wait for', () => {
    expect(
      seen(
        atWork(1, 'save', ago(4_000), { waitEventType: 'IO', waitEvent: 'WALSync' }),
        atWork(2, 'save', ago(9_000)),
        atWork(3, 'lookup', ago(3_000)),
      ),
    ).toMatchObject({ standing: 3, waitingForLocks: 0, longestMs: 9_000 });
  });

  it('shows none where the short statements in flight are as young as ever', () => {
    expect(seen(atWork(1, 'save', ago(5), forLock), atWork(2, 'save', ago(999), forLock))).toBeNull();
  });

  it('shows none for reports, however many there are and whatever they wait for', () => {
    const reports = [1, 2, 3].map((pid) => atWork(pid, 'report', ago(600_000), forLock));
    expect(seen(...reports, atWork(4, 'unknown', ago(600_000), forLock), atWork(5, 'seldom', ago(9_000)))).toBeNull();
  });

  it('shows none for one short statement that for once takes long by itself', () => {
    expect(seen(atWork(1, 'save', ago(60_000)))).toBeNull();
  });

  it('shows none for an idle transaction, nor for a statement that waits for its client', () => {
    const idle = { state: 'idle in transaction', waitEventType: 'Client', waitEvent: 'ClientRead' };
    const unread = { waitEventType: 'Client', waitEvent: 'ClientWrite' };
    const [one, two] = [1, 2].map((pid) => atWork(pid, 'save', ago(600_000), idle));
    const [three, four] = [3, 4].map((pid) => atWork(pid, 'save', ago(600_000), unread));
    expect([one, two, three, four].map((row) => row && seen(row))).toEqual([null, null, null, null]);
    expect(seen(...[one, two, three, four].filter((row) => row !== undefined))).toBeNull();
  });

  it('shows none where one in three of those at work goes on', () => {
    const standing = [1, 2, 3, 4].map((pid) => atWork(pid, 'save', ago(20_000), forLock));
    const going = [5, 6].map((pid) => atWork(pid, 'save', ago(1)));
    expect(seen(...standing, ...going)).toBeNull();
    expect(seen(...standing, ...going.slice(1))).toMatchObject({ standing: 4, atWork: 5 });
  });

  // The server waits for the lock of a table while it parses, and has no queryid yet.
  it('takes several sessions of the role that saves for savers before their statements are known', () => {
    const waiting = [1, 2].map((pid) => atWork(pid, null, ago(20_000), forLock));
    expect(seen(...waiting)).toMatchObject({ standing: 2, waitingForLocks: 2 });
    expect(seen(...waiting.slice(1))).toBeNull();
    expect(seen(...waiting.map((row) => ({ ...row, roleOid: '11' })))).toBeNull();
    expect(seen(...waiting.map((row) => ({ ...row, waitEventType: null })))).toBeNull();
  });
});
