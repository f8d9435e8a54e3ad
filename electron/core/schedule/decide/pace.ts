import { formatDuration } from '../../../../shared/format/duration.ts';

/** A p95 above this part of the interval is worth a warning. */
const tightShare = 0.5;
/** Above this one the interval is stretched, so that a refresh never takes more of it. */
export const fullShare = 0.8;
/** A warning ends when the part falls below this: a p95 that hovers about the half is one episode. */
export const tightUntilShare = 0.4;

/** p95 of durations, ms, by nearest rank: of fewer than twenty the longest. Null of none. */
export function usualMs(durationsMs: readonly number[]): number | null {
  if (durationsMs.length === 0) return null;
  const fromTop = durationsMs.length - Math.ceil(durationsMs.length * 0.95);
  if (fromTop > 1) return durationsMs.toSorted((a, b) => b - a)[fromTop] ?? null;
  // Up to 39 it is the longest or the second longest, and a tick asks it of every model.
  let [longest, second] = [-Infinity, -Infinity];
  for (const took of durationsMs) {
    if (took > longest) [longest, second] = [took, longest];
    else if (took > second) second = took;
  }
  return fromTop === 0 ? longest : second;
}

/** How a refresh fits into its interval. */
export interface Pace {
  /** Between two starts as its schedule wants it, and as it is kept. */
  readonly wantedMs: number;
  readonly keptMs: number;
  readonly usualMs: number | null;
  /** The usual duration as a part of the wanted interval; null: never measured. */
  readonly share: number | null;
  readonly level: 'fits' | 'tight' | 'stretched';
}

export function paceOf(wantedMs: number, usual: number | null): Pace {
  if (usual === null) return { wantedMs, keptMs: wantedMs, usualMs: null, share: null, level: 'fits' };
  const share = wantedMs > 0 ? usual / wantedMs : Infinity;
  const level = share > fullShare ? 'stretched' : share > tightShare ? 'tight' : 'fits';
  const keptMs = level === 'stretched' ? Math.ceil(usual / fullShare) : wantedMs;
  return { wantedMs, keptMs, usualMs: usual, share, level };
}

/** "its refresh takes 8 min (p95), 62 % of its interval of 13 min"; and where it is stretched, to what. */
export function paceText({ wantedMs, keptMs, usualMs: usual, level }: Pace): string {
  if (usual === null) return 'no refresh of it was measured yet';
  const wanted = Math.max(0, wantedMs);
  const percent = Math.round((usual / wanted) * 100);
  const part =
    wanted > 0 ? `, ${percent < 1 ? 'under 1' : percent} % of its interval of ${formatDuration(wanted)}` : '';
  const stretched = level === 'stretched' ? `: the interval is stretched to ${formatDuration(keptMs)}` : '';
  return `its refresh takes ${formatDuration(usual)} (p95)${part}${stretched}`;
}
