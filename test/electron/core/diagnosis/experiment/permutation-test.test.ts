import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedAssignment } from '../../../../../electron/core/diagnosis/experiment/assignment.ts';
import { choose, subsetSums } from '../../../../../electron/core/diagnosis/experiment/choose.ts';
import { permutationTest } from '../../../../../electron/core/diagnosis/experiment/permutation-test.ts';
import { generator } from '../../../../../electron/core/diagnosis/random.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const arm = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 5 });

describe('the exact permutation test', () => {
  it('gives 4 + 4 mornings that do not overlap the best p there is, 1/70', () => {
    const result = permutationTest([30, 41, 28, 36], [5, 3, 8, 2], 1);
    expect(result).toMatchObject({ effect: 29.25, p: 1 / 70, smallestP: 1 / 70, confidence: 0.9 });
    expect(result.interval[0]).toBeGreaterThan(15);
    expect(result.interval[1]).toBeLessThan(45);
  });

  it('counts every assignment that would have been at least as bad', () => {
    fc.assert(
      fc.property(arm, arm, (live, without) => {
        const values = [...live, ...without];
        const target = live.reduce((sum, value) => sum + value, 0);
        let asBad = 0;
        let all = 0;
        for (let subset = 0; subset < 2 ** values.length; subset += 1) {
          const chosen = values.filter((_, day) => (subset >> day) & 1);
          if (chosen.length !== live.length) continue;
          all += 1;
          if (chosen.reduce((sum, value) => sum + value, 0) >= target - 1e-9) asBad += 1;
        }
        const { p, smallestP, effect } = permutationTest(live, without, 1);
        expect(p).toBeCloseTo(asBad / all, 12);
        expect(smallestP).toBeCloseTo(1 / all, 12);
        expect(effect).toBeCloseTo(mean(live) - mean(without), 12);
      }),
    );
  });

  it('has an interval of exactly the effects that it does not reject', () => {
    fc.assert(
      fc.property(arm, arm, (live, without) => {
        const { interval, confidence } = permutationTest(live, without, 1);
        const rejected = (1 - confidence) / 2;
        const pOf = (effect: number) =>
          permutationTest(
            live.map((value) => value - effect),
            without,
            1,
          ).p;
        expect(pOf(interval[0] - 1e-3)).toBeLessThanOrEqual(rejected + 1e-9);
        expect(pOf((interval[0] + interval[1]) / 2 + 1e-3)).toBeGreaterThan(rejected);
      }),
    );
  });

  it('is above zero with its whole interval exactly when p is at most 0.05', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 8, maxLength: 8 }), (values) => {
        const { p, interval } = permutationTest(values.slice(0, 4), values.slice(4), 1);
        expect(interval[0] > 0).toBe(p <= 0.05);
      }),
    );
  });

  it('covers the true effect in about nine of ten experiments, and rejects no effect in at most one of twenty', () => {
    const random = generator(7);
    const noise = () => -20 * Math.log(1 - random());
    let covered = 0;
    let rejected = 0;
    const repeats = 400;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const without = Array.from({ length: 5 }, noise);
      const live = Array.from({ length: 5 }, noise);
      const { interval } = permutationTest(
        live.map((value) => value + 25),
        without,
        1,
      );
      if (interval[0] <= 25 && 25 <= interval[1]) covered += 1;
      if (permutationTest(live, without, 1).p <= 0.05) rejected += 1;
    }
    expect(covered / repeats).toBeGreaterThan(0.86);
    expect(rejected / repeats).toBeLessThan(0.08);
  });

  it('stays exact with 40 mornings', () => {
    const live = Array.from({ length: 20 }, (_, day) => 100 + day);
    const without = Array.from({ length: 20 }, (_, day) => day);
    const { p, smallestP } = permutationTest(live, without, 1);
    expect(smallestP).toBe(1 / 137_846_528_820);
    expect(p).toBe(smallestP);
  });
});

describe('the draw', () => {
  it('is balanced, repeatable, and another one for another seed', () => {
    const arms = balancedAssignment(8, 5);
    expect(arms.filter((one) => one === 'live')).toHaveLength(4);
    expect(balancedAssignment(8, 5)).toEqual(arms);
    const draws = new Set(Array.from({ length: 400 }, (_, seed) => balancedAssignment(8, seed).join()));
    expect(draws.size).toBe(70);
  });

  it('refuses days that cannot be halved', () => {
    expect(() => balancedAssignment(7, 1)).toThrow(/halved/);
  });
});

it('subset sums are complete and ordered', () => {
  const sums = subsetSums([1, 10, 100]);
  expect(sums.map((one) => [...one])).toEqual([[0], [1, 10, 100], [11, 101, 110], [111]]);
  expect(choose(40, 20)).toBe(137_846_528_820);
});
