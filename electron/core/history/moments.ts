/** Moments are stored as integer microseconds; hours are enough to say when something was last used. */
export const toUs = (atMs: number): number => Math.round(atMs * 1000);
export const fromUs = (atUs: number): number => atUs / 1000;
export const toHour = (atMs: number): number => Math.floor(atMs / 3_600_000);
