/**
 * What the sampler costs, from the time that its own statements took over the time that passed: percent of one core.
 * Timed here, so the network is in it: an upper bound of the server's share.
 */
export interface OwnCost {
  /** Notes that a reading took `tookMs` and ended at `atMs`. */
  add(atMs: number, tookMs: number): void;
  /** null until a minute was watched. */
  percent(nowMs: number): number | null;
}

const windowMs = 10 * 60_000;
const firstAnswerMs = 60_000;

export function createOwnCost(startedMs: number): OwnCost {
  let readings: { readonly atMs: number; readonly tookMs: number }[] = [];
  return {
    add(atMs, tookMs) {
      readings.push({ atMs, tookMs });
      // Compacted now and then: in incident mode a window holds some 700 readings.
      if (readings.length > 2_000) readings = readings.filter((reading) => reading.atMs > atMs - windowMs);
    },
    percent(nowMs) {
      const watchedMs = Math.min(nowMs - startedMs, windowMs);
      if (watchedMs < firstAnswerMs) return null;
      let busyMs = 0;
      for (const { atMs, tookMs } of readings) if (atMs > nowMs - windowMs) busyMs += tookMs;
      return (100 * busyMs) / watchedMs;
    },
  };
}
