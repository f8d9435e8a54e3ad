import { expect, test } from 'vitest';
import { Kept } from '../../../../electron/core/history/kept.ts';

const values = (kept: Kept<number>) => ['a', 'b', 'c'].map((key) => kept.get(key));

test('of what was unpacked the least recently asked goes first', () => {
  const kept = new Kept<number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  expect(kept.get('a')).toBe(1);
  kept.set('c', 3);
  expect(values(kept)).toEqual([1, undefined, 3]);
});

test('large values leave less room, and one too large for all of it is kept alone', () => {
  const kept = new Kept<number>(10);
  kept.set('a', 1, 4);
  kept.set('b', 2, 4);
  kept.set('b', 3, 6);
  expect(values(kept)).toEqual([1, 3, undefined]);
  kept.set('c', 4, 7);
  expect(values(kept)).toEqual([undefined, undefined, 4]);
  kept.set('a', 5, 99);
  expect(values(kept)).toEqual([5, undefined, undefined]);
});
