import { generator, shuffled } from '../random.ts';
import { choose, subsetSums } from './choose.ts';

export interface PermutationResult {
  /** Mean of `live` minus mean of `without`. */
  readonly effect: number;
  readonly interval: readonly [number, number];
  /** How sure the interval is: 0.9, or what so few days can reach. */
  readonly confidence: number;
  /** One-sided: the part of all assignments in which `live` would have been at least as bad as it was. */
  readonly p: number;
  readonly smallestP: number;
}

/** Left out on either side, so that the interval lies above zero exactly when p <= 0.05. */
const tail = 0.05;
/** Up to this many assignments the interval looks at all of them (20 days, halved: 184,756); above, at drawn ones. */
const mostAssignments = 200_000;
const drawn = 20_000;
/** Sums of the same days in another order may differ in their last bits. */
const rounding = 1e-9;

/**
 * Exact permutation test (Fisher 1935, "The Design of Experiments", chapter 3): under no effect the days would have had
 * the same values whatever the draw had said. The interval holds every effect that the same test does not reject.
 * At least one value in each; at most 40 in all.
 */
export function permutationTest(live: readonly number[], without: readonly number[], seed: number): PermutationResult {
  const assignments = choose(live.length + without.length, live.length);
  const effect = mean(live) - mean(without);
  const limits = rejectedFrom(live, without, assignments, seed);
  const [low, high, confidence] = intervalOf(limits);
  return {
    effect,
    // Rounding may leave the estimate of a perfectly clean experiment a bit outside of its own interval.
    interval: [Math.min(low, effect), Math.max(high, effect)],
    confidence,
    p: atLeastAsBad(live, without) / assignments,
    smallestP: 1 / assignments,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * Assignments whose live days add up to at least what they did. Both halves of the days are enumerated and their ordered
 * sums are matched (Horowitz and Sahni 1974), so that 40 days need 2 * 2^20 sums and not 1.4e11.
 */
function atLeastAsBad(live: readonly number[], without: readonly number[]): number {
  const values = [...live, ...without];
  const middle = values.length >> 1;
  const first = subsetSums(values.slice(0, middle));
  const second = subsetSums(values.slice(middle));
  const scale = values.reduce((total, value) => total + Math.abs(value), 0);
  const target = sum(live) - rounding * scale;
  let count = 0;
  for (const [size, sums] of first.entries()) {
    const others = second[live.length - size];
    if (others === undefined) continue;
    let reaching = others.length;
    for (const own of sums) {
      while (reaching > 0 && own + (others[reaching - 1] ?? 0) >= target) reaching -= 1;
      count += others.length - reaching;
    }
  }
  return count;
}

/**
 * For every other assignment the effect from which on it speaks against the real one. With m live days changed for m
 * days without, that is the mean of the former less the mean of the latter; ordered.
 */
function rejectedFrom(
  live: readonly number[],
  without: readonly number[],
  assignments: number,
  seed: number,
): Float64Array {
  const limits: number[] = [];
  const add = (given: readonly number[], taken: readonly number[]) => {
    if (given.length > 0) limits.push(mean(given) - mean(taken));
  };
  if (assignments <= mostAssignments) {
    for (let swapped = 1; swapped <= Math.min(live.length, without.length); swapped += 1) {
      const takens = combinations(without, swapped);
      for (const given of combinations(live, swapped)) for (const taken of takens) add(given, taken);
    }
  } else {
    const values = [...live, ...without];
    const random = generator(seed);
    for (let draw = 0; draw < drawn; draw += 1) {
      const chosen = new Set(shuffled(values.length, random).slice(0, live.length));
      add(
        live.filter((_, day) => !chosen.has(day)),
        without.filter((_, day) => chosen.has(live.length + day)),
      );
    }
  }
  return Float64Array.from(limits).sort();
}

function combinations(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, index) =>
    combinations(values.slice(index + 1), size - 1).map((others) => [value, ...others]),
  );
}

/** Tests of effects below the first and above the second are rejected at `tail`, or at what is the least possible. */
function intervalOf(limits: Float64Array): readonly [low: number, high: number, confidence: number] {
  const all = limits.length + 1;
  const left = Math.max(1, Math.floor(tail * all));
  const low = limits[left - 1] ?? 0;
  const high = limits[limits.length - left] ?? 0;
  return [low, high, 1 - 2 * Math.max(tail, left / all)];
}
