import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freePlace, layoutProblem } from '../../../shared/model/grid-layout.ts';
import {
  compacted,
  movedWidget,
  resizedWidget,
  type Direction,
  type GridPlace,
} from '../../../shared/model/grid-move.ts';

const at = (widgetId: string, x: number, y: number, w: number, h: number): GridPlace => ({
  widgetId,
  layout: { x, y, w, h },
});
const where = (places: readonly GridPlace[]) =>
  Object.fromEntries(places.map(({ widgetId, layout: { x, y, w, h } }) => [widgetId, [x, y, w, h]]));

describe('a widget that is moved by the keyboard', () => {
  const row = [at('a', 0, 0, 4, 4), at('b', 4, 0, 8, 4), at('c', 0, 4, 12, 3)];

  test('changes places with its neighbour at the side', () => {
    expect(where(movedWidget(row, 'a', 'right'))).toEqual({ a: [8, 0, 4, 4], b: [0, 0, 8, 4], c: [0, 4, 12, 3] });
    expect(where(movedWidget(movedWidget(row, 'a', 'right'), 'a', 'left'))).toEqual(where(row));
  });

  test('goes by one column where there is room', () => {
    expect(where(movedWidget([at('a', 0, 0, 4, 4)], 'a', 'right'))).toEqual({ a: [1, 0, 4, 4] });
  });

  test('goes below and above the next one, and what was there takes its room', () => {
    expect(where(movedWidget(row, 'c', 'up'))).toEqual({ c: [0, 0, 12, 3], a: [0, 3, 4, 4], b: [4, 3, 8, 4] });
    const column = [at('a', 0, 0, 6, 4), at('b', 0, 4, 6, 2), at('c', 0, 6, 6, 2)];
    expect(where(movedWidget(column, 'a', 'down'))).toEqual({ b: [0, 0, 6, 2], a: [0, 2, 6, 4], c: [0, 6, 6, 2] });
    expect(where(movedWidget(column, 'c', 'up'))).toEqual({ a: [0, 0, 6, 4], c: [0, 4, 6, 2], b: [0, 6, 6, 2] });
  });

  test('stays where there is nowhere to go', () => {
    expect(movedWidget(row, 'a', 'left')).toBe(row);
    expect(movedWidget(row, 'a', 'up')).toBe(row);
    expect(movedWidget(row, 'c', 'down')).toBe(row);
    expect(movedWidget(row, 'none', 'down')).toBe(row);
  });

  test('is resized within the grid, and pushes down what is in the way', () => {
    expect(where(resizedWidget(row, 'a', 'down'))).toMatchObject({ a: [0, 0, 4, 5], c: [0, 5, 12, 3] });
    expect(where(resizedWidget(row, 'a', 'right'))).toMatchObject({ a: [0, 0, 5, 4], b: [4, 4, 8, 4] });
    expect(resizedWidget(row, 'b', 'right')).toBe(row);
    expect(resizedWidget([at('a', 0, 0, 2, 2)], 'a', 'left')).toEqual([at('a', 0, 0, 2, 2)]);
  });

  test('never lies on another, leaves the grid or is lost, whatever is pressed', () => {
    const directions: readonly Direction[] = ['left', 'right', 'up', 'down'];
    const sizes = fc.array(fc.record({ w: fc.integer({ min: 2, max: 12 }), h: fc.integer({ min: 2, max: 6 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    const keys = fc.array(
      fc.record({ widget: fc.nat(7), direction: fc.constantFrom(...directions), resize: fc.boolean() }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(sizes, keys, (widgets, pressed) => {
        let places: readonly GridPlace[] = widgets.reduce<GridPlace[]>(
          (grid, size, index) => [
            ...grid,
            {
              widgetId: `w${index}`,
              layout: freePlace(
                grid.map(({ layout }) => layout),
                size,
              ),
            },
          ],
          [],
        );
        for (const { widget, direction, resize } of pressed) {
          const id = `w${widget % widgets.length}`;
          places = resize ? resizedWidget(places, id, direction) : movedWidget(places, id, direction);
          expect(layoutProblem(places.map((place) => ({ ...place, title: place.widgetId })))).toBeNull();
          expect(places.map(({ widgetId }) => widgetId)).toEqual(widgets.map((_, index) => `w${index}`));
        }
      }),
    );
  });
});

test('a grid closes its gaps from below', () => {
  expect(where(compacted([at('a', 0, 5, 6, 2), at('b', 6, 1, 6, 2), at('c', 0, 9, 12, 1)]))).toEqual({
    a: [0, 0, 6, 2],
    b: [6, 0, 6, 2],
    c: [0, 2, 12, 1],
  });
});

test('a new widget takes the first place that is free', () => {
  const taken = [
    { x: 0, y: 0, w: 6, h: 4 },
    { x: 9, y: 0, w: 3, h: 4 },
  ];
  expect(freePlace(taken, { w: 3, h: 2 })).toEqual({ x: 6, y: 0, w: 3, h: 2 });
  expect(freePlace(taken, { w: 6, h: 4 })).toEqual({ x: 0, y: 4, w: 6, h: 4 });
});
