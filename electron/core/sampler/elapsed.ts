import type { Clock } from '../ports.ts';

/** One moment on the clocks that are at hand, ms. */
export interface Moment {
  /** The server's wall clock, as the reading tells it. */
  readonly serverMs: number;
  /** This machine's wall clock when the reading was asked for. */
  readonly hereMs: number;
  /** A clock of this machine that nobody sets; null where the door supplies none. */
  readonly steadyMs: number | null;
}

export interface Elapsed {
  /** Time that really passed; null where no clock can tell. */
  readonly ms: number | null;
  /** Which wall clock was set in between. */
  readonly set: 'none' | 'server' | 'here' | 'unknown';
  /** By how much: positive is forward. 0 with 'none'. */
  readonly byMs: number;
}

/** Readings take up to 5 s when the server is busy, and clocks that are kept by NTP do not leap. */
const toleranceMs = 5_000;
const agree = (aMs: number, bMs: number): boolean => Math.abs(aMs - bMs) <= toleranceMs;

/**
 * What passed between two readings. Two wall clocks that went on by the same time are both right, whatever the third
 * says: it stands still while a laptop sleeps. Where they disagree it tells which of them was set.
 */
export function elapsedBetween(before: Moment, after: Moment): Elapsed {
  const serverMs = after.serverMs - before.serverMs;
  const hereMs = after.hereMs - before.hereMs;
  if (agree(serverMs, hereMs)) return { ms: serverMs, set: 'none', byMs: 0 };
  const steadyMs = after.steadyMs === null || before.steadyMs === null ? null : after.steadyMs - before.steadyMs;
  if (steadyMs !== null && agree(steadyMs, serverMs)) return { ms: serverMs, set: 'here', byMs: hereMs - serverMs };
  if (steadyMs !== null && agree(steadyMs, hereMs)) return { ms: steadyMs, set: 'server', byMs: serverMs - steadyMs };
  // Time that goes back is the one that is surely wrong.
  if (serverMs <= 0) return { ms: hereMs > 0 ? hereMs : null, set: 'server', byMs: serverMs - Math.max(0, hereMs) };
  if (hereMs <= 0) return { ms: serverMs, set: 'here', byMs: hereMs - serverMs };
  return { ms: serverMs, set: 'unknown', byMs: serverMs - hereMs };
}

/** The two clocks here, and later the server's. */
export const momentBefore = (clock: Clock): Omit<Moment, 'serverMs'> => ({
  hereMs: clock.nowMs(),
  steadyMs: clock.steadyMs?.() ?? null,
});
