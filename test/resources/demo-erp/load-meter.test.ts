import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoadMeter } from '../../../resources/demo-erp/workload/load-meter.ts';

test('the whole run’s percentiles are those of its values, to three figures and one rank', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1 }), (values) => {
      const meter = new LoadMeter();
      for (const value of values) meter.saved(value, 0);
      const { save } = meter.total();
      expect(save.n).toBe(values.length);
      const sorted = values.toSorted((a, b) => a - b);
      for (const [share, value] of [
        [0.5, save.p50Ms],
        [0.95, save.p95Ms],
        [0.99, save.p99Ms],
        [1, save.maxMs],
      ] as const) {
        const rank = share * sorted.length;
        const low = sorted[Math.max(0, Math.floor(rank) - 1)] ?? 0;
        const high = sorted[Math.ceil(rank) - 1] ?? 0;
        expect(value).toBeGreaterThanOrEqual(low * 0.998 - 0.002);
        expect(value).toBeLessThanOrEqual(high * 1.002 + 0.002);
      }
    }),
  );
});

test('recent figures forget what is older than ten seconds', () => {
  const meter = new LoadMeter();
  meter.saved(900, 1_000);
  meter.saved(2, 14_000);
  expect(meter.recent(15_000).save).toMatchObject({ n: 1, maxMs: 2 });
  expect(meter.total().save).toMatchObject({ n: 2 });
});

test('loads that the end cut off count when they were slower than the median, and are never counted as finished', () => {
  const meter = new LoadMeter();
  for (const ms of [100, 110, 120]) meter.loaded(ms, 0);
  meter.cutOff([5, 8_000]);
  const { dashboard } = meter.total();
  expect(dashboard).toMatchObject({ loads: 3, cutOff: 2 });
  expect(dashboard.p95Ms).toBeGreaterThan(7_900);
  expect(dashboard.p50Ms).toBeGreaterThan(100);
});

test('when no load finished at all, the figures say at least how long they had taken', () => {
  const meter = new LoadMeter();
  meter.cutOff([30_000, 40_000]);
  const { dashboard } = meter.total();
  expect(dashboard).toMatchObject({ loads: 0, cutOff: 2 });
  expect(dashboard.p50Ms).toBeGreaterThan(29_000);
});

test('the digest tells different work apart and does not depend on the order of events', () => {
  const digest = (...work: string[]) => {
    const meter = new LoadMeter();
    for (const piece of work) meter.issued(piece);
    return meter.total().workDigest;
  };
  expect(digest('a', 'b')).toBe(digest('b', 'a'));
  expect(digest('a', 'b')).not.toBe(digest('a', 'c'));
  expect(digest('a', 'a')).not.toBe(digest());
});

test('the first error is kept, and saves and loads are counted apart', () => {
  const meter = new LoadMeter();
  meter.failed('saves', new Error('first'));
  meter.failed('loads', new Error('second'));
  expect(meter.total().errors).toEqual({ saves: 1, loads: 1, first: 'first' });
});
