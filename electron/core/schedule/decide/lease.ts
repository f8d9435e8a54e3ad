import type { Lease } from '../../../../shared/model/schedule.ts';

/** How often a runner shows that it lives. */
export const heartbeatEveryMs = 5_000;
/** Six heartbeats: a long pause of the machine, or of the network, is no death. */
export const staleAfterMs = 30_000;
/** A refresh may take this many times its usual duration before it is cancelled. */
const deadlineFactor = 4;
const shortestDeadlineMs = 10 * 60_000;
/** Of a refresh that was never measured. */
const firstDeadlineMs = 6 * 3_600_000;

/** free: nobody holds it. held: its runner lives. stale: its runner is gone, or has overrun its deadline. */
export type LeaseState = 'free' | 'held' | 'stale';

/**
 * All times are on the server's clock. A heartbeat that lies in the future by more than a stale lease's patience is one
 * from before the clock was set back: a runner that lives corrects it with its next one.
 */
export function leaseState(lease: Lease, nowMs: number): LeaseState {
  if (lease.holder === null) return 'free';
  const silentMs = lease.heartbeatAtMs === null ? Infinity : Math.abs(nowMs - lease.heartbeatAtMs);
  if (silentMs > staleAfterMs) return 'stale';
  // A runner that lives cancels at its deadline; one that does not even do that is not trusted with the lease.
  if (lease.deadlineMs !== null && nowMs > lease.deadlineMs + staleAfterMs) return 'stale';
  return 'held';
}

/** What has to be true in the registry for a claim to succeed, and what it writes. */
export interface LeaseClaim {
  /** The claim fails where the registry has another epoch by now. */
  readonly expectedEpoch: number;
  readonly epoch: number;
  readonly deadlineMs: number;
  /** The runner that was found dead; null: it was free. */
  readonly takenFrom: string | null;
}

/** How a lease may be taken now; null: it may not. A runner does not take over from itself while it lives. */
export function claimLease(lease: Lease, usualMs: number | null, nowMs: number): LeaseClaim | null {
  const state = leaseState(lease, nowMs);
  if (state === 'held') return null;
  return {
    expectedEpoch: lease.epoch,
    epoch: lease.epoch + 1,
    deadlineMs: nowMs + longestRunMs(usualMs),
    takenFrom: state === 'stale' ? lease.holder : null,
  };
}

/** How long a refresh may take before it is cancelled. `usualMs`: its p95, null: never measured. */
export const longestRunMs = (usualMs: number | null): number =>
  usualMs === null ? firstDeadlineMs : Math.max(shortestDeadlineMs, deadlineFactor * usualMs);

/** Whether a run that began under `epoch` may still commit: to be asked in the committing transaction. */
export const mayCommit = (lease: Pick<Lease, 'epoch' | 'holder'>, runner: string, epoch: number): boolean =>
  lease.holder === runner && lease.epoch === epoch;

/** A run that says 'running' while nobody works on it: its lease is free, taken by another, or stale. */
export const isOrphan = (
  run: { readonly runner: string; readonly epoch: number },
  lease: Lease,
  nowMs: number,
): boolean => !mayCommit(lease, run.runner, run.epoch) || leaseState(lease, nowMs) === 'stale';
