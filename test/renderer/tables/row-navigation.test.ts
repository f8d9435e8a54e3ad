import { expect, it } from 'vitest';
import { rowAfterKey } from '../../../renderer/tables/row-navigation.ts';

it('arrows, pages and ends stay inside the table', () => {
  expect(rowAfterKey('ArrowUp', 0, 5, 3)).toBe(0);
  expect(rowAfterKey('ArrowDown', 4, 5, 3)).toBe(4);
  expect(rowAfterKey('PageDown', 1, 50, 12)).toBe(13);
  expect(rowAfterKey('PageUp', 5, 50, 12)).toBe(0);
  expect(rowAfterKey('End', 0, 50, 12)).toBe(49);
});

it('leaves other keys, and an empty table, to others', () => {
  expect(rowAfterKey('p', 0, 5, 3)).toBeNull();
  expect(rowAfterKey('ArrowDown', 0, 0, 3)).toBeNull();
});
