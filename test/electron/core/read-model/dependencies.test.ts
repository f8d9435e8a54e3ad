import { describe, expect, test } from 'vitest';
import { cycleThrough, inOrder } from '../../../../electron/core/read-model/plan/dependencies.ts';

const models = [
  { name: 'board', parents: ['sales', 'stock'] },
  { name: 'sales', parents: ['lines'] },
  { name: 'stock', parents: ['lines'] },
  { name: 'lines', parents: [] },
  { name: 'alone', parents: ['gone'] },
];

describe('models on models', () => {
  test('parents come first, each once', () => {
    expect(inOrder(['board'], models)).toEqual(['lines', 'sales', 'stock', 'board']);
    expect(inOrder(['stock', 'alone', 'sales'], models)).toEqual(['alone', 'lines', 'sales', 'stock']);
  });

  test('an order is found where somebody has made a cycle behind our back', () => {
    const round = [
      { name: 'a', parents: ['b'] },
      { name: 'b', parents: ['a'] },
    ];
    expect(inOrder(['a'], round)).toEqual(['b', 'a']);
  });

  test('a cycle is told as the way round', () => {
    expect(cycleThrough('lines', ['board'], models)).toEqual(['lines', 'board', 'sales', 'lines']);
    expect(cycleThrough('lines', ['lines'], models)).toEqual(['lines', 'lines']);
    expect(cycleThrough('new', ['board'], models)).toBeNull();
  });
});
