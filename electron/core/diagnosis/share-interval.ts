import { generator } from './random.ts';

/** What one interval contributes to a share: the suspect's part and the whole, both in seconds of damage. */
export interface Contribution {
  readonly blamed: number;
  readonly damage: number;
}

const draws = 400;
const tails = 0.05;

/**
 * An honest [low, high] of a share, 5 % left out on either side. Two uncertainties, the wider one wins on each side:
 * which intervals the morning happened to have (Bayesian bootstrap: intervals weighted by exponential draws, which
 * also works for a handful of them: Rubin 1981), and how few runs the samples happened to see (binomial).
 *
 * @param runsSeen Distinct executions that the shares were read from.
 */
export function shareInterval(
  contributions: readonly Contribution[],
  runsSeen: number,
  seed: number,
): readonly [number, number] {
  const damage = contributions.reduce((total, one) => total + one.damage, 0);
  if (damage === 0) return [0, 0];
  const share = clamp(contributions.reduce((total, one) => total + one.blamed, 0) / damage);
  const random = generator(seed);
  const drawn: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    let blamed = 0;
    let whole = 0;
    for (const one of contributions) {
      const weight = -Math.log(1 - random());
      blamed += weight * one.blamed;
      whole += weight * one.damage;
    }
    drawn.push(whole === 0 ? share : blamed / whole);
  }
  drawn.sort((a, b) => a - b);
  const low = drawn[Math.floor(tails * draws)] ?? share;
  const high = drawn[Math.ceil((1 - tails) * draws) - 1] ?? share;
  const error = 1.645 * Math.sqrt((share * (1 - share)) / Math.max(1, runsSeen));
  return [clamp(Math.min(low, share - error)), clamp(Math.max(high, share + error))];
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * Shares as multiples of 2^-30: sums of such numbers are exact in a double, so that the findings and the unexplained
 * share add up to 1 and not to 0.9999999999999998.
 */
export const exactShare = (share: number): number => Math.floor(clamp(share) * 2 ** 30) / 2 ** 30;
