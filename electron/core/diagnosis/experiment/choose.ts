/** n over k; exact up to 40 over 20 (1.4e11). */
export function choose(n: number, k: number): number {
  let result = 1;
  for (let step = 1; step <= Math.min(k, n - k); step += 1) result = Math.round((result * (n - step + 1)) / step);
  return result;
}

/** Sums of all subsets of `values`, ordered, by the number of values in the subset. */
export function subsetSums(values: readonly number[]): Float64Array[] {
  const bySize = Array.from({ length: values.length + 1 }, (_, size) => new Float64Array(choose(values.length, size)));
  const filled = new Uint32Array(values.length + 1);
  const subsets = 2 ** values.length;
  const sums = new Float64Array(subsets);
  for (let subset = 0; subset < subsets; subset += 1) {
    const lowest = subset & -subset;
    if (subset > 0) sums[subset] = (sums[subset ^ lowest] ?? 0) + (values[31 - Math.clz32(lowest)] ?? 0);
    let size = 0;
    for (let rest = subset; rest > 0; rest &= rest - 1) size += 1;
    const own = bySize[size];
    if (own !== undefined) own[filled[size] ?? 0] = sums[subset] ?? 0;
    filled[size] = (filled[size] ?? 0) + 1;
  }
  return bySize.map((sumsOfSize) => sumsOfSize.sort());
}
