import { generator } from '../random.ts';
import { addRow, emptyMoments, nonNegative, partialOut, weightedSum, type Moments } from './least-squares.ts';
import type { Panel } from './panel.ts';

/** Seconds of damage per unit of weight, per active session of a suspect; not negative. */
export interface Fit {
  readonly load: number;
  readonly suspects: readonly number[];
}

export interface ColumnShare {
  /** Part of the window's damage that goes with the column, 0..1. */
  readonly share: number;
  /** 5 % left out on either side. */
  readonly interval: readonly [number, number];
}

const outcomeColumn = 0;
const loadColumn = 1;
const firstSuspect = 2;
const draws = 200;
const tails = 0.05;
/** Neighbouring rows are alike: one morning is resampled in about this many blocks. */
const blocksOfMorning = 20;

/**
 * Damage-weighted least squares of the outcome on the suspects' exposures and OLTP's own load, with coefficients that
 * are not negative: a report does not make invoices faster. Over days, day effects and clock effects are taken out
 * first; in one morning, the level.
 */
export class Regression {
  readonly #panel: Panel;
  /** Per day, or per block of one morning: what is drawn by the bootstrap. */
  readonly #parts: readonly Moments[];
  readonly #kept: number;

  constructor(panel: Panel) {
    this.#panel = panel;
    this.#kept = firstSuspect + panel.columns.length;
    this.#parts = partsOf(panel);
  }

  /** Without the columns in `leftOut`. */
  fit(leftOut: ReadonlySet<number> = new Set()): Fit {
    return this.#fitOf(this.#residual(ones(this.#parts.length)), leftOut);
  }

