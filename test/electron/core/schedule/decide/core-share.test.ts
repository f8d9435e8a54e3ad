import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withinCores } from '../../../../../electron/core/schedule/decide/core-share.ts';

const allowed = (atOnce: number, workers: number) => ({ atOnce, effort: { workers } });

test.each([
  [1, allowed(1, 0)],
  [2, allowed(1, 0)],
  [4, allowed(2, 0)],
  [8, allowed(2, 1)],
  [16, allowed(2, 2)],
])('on %i cores two refreshes with two workers each become what leaves people half of them', (cores, becomes) => {
  expect(withinCores(allowed(2, 2), cores)).toEqual(becomes);
});

test('where nobody knows the cores, what was set holds', () => {
  expect(withinCores(allowed(4, 2), null)).toEqual(allowed(4, 2));
});

test('never more than was set, never nothing, and at most half of two cores or more', () => {
  const whole = (max: number, min = 0) => fc.integer({ min, max });
  fc.assert(
    fc.property(whole(16, 1), whole(64), whole(256, 2), (atOnce, workers, cores) => {
      const share = withinCores(allowed(atOnce, workers), cores);
      expect(share.atOnce).toBeGreaterThanOrEqual(1);
      expect(share.atOnce).toBeLessThanOrEqual(atOnce);
      expect(share.effort.workers).toBeGreaterThanOrEqual(0);
      expect(share.effort.workers).toBeLessThanOrEqual(workers);
      expect(share.atOnce * (1 + share.effort.workers)).toBeLessThanOrEqual(cores / 2);
    }),
  );
});
