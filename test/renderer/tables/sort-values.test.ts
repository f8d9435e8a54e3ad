import { expect, it } from 'vitest';
import { compareSortValues } from '../../../renderer/tables/sort-values.ts';

it('text with numbers in it sorts as people read it, numbers by size', () => {
  expect(['week 10', 'week 9', 'Week 1'].sort(compareSortValues)).toEqual(['Week 1', 'week 9', 'week 10']);
  expect([10, 9, -1].sort(compareSortValues)).toEqual([-1, 9, 10]);
});
