import { spellsOf } from './event-study.ts';
import type { Panel } from './panel.ts';

/** From this part of its activity being a function of the clock alone, nothing is left to compare. */
const clockLimit = 0.8;
/** With one run a day, at the same time on nearly all days, sampling noise may hide how regular it is. */
const clockLimitOfDaily = 0.5;
const nearlyAll = 0.8;
const fewestDays = 3;
/** Two suspects whose activity is this alike cannot be told apart by a regression (a variance inflation above 5). */
const alike = 0.9;
/** What begins and ends together may still differ in length within a row. */
const alikeTogether = 0.6;
const mostly = 0.6;
const fewestSpells = 3;

export interface ClockDependence {
  readonly identifiable: boolean;
  /** R^2 of the exposure on the slots of the day, 0..1. */
  readonly clockShare: number;
  readonly daysActive: number;
  readonly days: number;
}

/** Is the exposure (nearly) a function of the clock? Always identifiable with fewer than three days: nobody knows. */
export function clockDependence(panel: Panel, exposure: Float64Array): ClockDependence {
  const { rows, days, slots } = panel;
  const mean = exposure.reduce((sum, value) => sum + value, 0) / rows.length;
  const bySlot = Array.from({ length: slots }, () => ({ sum: 0, count: 0 }));
  for (const [index, { slot }] of rows.entries()) {
    const own = bySlot[slot];
    if (own === undefined) continue;
    own.sum += exposure[index] ?? 0;
    own.count += 1;
  }
  let within = 0;
  let total = 0;
  for (const [index, { slot }] of rows.entries()) {
    const own = bySlot[slot];
    within += ((exposure[index] ?? 0) - (own === undefined ? 0 : own.sum / own.count)) ** 2;
    total += ((exposure[index] ?? 0) - mean) ** 2;
  }
  const spells = spellsOf(panel, exposure);
  const startsByDay = Map.groupBy(spells, ({ first }) => rows[first]?.day ?? 0);
  const daysActive = startsByDay.size;
  const clockShare = total === 0 ? 0 : 1 - within / total;
  if (panel.kind !== 'days' || days < fewestDays || daysActive < nearlyAll * days) {
    return { identifiable: true, clockShare, daysActive, days };
  }
  // What runs when the compared part of the day begins may have begun at any time before.
  const begun = [...startsByDay.values()].filter(
    ([spell]) => rows[(spell?.first ?? 0) - 1]?.day === rows[spell?.first ?? 0]?.day,
  );
  const starts = begun.map(([spell]) => rows[spell?.first ?? 0]?.slot ?? 0).toSorted((a, b) => a - b);
  const daily = begun.filter((own) => own.length === 1).length >= nearlyAll * days;
  const sharp = daily && centralRange(starts) <= 1;
  const limit = sharp ? clockLimitOfDaily : clockLimit;
  return { identifiable: clockShare < limit, clockShare, daysActive, days };
}

/** Over the middle of the values, which must be in order. */
function centralRange(ordered: readonly number[]): number {
  const left = Math.floor((ordered.length * (1 - nearlyAll)) / 2);
  return (ordered.at(-1 - left) ?? 0) - (ordered[left] ?? 0);
}

/**
 * Columns that cannot be told apart, as sets of indices; every column is in exactly one. Alike over the whole panel, or
 * nearly alike and always beginning together. One morning shows this only where they ran several times.
 */
export function collinearSets(panel: Panel): number[][] {
  const { columns } = panel;
  const spells = columns.map(({ exposure }) => spellsOf(panel, exposure));
  const sets: number[][] = [];
  for (const index of columns.keys()) {
    const together = sets.find((set) => set.some((other) => inseparable(index, other)));
    if (together === undefined) sets.push([index]);
    else together.push(index);
  }
  return sets;

  function inseparable(a: number, b: number): boolean {
    const first = spells[a] ?? [];
    const second = spells[b] ?? [];
    if (Math.min(first.length, second.length) < fewestSpells) return false;
    const likeness = correlation(columns[a]?.exposure, columns[b]?.exposure);
    if (likeness >= alike) return true;
    if (likeness < alikeTogether) return false;
    const startsOf = (own: typeof first) => new Set(own.map((spell) => spell.first));
    return matched(startsOf(first), startsOf(second)) && matched(startsOf(second), startsOf(first));
  }
}

/** Most of the rows have a partner in the same row, and nearly all of them one next to it: a border may lie between. */
function matched(rows: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  const found = (reach: readonly number[]) =>
    [...rows].filter((row) => reach.some((offset) => others.has(row + offset))).length;
  return found([0]) >= mostly * rows.size && found([-1, 0, 1]) >= alike * rows.size;
}

function correlation(a: Float64Array = new Float64Array(), b: Float64Array = new Float64Array()): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let index = 0; index < a.length; index += 1) {
    const left = (a[index] ?? 0) - meanA;
    const right = (b[index] ?? 0) - meanB;
    ab += left * right;
    aa += left * left;
    bb += right * right;
  }
  return aa * bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
