import type { ServerCounters, Snapshot } from '../../../shared/model/sampling.ts';

/** Counters of one view go up together and are reset together. */
const groups = [
  ['commits', 'rollbacks', 'deadlocks', 'tempBytes', 'blkReadMs', 'blkWriteMs'],
  ['checkpoints', 'checkpointWriteMs', 'checkpointSyncMs', 'checkpointBuffers'],
  ['walBytes'],
  ['ioReads', 'ioReadMs', 'ioWrites', 'ioWriteMs', 'ioFsyncs', 'ioFsyncMs', 'vacuumIoBlocks'],
] as const satisfies readonly (readonly (keyof ServerCounters)[])[];

/** Fails to compile when a counter is added to the model and not here. */
type Missing = Exclude<keyof ServerCounters, (typeof groups)[number][number]>;
const unknown: Readonly<Record<Missing, never>> & Partial<Record<keyof ServerCounters, null>> = {};

/** null where one of them is unknown, or where it was counted anew in between. */
export function difference(earlier: number | null | undefined, later: number | null | undefined): number | null {
  return earlier == null || later == null || later < earlier ? null : later - earlier;
}

/**
 * What the instance did between two snapshots; null where it is not known of both. A view in which one counter went
 * down was reset, or a database was dropped that its sums held: then none of that view is told. Never negative.
 */
export function serverDifference(previous: Snapshot, next: Snapshot): ServerCounters | null {
  const [before, after] = [previous.server, next.server];
  if (before == null || after == null) return null;
  const anew = countersBeganAnew(previous, next);
  const counters: Partial<Record<keyof ServerCounters, number | null>> = { ...unknown };
  for (const group of groups) {
    const reset = anew || group.some((name) => isLess(after[name], before[name]));
    for (const name of group) counters[name] = reset ? null : difference(before[name], after[name]);
  }
  return counters as ServerCounters;
}

const isLess = (later: number | null, earlier: number | null): boolean =>
  later !== null && earlier !== null && later < earlier;

/** True where the statistics of the instance were reset in between; false also where that is not known. */
export const countersBeganAnew = ({ serverResetMs: before }: Snapshot, { serverResetMs: after }: Snapshot): boolean =>
  before !== undefined && after !== undefined && before !== after;

/** True where the server is surely another process than before. A millisecond, because the store may round. */
export const hasRestarted = (
  { serverStartedAtMs: before }: Snapshot,
  { serverStartedAtMs: after }: Snapshot,
): boolean => before != null && after != null && Math.abs(before - after) >= 1;

/** True where both are surely of one process of the server, which goes on counting where it was. */
export const isSameProcess = (
  { serverStartedAtMs: before }: Snapshot,
  { serverStartedAtMs: after }: Snapshot,
): boolean => before != null && after != null && Math.abs(before - after) < 1;
