import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketsOfKey,
  fewestBuckets,
  moved,
  timeAtPx,
  windowBetween,
  type TimeScale,
} from '../../../renderer/charts/time-window.ts';

const scale: TimeScale = { fromMs: 1_200_000, toMs: 1_200_000 + 60 * 60_000, bucketMs: 60_000 };
const minutes = (from: number, to: number) => ({
  fromMs: scale.fromMs + from * 60_000,
  toMs: scale.fromMs + to * 60_000,
});

describe('a brushed window', () => {
  it('snaps to whole buckets, whichever end was pressed first', () => {
    const a = timeAtPx(101, 600, scale);
    const b = timeAtPx(297, 600, scale);
    expect(windowBetween(a, b, scale)).toEqual(minutes(10, 30));
    expect(windowBetween(b, a, scale)).toEqual(minutes(10, 30));
  });

  it('is never narrower than it can be diagnosed, and never leaves the axis', () => {
    const px = fc.double({ min: -500, max: 1500, noNaN: true });
    fc.assert(
      fc.property(px, px, (a, b) => {
        const { fromMs, toMs } = windowBetween(timeAtPx(a, 600, scale), timeAtPx(b, 600, scale), scale);
        expect(toMs - fromMs).toBeGreaterThanOrEqual(fewestBuckets * scale.bucketMs);
        expect(fromMs).toBeGreaterThanOrEqual(scale.fromMs);
        expect(toMs).toBeLessThanOrEqual(scale.toMs);
      }),
    );
  });
});

describe('keys on a window', () => {
  it('move an edge by a bucket, or by ten with Shift', () => {
    expect(moved(minutes(10, 30), 'from', bucketsOfKey('ArrowLeft', false) ?? 0, scale)).toEqual(minutes(9, 30));
    expect(moved(minutes(10, 30), 'to', bucketsOfKey('ArrowRight', true) ?? 0, scale)).toEqual(minutes(10, 40));
  });

  it('move the whole window without changing its width, up to the ends', () => {
    expect(moved(minutes(10, 30), 'both', bucketsOfKey('End', false) ?? 0, scale)).toEqual(minutes(40, 60));
    expect(moved(minutes(10, 30), 'both', bucketsOfKey('Home', false) ?? 0, scale)).toEqual(minutes(0, 20));
  });

  it('stop an edge before it passes the other', () => {
    expect(moved(minutes(10, 30), 'from', bucketsOfKey('End', false) ?? 0, scale)).toEqual(minutes(28, 30));
    expect(moved(minutes(10, 30), 'to', bucketsOfKey('Home', false) ?? 0, scale)).toEqual(minutes(10, 12));
  });

  it('leave other keys alone', () => {
    expect(bucketsOfKey('Tab', false)).toBeNull();
  });
});
