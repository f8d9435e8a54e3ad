/** n over k; exact up to 40 over 20 (1.4e11). */
export function choose(n: number, k: number): number {
  let result = 1;
  for (let step = 1; step <= Math.min(k, n - k); step += 1) result = Math.round((result * (n - step + 1)) / step);
  return result;
}

/** Sums of all subsets of `values`, ordered, by the number of values in the subset. */
export function subsetSums(values: readonly number[]): Float64Array[] {
  let bySize: Float64Array[] = [Float64Array.of(0)];
  for (const value of values) {
    // Subsets without the value, and those with it, are both in order already: merging them needs no sorting.
    bySize = Array.from({ length: bySize.length + 1 }, (_, size) =>
      merged(bySize[size] ?? new Float64Array(), bySize[size - 1] ?? new Float64Array(), value),
    );
  }
  return bySize;
}

function merged(without: Float64Array, others: Float64Array, value: number): Float64Array {
  const sums = new Float64Array(without.length + others.length);
  let left = 0;
  let right = 0;
  for (let index = 0; index < sums.length; index += 1) {
    const a = without[left] ?? Infinity;
    const b = (others[right] ?? Infinity) + value;
    sums[index] = Math.min(a, b);
    if (a <= b) left += 1;
    else right += 1;
  }
  return sums;
}
