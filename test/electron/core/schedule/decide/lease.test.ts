import { describe, expect, test } from 'vitest';
import {
  claimLease,
  isOrphan,
  leaseState,
  longestRunMs,
  mayCommit,
  staleAfterMs,
} from '../../../../../electron/core/schedule/decide/lease.ts';
import type { Lease } from '../../../../../shared/model/schedule.ts';
import { freeLease, hourMs, minuteMs } from '../../../../support/schedule/model-state.ts';

const held: Lease = { readModel: 'sales', epoch: 7, holder: 'agent-1', heartbeatAtMs: hourMs, deadlineMs: 2 * hourMs };

describe('a lease', () => {
  test('is held while its runner reports, and stale half a minute after it stopped', () => {
    expect(leaseState(held, hourMs + staleAfterMs)).toBe('held');
    expect(leaseState(held, hourMs + staleAfterMs + 1)).toBe('stale');
    expect(leaseState({ ...held, heartbeatAtMs: null }, hourMs)).toBe('stale');
    expect(leaseState(freeLease('sales'), hourMs)).toBe('free');
  });

  test('is stale when its runner overran its deadline and did not even cancel', () => {
    const busy = { ...held, heartbeatAtMs: 3 * hourMs };
    expect(leaseState(busy, 3 * hourMs)).toBe('stale');
    expect(leaseState({ ...busy, deadlineMs: 3 * hourMs }, 3 * hourMs)).toBe('held');
  });

  test('of a dead runner is no longer kept by a clock that was set back', () => {
    expect(leaseState(held, hourMs - staleAfterMs - 1)).toBe('stale');
    expect(leaseState(held, hourMs - 1_000)).toBe('held');
  });

  test('is taken under the next epoch, free or stale, and never from a runner that lives', () => {
    expect(claimLease(held, minuteMs, hourMs)).toBeNull();
    expect(claimLease(freeLease('sales', 3), minuteMs, hourMs)).toEqual({
      expectedEpoch: 3,
      epoch: 4,
      deadlineMs: hourMs + 10 * minuteMs,
      takenFrom: null,
    });
    expect(claimLease(held, minuteMs, 2 * hourMs)).toMatchObject({ expectedEpoch: 7, epoch: 8, takenFrom: 'agent-1' });
  });

  test('gives a refresh four times its usual duration, and more than enough where none was measured', () => {
    expect(longestRunMs(null)).toBe(6 * hourMs);
    expect(longestRunMs(1_000)).toBe(10 * minuteMs);
    expect(longestRunMs(hourMs)).toBe(4 * hourMs);
  });

  test('that was lost does not let a run commit', () => {
    expect(mayCommit(held, 'agent-1', 7)).toBe(true);
    expect(mayCommit({ ...held, epoch: 8 }, 'agent-1', 7)).toBe(false);
    expect(mayCommit({ ...held, holder: null }, 'agent-1', 7)).toBe(false);
  });

  test('makes an orphan of a run whose runner is gone, or whose lease is another’s', () => {
    const run = { runner: 'agent-1', epoch: 7 };
    expect(isOrphan(run, held, hourMs)).toBe(false);
    expect(isOrphan(run, held, 2 * hourMs)).toBe(true);
    expect(isOrphan(run, { ...held, epoch: 8, holder: 'agent-2' }, hourMs)).toBe(true);
    expect(isOrphan(run, freeLease('sales', 7), hourMs)).toBe(true);
  });
});
