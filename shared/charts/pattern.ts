import type { ChartPalette } from './palette.ts';

/** A hatch that tells series apart without colour. `none` is the plain first series. */
export interface Pattern {
  readonly symbol: 'none' | 'rect' | 'circle' | 'triangle';
  readonly dashArrayX: number | number[];
  readonly dashArrayY: number | number[];
  readonly rotation: number;
  readonly symbolSize: number;
  readonly color: string;
}

const quarterTurn = Math.PI / 4;

const shapes: readonly Omit<Pattern, 'color'>[] = [
  { symbol: 'none', dashArrayX: 1, dashArrayY: 1, rotation: 0, symbolSize: 1 },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 6], rotation: -quarterTurn, symbolSize: 1 },
  { symbol: 'circle', dashArrayX: [6, 6], dashArrayY: [6, 6], rotation: 0, symbolSize: 0.4 },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 6], rotation: quarterTurn, symbolSize: 1 },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: 0, symbolSize: 1 },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: Math.PI / 2, symbolSize: 1 },
  { symbol: 'triangle', dashArrayX: [9, 9], dashArrayY: [9, 9], rotation: 0, symbolSize: 0.5 },
  { symbol: 'rect', dashArrayX: [4, 4], dashArrayY: [2, 5], rotation: quarterTurn, symbolSize: 0.8 },
];

/**
 * The pattern of the n-th series. Thin and translucent: it must be found by whoever needs it and not shout at
 * whoever does not.
 */
export function patternOf(index: number, scheme: ChartPalette['scheme']): Pattern {
  const shape = shapes[index % shapes.length] ?? shapes[0];
  if (shape === undefined) throw new Error('no pattern is defined');
  return { ...shape, color: scheme === 'dark' ? 'rgba(0, 0, 0, 0.28)' : 'rgba(255, 255, 255, 0.38)' };
}
