import type { EngineEvent } from '../../shared/model/engine.ts';

/** What one event of the stream asks for: nothing but itself, or everything because events were missed. */
export type Step = { readonly lastSeq: number; readonly resync: boolean };

/**
 * Follows `seq` (grows by one). The first event of a connection only says where the stream stands: whatever happened
 * before it was missed, so it always asks for everything. So does a gap.
 */
export function follow(lastSeq: number | null, event: EngineEvent): Step {
  return { lastSeq: event.seq, resync: lastSeq === null || event.seq !== lastSeq + 1 };
}

const firstDelayMs = 500;
const longestDelayMs = 15_000;

/** Wait before attempt n (0-based) to reach the engine again: doubles, then stays at 15 s. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
}
