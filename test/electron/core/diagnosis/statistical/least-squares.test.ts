import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addRow,
  emptyMoments,
  nonNegative,
  partialOut,
} from '../../../../../electron/core/diagnosis/statistical/least-squares.ts';

const number = fc.integer({ min: -20, max: 20 });
const table = fc.array(fc.tuple(number, number, number, number), { minLength: 6, maxLength: 20 });

/** Outcome, two suspects, and an effect to be taken out. */
const momentsOf = (rows: readonly (readonly number[])[]) => {
  const moments = emptyMoments(4);
  for (const row of rows) addRow(moments, Float64Array.from(row), 1);
  return moments;
};

it('finds coefficients that no other non-negative ones beat (the conditions of Karush, Kuhn and Tucker)', () => {
  fc.assert(
    fc.property(table, (rows) => {
      const moments = momentsOf(rows);
      const at = (i: number, j: number) => moments.values[i * 4 + j] ?? 0;
      const found = nonNegative(moments, 0, [1, 2]);
      const scale = at(0, 0) + at(1, 1) + at(2, 2) + 1;
      for (const [position, column] of [1, 2].entries()) {
        const gradient = at(column, 0) - at(column, 1) * (found[0] ?? 0) - at(column, 2) * (found[1] ?? 0);
        expect(found[position]).toBeGreaterThanOrEqual(0);
        expect(gradient).toBeLessThanOrEqual(1e-3 * scale);
        if ((found[position] ?? 0) > 1e-6) expect(Math.abs(gradient)).toBeLessThanOrEqual(1e-3 * scale);
      }
    }),
  );
});

it('leaves residuals that have nothing to do with what was taken out', () => {
  fc.assert(
    fc.property(table, (rows) => {
      const moments = momentsOf(rows);
      const left = partialOut(moments, 3);
      const effect = rows.reduce((sum, row) => sum + (row[3] ?? 0) ** 2, 0);
      for (const i of [0, 1, 2]) {
        for (const j of [0, 1, 2]) {
          const product = (a: number, b: number) => rows.reduce((sum, row) => sum + (row[a] ?? 0) * (row[b] ?? 0), 0);
          const expected = effect === 0 ? product(i, j) : product(i, j) - (product(i, 3) * product(j, 3)) / effect;
          expect(left.values[i * 3 + j]).toBeCloseTo(expected, 6);
        }
      }
    }),
  );
});
