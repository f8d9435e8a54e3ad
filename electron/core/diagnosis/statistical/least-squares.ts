/** A symmetric matrix of sums of weighted products, row by row: element (i, j) is `values[i * size + j]`. */
export interface Moments {
  readonly size: number;
  readonly values: Float64Array;
}

export const emptyMoments = (size: number): Moments => ({ size, values: new Float64Array(size * size) });

/** Adds weight * row * row'. */
export function addRow({ size, values }: Moments, row: Float64Array, weight: number): void {
  for (let i = 0; i < size; i += 1) {
    const scaled = weight * (row[i] ?? 0);
    if (scaled === 0) continue;
    for (let j = 0; j < size; j += 1) {
      const index = i * size + j;
      values[index] = (values[index] ?? 0) + scaled * (row[j] ?? 0);
    }
  }
}

export function weightedSum(parts: readonly Moments[], weights: ArrayLike<number>): Moments {
  const sum = emptyMoments(parts[0]?.size ?? 0);
  for (const [part, { values }] of parts.entries()) {
    const weight = weights[part] ?? 0;
    if (weight === 0) continue;
    for (let index = 0; index < values.length; index += 1) {
      sum.values[index] = (sum.values[index] ?? 0) + weight * (values[index] ?? 0);
    }
  }
  return sum;
}

/** A column of which less than this part is left after the others are taken out says nothing of its own. */
const nothingLeft = 1e-9;

/**
 * Takes the last columns (from `keep` on) out of all others by least squares: what is left are the moments of the
 * residuals (Gaussian elimination; the theorem of Frisch, Waugh and Lovell). Columns that depend on others are skipped.
 */
export function partialOut({ size, values }: Moments, keep: number): Moments {
  const left = Float64Array.from(values);
  for (let k = size - 1; k >= keep; k -= 1) {
    const pivot = left[k * size + k] ?? 0;
    if (pivot <= nothingLeft * (values[k * size + k] ?? 0) || pivot <= 0) continue;
    for (let i = 0; i < k; i += 1) {
      const factor = (left[i * size + k] ?? 0) / pivot;
      if (factor === 0) continue;
      for (let j = 0; j < k; j += 1) {
        const index = i * size + j;
        left[index] = (left[index] ?? 0) - factor * (left[k * size + j] ?? 0);
      }
    }
  }
  const kept = emptyMoments(keep);
  for (let i = 0; i < keep; i += 1) {
    for (let j = 0; j < keep; j += 1) kept.values[i * keep + j] = left[i * size + j] ?? 0;
  }
  return kept;
}

const mostSweeps = 400;
const tolerance = 1e-10;

/**
 * Non-negative least squares (the problem of Lawson and Hanson 1974, chapter 23): coefficients b >= 0 of `columns` for
 * the column `outcome`, by cyclic coordinate descent on the moments (Franc, Hlavac and Navara 2005), which converges
 * because every step lowers a convex function.
 *
 * @param from Coefficients to begin with: those of a like problem are near, and save most of the sweeps.
 */
export function nonNegative(
  { size, values }: Moments,
  outcome: number,
  columns: readonly number[],
  from?: Float64Array,
): Float64Array {
  const count = columns.length;
  const coefficients = from === undefined ? new Float64Array(count) : Float64Array.from(from);
  const at = (i: number, j: number) => values[i * size + j] ?? 0;
  // Packed once: a verdict solves this some hundred times, with up to `mostSweeps` sweeps each.
  const products = new Float64Array(count * count);
  const withOutcome = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    withOutcome[row] = at(columns[row] ?? 0, outcome);
    for (let other = 0; other < count; other += 1) {
      products[row * count + other] = at(columns[row] ?? 0, columns[other] ?? 0);
    }
  }
  const scale = at(outcome, outcome);
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    let moved = 0;
    for (let row = 0; row < count; row += 1) {
      const start = row * count;
      const own = products[start + row] ?? 0;
      if (own <= 0) continue;
      let gradient = withOutcome[row] ?? 0;
      for (let other = 0; other < count; other += 1) {
        gradient -= (products[start + other] ?? 0) * (coefficients[other] ?? 0);
      }
      const before = coefficients[row] ?? 0;
      const after = Math.max(0, before + gradient / own);
      coefficients[row] = after;
      moved = Math.max(moved, (after - before) ** 2 * own);
    }
    if (moved <= tolerance * scale) break;
  }
  return coefficients;
}
