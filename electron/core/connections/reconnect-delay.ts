/** Seconds between attempts after a connection is lost: quick at first (a restart), then patient (a laptop that sleeps). */
const stepsMs = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

export const reconnectDelayMs = (attempt: number): number => stepsMs[Math.min(attempt, stepsMs.length - 1)] ?? 30_000;
