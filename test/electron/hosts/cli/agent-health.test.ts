import { describe, expect, test } from 'vitest';
import { runnerProblems, watchingProblems } from '../../../../electron/hosts/cli/agent-health.ts';

const minuteMs = 60_000;
const fresh = { lastRoundAgoMs: minuteMs, lastLookAgoMs: minuteMs, problem: null };

describe('an agent whose watchdog', () => {
  test('came round lately is well, also while its server is out of reach', () => {
    expect(watchingProblems(fresh, true)).toEqual([]);
    expect(watchingProblems({ ...fresh, lastLookAgoMs: null }, true)).toEqual([]);
    expect(watchingProblems({ ...fresh, lastLookAgoMs: null }, false)).toEqual([]);
    // One look that failed is tried again within a minute.
    expect(watchingProblems({ ...fresh, problem: 'A lock was waited for.' }, true)).toEqual([]);
  });

  test('stands still is not, and says why where that is known', () => {
    const stuck = { lastRoundAgoMs: 7 * minuteMs, lastLookAgoMs: 7 * minuteMs, problem: 'The disk is full.' };
    expect(watchingProblems(stuck, true)).toEqual(['The watchdog last came round 7 min ago. The disk is full.']);
    expect(watchingProblems({ ...stuck, problem: null }, false)).toEqual(['The watchdog last came round 7 min ago.']);
    expect(watchingProblems({ ...fresh, lastRoundAgoMs: null }, true)).toHaveLength(1);
  });

  test('cannot look at its server is not, from the first failure on where it never could', () => {
    const failing = { ...fresh, problem: 'The registry is newer.' };
    expect(watchingProblems({ ...failing, lastLookAgoMs: null }, true)).toEqual([
      'The server is not watched. The registry is newer.',
    ]);
    expect(watchingProblems({ ...failing, lastLookAgoMs: 6 * minuteMs }, true)).toEqual([
      'The watchdog last looked at the server 6 min ago. The registry is newer.',
    ]);
  });
});

describe('an agent that refreshes', () => {
  const runner = { on: true, problem: 'There is no registry here yet.', lastTickMs: null };
  const none = { state: 'none' as const, message: 'There is no registry here yet.' };

  test('is well where there is nothing to refresh yet', () => {
    expect(runnerProblems({ runner, registry: none }, false)).toEqual([]);
    const ready = { state: 'ready' as const, message: null };
    expect(runnerProblems({ runner: { ...runner, problem: null }, registry: ready }, true)).toEqual([]);
  });

  test('is not where the registry that it had is gone', () => {
    expect(runnerProblems({ runner, registry: none }, true)).toEqual([
      expect.stringMatching(/^The registry \(schema daybreak\) that was here is gone: nothing is refreshed/),
    ]);
  });
});
