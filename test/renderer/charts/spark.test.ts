import { expect, it } from 'vitest';
import { sparkPoints } from '../../../renderer/charts/spark.ts';

it('a spark stands on zero and fills its box', () => {
  const spark = [
    [0, 2],
    [500, 4],
    [1000, 0],
  ] as const;
  expect(sparkPoints(spark, 100, 20)).toEqual([
    [0, 10],
    [50, 0],
    [100, 20],
  ]);
});

it('one point makes no line', () => {
  expect(sparkPoints([[0, 2]], 100, 20)).toEqual([]);
});