  /**
   * Shares of `damageSeconds` by column. Together at most 1: where the linear model claims more than was measured, all
   * are scaled down. Intervals by the Bayesian bootstrap (Rubin 1981) over days, or over blocks of one morning.
   */
  shares(damageSeconds: number, seed: number): ColumnShare[] {
    const { columns, rows } = this.#panel;
    const reach = columns.map(({ exposure }) =>
      rows.reduce((sum, row, index) => sum + row.weight * row.inWindow * (exposure[index] ?? 0), 0),
    );
    const toShares = ({ suspects }: Fit): number[] => {
      const raw = suspects.map((value, index) =>
        damageSeconds <= 0 ? 0 : (value * (reach[index] ?? 0)) / damageSeconds,
      );
      const total = raw.reduce((sum, one) => sum + one, 0);
      return total > 1 ? raw.map((one) => one / total) : raw;
    };
    const random = generator(seed);
    const whole = this.fit();
    const drawn = Array.from({ length: draws }, () => {
      const weights = Float64Array.from(this.#parts, () => -Math.log(1 - random()));
      return toShares(this.#fitOf(this.#residual(weights), new Set(), whole));
    });
    return toShares(whole).map((share, column) => {
      const ordered = drawn.map((one) => one[column] ?? 0).toSorted((a, b) => a - b);
      const low = ordered[Math.floor(tails * draws)] ?? share;
      const high = ordered[Math.ceil((1 - tails) * draws) - 1] ?? share;
      return { share, interval: [Math.min(low, share), Math.max(high, share)] };
    });
  }

  /** Correlation of two columns after the effects are taken out; `null` names the load. 0 where either does not vary. */
  correlation(first: number, second: number | null): number {
    const { size, values } = this.#residual(ones(this.#parts.length));
    const at = (i: number, j: number) => values[i * size + j] ?? 0;
    const a = firstSuspect + first;
    const b = second === null ? loadColumn : firstSuspect + second;
    const spread = Math.sqrt(at(a, a) * at(b, b));
    return spread <= 0 ? 0 : at(a, b) / spread;
  }

  #residual(weights: ArrayLike<number>): Moments {
    return partialOut(weightedSum(this.#parts, weights), this.#kept);
  }

  #fitOf(residual: Moments, leftOut: ReadonlySet<number> = new Set(), near?: Fit): Fit {
    const used = this.#panel.columns.flatMap((_, index) => (leftOut.has(index) ? [] : [index]));
    const columns = [loadColumn, ...used.map((index) => firstSuspect + index)];
    const from = near && Float64Array.from([near.load, ...used.map((index) => near.suspects[index] ?? 0)]);
    const found = nonNegative(residual, outcomeColumn, columns, from);
    const suspects = this.#panel.columns.map(() => 0);
    for (const [position, index] of used.entries()) suspects[index] = found[position + 1] ?? 0;
    return { load: found[0] ?? 0, suspects };
  }
}

/**
 * What a fit leaves of the outcome, per row, with day and clock effects (or the level) taken out of it by turns, as
 * weighted means: a few rounds are enough, the table is nearly complete.
 */
export function residuals(panel: Panel, fit: Fit): Float64Array {
  const { rows, columns } = panel;
  const left = Float64Array.from(rows, (row, index) => {
    const explained = columns.reduce(
      (sum, { exposure }, c) => sum + (fit.suspects[c] ?? 0) * (exposure[index] ?? 0),
      0,
    );
    return row.outcome - fit.load * row.load - explained;
  });
  const rounds = panel.kind === 'days' ? 20 : 1;
  for (let round = 0; round < rounds; round += 1) {
    takeOutMeans(left, panel, panel.kind === 'days' ? ({ slot }) => slot : () => 0);
    if (panel.kind === 'days') takeOutMeans(left, panel, ({ day }) => day);
  }
  return left;
}

function takeOutMeans(values: Float64Array, { rows }: Panel, keyOf: (row: Panel['rows'][number]) => number): void {
  const sums = new Map<number, { weighted: number; weight: number }>();
  for (const [index, row] of rows.entries()) {
    const sum = sums.get(keyOf(row)) ?? { weighted: 0, weight: 0 };
    sum.weighted += row.weight * (values[index] ?? 0);
    sum.weight += row.weight;
    sums.set(keyOf(row), sum);
  }
  for (const [index, row] of rows.entries()) {
    const sum = sums.get(keyOf(row));
    if (sum !== undefined && sum.weight > 0) values[index] = (values[index] ?? 0) - sum.weighted / sum.weight;
  }
}

function partsOf(panel: Panel): Moments[] {
  const { kind, rows, columns, days, slots } = panel;
  const effects = kind === 'days' ? slots : 1;
  const size = firstSuspect + columns.length + effects;
  const vectors = rows.map((row, index) => {
    const vector = new Float64Array(size);
    vector[outcomeColumn] = row.outcome;
    vector[loadColumn] = row.load;
    for (const [column, { exposure }] of columns.entries()) vector[firstSuspect + column] = exposure[index] ?? 0;
    vector[firstSuspect + columns.length + (kind === 'days' ? row.slot : 0)] = 1;
    return vector;
  });
  const partCount = kind === 'days' ? days : Math.min(rows.length, blocksOfMorning);
  const partOf = (index: number): number =>
    kind === 'days' ? (rows[index]?.day ?? 0) : Math.floor((index * partCount) / rows.length);
  const parts = Array.from({ length: partCount }, () => emptyMoments(size));
  const means = kind === 'days' ? dayMeans(panel, vectors, size) : null;
  for (const [index, vector] of vectors.entries()) {
    const mean = means?.[partOf(index)];
    // A day effect does not depend on how often its day is drawn, so it can be taken out once and for all.
    const centred = mean === undefined ? vector : vector.map((value, column) => value - (mean[column] ?? 0));
    const part = parts[partOf(index)];
    if (part !== undefined) addRow(part, centred, rows[index]?.weight ?? 0);
  }
  return parts;
}

function dayMeans({ rows, days }: Panel, vectors: readonly Float64Array[], size: number): Float64Array[] {
  const means = Array.from({ length: days }, () => new Float64Array(size));
  const weights = new Float64Array(days);
  for (const [index, { day, weight }] of rows.entries()) {
    weights[day] = (weights[day] ?? 0) + weight;
    const mean = means[day];
    if (mean === undefined) continue;
    for (let column = 0; column < size; column += 1) {
      mean[column] = (mean[column] ?? 0) + weight * (vectors[index]?.[column] ?? 0);
    }
  }
  return means.map((mean, day) => mean.map((value) => value / (weights[day] || 1)));
}

const ones = (length: number): Float64Array => new Float64Array(length).fill(1);
