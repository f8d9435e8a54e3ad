import type { SamplerMode } from '../../../shared/model/sampling.ts';

/** What somebody set by hand, and until when; `untilMs` null: until somebody sets something else. */
export interface ByHand {
  readonly mode: SamplerMode;
  readonly untilMs: number | null;
}

/**
 * `forMs`: only for so long, unless it is set again before; null: without end. Who asks for a while never shortens what
 * somebody else asked for: a window that closes must not end what a terminal switched on.
 */
export function setByHand(before: ByHand, mode: SamplerMode, nowMs: number, forMs: number | null): ByHand {
  if (mode === 'background' || forMs === null) return { mode, untilMs: null };
  if (modeAt(before, nowMs) === 'background') return { mode, untilMs: nowMs + forMs };
  return { mode, untilMs: before.untilMs === null ? null : Math.max(before.untilMs, nowMs + forMs) };
}

/** What holds at that moment. */
export const modeAt = ({ mode, untilMs }: ByHand, nowMs: number): SamplerMode =>
  untilMs !== null && nowMs >= untilMs ? 'background' : mode;
