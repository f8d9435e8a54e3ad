import type { SamplerMode } from '../../../shared/model/sampling.ts';

/** How often the sampler looks, ms. */
export const intervals: Readonly<Record<SamplerMode, { readonly activityMs: number; readonly snapshotMs: number }>> = {
  background: { activityMs: 5_000, snapshotMs: 60_000 },
  incident: { activityMs: 1_000, snapshotMs: 5_000 },
};

type Intervals = (typeof intervals)[SamplerMode];

const closest: Intervals = { activityMs: 2_000, snapshotMs: 10_000 };

/** While somebody decides by what is seen, as the load guard does of a refresh that runs: at least so often. */
export const closerThan = ({ activityMs, snapshotMs }: Intervals): Intervals => ({
  activityMs: Math.min(activityMs, closest.activityMs),
  snapshotMs: Math.min(snapshotMs, closest.snapshotMs),
});

/** How often the sampler looks whether the extension and the role's rights are still what they were. */
export const lookIntervalMs = 5 * 60_000;

/** Texts of statements that were seen for the first time. */
export const textsIntervalMs = 10 * 60_000;
/**
 * Share of the time that reading texts may take. Any reading makes the server load its whole file: with 94 MB that takes
 * 0.45 s of processor time, then they are read every 15 minutes instead.
 */
export const textsShare = 0.0005;
/** Readings that fail are made less and less often, but not more seldom than that for being failures. */
export const failedTextsIntervalMs = 60 * 60_000;
/** The first texts come soon, but after the first snapshot and never in the same breath. */
export const firstTextsMs = 2_000;

/** How long texts are let alone after a reading that took so long, the last of so many in a row that failed. */
export function textsPauseMs(tookMs: number, failures: number): number {
  const againMs = Math.min(textsIntervalMs * 2 ** failures, failedTextsIntervalMs);
  // What it cost it cost the server, also where nothing came of it.
  return Math.max(againMs, tookMs / textsShare);
}

/** The next moment on the beat of `intervalMs` after `nowMs`: what a slow reading missed is skipped, not made up for. */
export function nextDue(lastDueMs: number, intervalMs: number, nowMs: number): number {
  const missed = Math.max(0, Math.floor((nowMs - lastDueMs) / intervalMs));
  return lastDueMs + (missed + 1) * intervalMs;
}
