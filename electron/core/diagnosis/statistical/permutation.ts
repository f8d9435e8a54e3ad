import { generator, shuffled } from '../random.ts';
import type { Panel } from './panel.ts';

/** Up to this many orders of days all are looked at; above, as many are drawn. */
const mostOrders = 999;

/**
 * p of one morning: how often the suspect's activity, moved round the clock against the slowdown, goes with it at least
 * as well as where it was. Shifting keeps both series' autocorrelation, which shuffling rows would destroy. Neighbouring
 * shifts are hardly different tries, so p is never below one over the number of independent ones: a single spell of
 * activity that meets a single spell of slowness proves little, however exactly they meet.
 *
 * @param slowdown What the other suspects leave of the outcome, per row.
 */
export function shiftP(panel: Panel, slowdown: Float64Array, exposure: Float64Array): number {
  const length = panel.rows.length;
  if (length < 3) return 1;
  const weighted = slowdown.map((value, index) => value * (panel.rows[index]?.weight ?? 0));
  const scores = new Float64Array(length);
  for (let shift = 0; shift < length; shift += 1) {
    let score = 0;
    for (let index = 0; index < length; index += 1) {
      score += (weighted[index] ?? 0) * (exposure[(index + shift) % length] ?? 0);
    }
    scores[shift] = score;
  }
  const actual = scores[0] ?? 0;
  const asGood = scores.filter((score) => score >= actual).length;
  return Math.min(1, Math.max(asGood / length, correlatedShifts(scores) / length));
}

/** Integrated autocorrelation of the scores over the shifts, up to where it first vanishes; at least 1. */
function correlatedShifts(scores: Float64Array): number {
  const length = scores.length;
  const mean = scores.reduce((sum, value) => sum + value, 0) / length;
  const product = (lag: number) => {
    let sum = 0;
    for (let index = 0; index < length; index += 1) {
      sum += ((scores[index] ?? 0) - mean) * ((scores[(index + lag) % length] ?? 0) - mean);
    }
    return sum;
  };
  const variance = product(0);
  if (variance <= 0) return length;
  let total = 1;
  for (let lag = 1; lag <= length / 2; lag += 1) {
    const correlation = product(lag) / variance;
    if (correlation <= 0) break;
    total += 2 * correlation;
  }
  return Math.min(length, total);
}

/**
 * p over days: the suspect's days are dealt out again to the mornings, each day as a whole, so that nothing within a
 * day is torn apart. What is the same every day stays the same in every order and proves nothing.
 *
 * @param slowdown What clock, day and the other suspects leave of the outcome, per row.
 */
export function dayOrderP(panel: Panel, slowdown: Float64Array, exposure: Float64Array, seed: number): number {
  const { rows, days } = panel;
  const usual = slotMeans(panel, exposure);
  // Cells that one of the days lacks get the clock's mean, which is worth nothing in a residual.
  const table = Array.from({ length: days }, () => Float64Array.from(usual));
  for (const [index, { day, slot }] of rows.entries()) {
    const own = table[day];
    if (own !== undefined) own[slot] = exposure[index] ?? 0;
  }
  const products = Array.from({ length: days }, () => new Float64Array(days));
  for (const [index, { day, slot, weight }] of rows.entries()) {
    for (let other = 0; other < days; other += 1) {
      const value = weight * (slowdown[index] ?? 0) * ((table[other]?.[slot] ?? 0) - (usual[slot] ?? 0));
      const line = products[day];
      if (line !== undefined) line[other] = (line[other] ?? 0) + value;
    }
  }
  const scoreOf = (order: readonly number[]) =>
    order.reduce((sum, other, day) => sum + (products[day]?.[other] ?? 0), 0);
  const actual = scoreOf(Array.from({ length: days }, (_, day) => day));
  const spread = products.reduce((sum, line) => sum + line.reduce((total, value) => total + Math.abs(value), 0), 0);
  const atLeast = actual - 1e-9 * spread;
  const all = days <= 6 ? allOrders(days) : null;
  if (all !== null) return all.filter((order) => scoreOf(order) >= atLeast).length / all.length;
  const random = generator(seed);
  let asGood = 1;
  for (let draw = 0; draw < mostOrders; draw += 1) if (scoreOf(shuffled(days, random)) >= atLeast) asGood += 1;
  return asGood / (mostOrders + 1);
}

function slotMeans({ rows, slots }: Panel, exposure: Float64Array): Float64Array {
  const sums = new Float64Array(slots);
  const counts = new Float64Array(slots);
  for (const [index, { slot }] of rows.entries()) {
    sums[slot] = (sums[slot] ?? 0) + (exposure[index] ?? 0);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return sums.map((sum, slot) => sum / (counts[slot] || 1));
}

function allOrders(length: number): number[][] {
  if (length === 0) return [[]];
  return allOrders(length - 1).flatMap((order) =>
    Array.from({ length }, (_, place) => [...order.slice(0, place), length - 1, ...order.slice(place)]),
  );
}

/** Holm (1979): with many suspects, one of them goes with the slowdown by chance. In the order of `values`. */
export function adjustedForMany(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).toSorted((a, b) => a.value - b.value);
  const adjusted = values.map(() => 1);
  let least = 0;
  for (const [rank, { value, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, value * (values.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
