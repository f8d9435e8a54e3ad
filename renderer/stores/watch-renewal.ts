import type { SamplerStatus } from '../../shared/model/connection.ts';

export interface Visibility {
  /** null: the window can be seen. */
  readonly hiddenSinceMs: number | null;
}

/** Hidden for so long nobody asks any more: with the three minutes that were asked for last, it ends after five. */
const hiddenMs = 2 * 60_000;

/**
 * Whether a window that watches a server live asks for more of it. What ended meanwhile (somebody stopped it, or nobody
 * asked for too long) is not begun anew behind the person's back.
 */
export function renews(
  sampler: Pick<SamplerStatus, 'mode'> | null,
  { hiddenSinceMs }: Visibility,
  nowMs: number,
): boolean {
  return sampler?.mode === 'incident' && (hiddenSinceMs === null || nowMs - hiddenSinceMs <= hiddenMs);
}
