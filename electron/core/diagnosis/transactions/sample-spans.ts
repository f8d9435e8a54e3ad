import type { SeenSample } from '../history-view.ts';
import type { TimeWindow } from '../input.ts';

/** A sample with the time around it that it stands for, ms: half the way to its neighbours, inside of the window. */
export interface SpannedSample {
  readonly sample: SeenSample;
  readonly leftMs: number;
  readonly rightMs: number;
}

/** The calmer of the sampler's two rhythms. */
const backgroundMs = 5_000;

/**
 * A pause between two samples beyond which nothing is claimed about what lay between them: three of the usual
 * distance, and three of the background's where an incident in the same window was looked at more closely.
 */
export const gapMs = (spacingMs: number | null): number => 3 * Math.max(spacingMs ?? 0, backgroundMs);

/** Spans of the samples of the window, oldest first. All of them together are never longer than the window. */
export function spanned(
  samples: readonly SeenSample[],
  { fromMs, toMs }: TimeWindow,
  spacingMs: number | null,
): SpannedSample[] {
  const reachMs = gapMs(spacingMs) / 2;
  const usualMs = (spacingMs ?? 1000) / 2;
  return samples.map((sample, index) => {
    const before = samples[index - 1]?.atMs;
    const after = samples[index + 1]?.atMs;
    const leftMs = before === undefined ? Math.min(usualMs, sample.atMs - fromMs) : (sample.atMs - before) / 2;
    const rightMs = after === undefined ? Math.min(usualMs, toMs - sample.atMs) : (after - sample.atMs) / 2;
    return { sample, leftMs: Math.min(leftMs, reachMs), rightMs: Math.min(rightMs, reachMs) };
  });
}
