import { describe, expect, it } from 'vitest';
import { elapsedBetween } from '../../../../electron/core/sampler/elapsed.ts';

const hourMs = 3_600_000;
/** How far each clock went on. */
const passed = (serverMs: number, hereMs: number, steadyMs: number | null) =>
  elapsedBetween(
    { serverMs: 5e9, hereMs: 7e9, steadyMs: steadyMs === null ? null : 100 },
    { serverMs: 5e9 + serverMs, hereMs: 7e9 + hereMs, steadyMs: steadyMs === null ? null : 100 + steadyMs },
  );

describe('the time between two readings', () => {
  it.each([
    ['all clocks agree', passed(60_000, 60_400, 60_400), { ms: 60_000, set: 'none', byMs: 0 }],
    ['the laptop slept', passed(hourMs, hourMs, 60_000), { ms: hourMs, set: 'none', byMs: 0 }],
    ["the server's went back", passed(60_000 - hourMs, 60_000, 60_000), { ms: 60_000, set: 'server', byMs: -hourMs }],
    ["the server's leapt", passed(60_000 + hourMs, 60_000, 60_000), { ms: 60_000, set: 'server', byMs: hourMs }],
    ['ours went back', passed(60_000, 60_000 - hourMs, 60_000), { ms: 60_000, set: 'here', byMs: -hourMs }],
    ['ours leapt', passed(60_000, 60_000 + hourMs, 60_000), { ms: 60_000, set: 'here', byMs: hourMs }],
    ["the server's went back, no third clock", passed(-hourMs, 60_000, null), { ms: 60_000, set: 'server' }],
    ['ours went back, no third clock', passed(60_000, -hourMs, null), { ms: 60_000, set: 'here' }],
    ['one of two leapt', passed(hourMs, 60_000, null), { ms: hourMs, set: 'unknown' }],
    ['both went back', passed(-hourMs, -2 * hourMs, null), { ms: null, set: 'server' }],
  ])('%s', (_, found, expected) => expect(found).toMatchObject(expected));
});
