import { describe, expect, it } from 'vitest';
import { loadCurve, sessionsOf, usualAt, usualLoad } from '../../../shared/model/usual-load.ts';

const hourMs = 3_600_000;
const bucket = (atMs: number, oltp: number) => ({
  atMs,
  oltp,
  reporting: 0,
  batch: 0,
  maintenance: 0,
  lockWaits: 0,
  oltpMeanMs: null,
  oltpCalls: 0,
  damageSeconds: 0,
});
/** Monday and Tuesday 7:00 to 9:00 in Berlin, then Saturday. */
const at = (day: number, hour: number) => Date.parse(`2026-11-${day}T0${hour}:00:00+01:00`);
const buckets = [bucket(at(23, 7), 2), bucket(at(23, 8), 10), bucket(at(24, 7), 4), bucket(at(28, 8), 1)];
const usual = usualLoad({ buckets, bucketMs: hourMs }, 'Europe/Berlin');
const sessionsAt = (atMs: number) => {
  const slot = usualAt(usual, atMs, 'Europe/Berlin');
  return slot === null ? null : sessionsOf(slot);
};

describe('the usual day', () => {
  it('is the mean of the days that were sampled, workdays apart from the weekend', () => {
    expect(sessionsAt(at(25, 7))).toBe(3);
    expect(sessionsAt(at(25, 8) + 1_800_000)).toBe(10);
    expect(sessionsAt(at(29, 8))).toBe(1);
    expect(usual.days).toEqual({ workdays: 2, weekends: 1 });
  });

  it('does not claim what nobody has seen', () => {
    expect(sessionsAt(at(25, 5))).toBeNull();
    expect(sessionsAt(at(28, 7))).toBeNull();
  });
});

it('a load curve is what was measured up to now, and the usual day from then on', () => {
  const nowMs = at(25, 8);
  const today = { buckets: [bucket(at(25, 7), 6)], bucketMs: hourMs };
  const curve = loadCurve(today, usual, { fromMs: at(25, 7), toMs: at(25, 9), nowMs }, 'Europe/Berlin');
  expect(curve.map(({ atMs, measured, slot }) => [atMs, measured, slot?.oltp])).toEqual([
    [at(25, 7), true, 6],
    [nowMs, false, 10],
    [nowMs + hourMs / 2, false, 10],
  ]);
});
