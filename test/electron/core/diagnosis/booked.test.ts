import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BookKeeper, flagsOf } from '../../../../electron/core/diagnosis/booked.ts';
import type { StatementGroup } from '../../../../electron/core/diagnosis/catalog.ts';
import { betweenStatements } from '../../../../electron/core/diagnosis/between-statements.ts';
import { weightedMedian } from '../../../../electron/core/diagnosis/history-view.ts';
import { usualLatencies } from '../../../../electron/core/diagnosis/usual.ts';

const groups = Array.from({ length: 6 }, (_, index): StatementGroup => ({
  ...betweenStatements,
  groupId: `group ${index}`,
  kind: 'write',
  class: index < 4 ? 'oltp' : 'reporting',
}));

const row = fc.record({
  position: fc.integer({ min: -1, max: 5 }),
  calls: fc.integer({ min: 1, max: 9 }),
  ms: fc.nat(50),
});
const rows = fc.array(row, { maxLength: 30 });

function booked(books: BookKeeper, of: readonly { position: number; calls: number; ms: number }[]) {
  const column = (value: (one: (typeof of)[number]) => number) => Float64Array.from(of, value);
  return books.book(
    Int32Array.from(of, ({ position }) => position),
    {
      calls: column(({ calls }) => calls),
      execMs: column(({ calls, ms }) => calls * ms),
      squaresMs2: column(({ ms }) => ms),
      rows: column(() => 1),
      blocks: column(({ calls, position }) => calls * position),
      tempBlocks: column(() => 0),
      walBytes: null,
    },
  );
}

test('the rows of an interval are summed by group, and those of nobody are left out', () => {
  const books = new BookKeeper(groups);
  fc.assert(
    // The room of one interval is used again for the next.
    fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (intervals) => {
      for (const interval of intervals) {
        const found = booked(books, interval);
        expect([...found.positions]).toEqual([...found.positions].toSorted((a, b) => a - b));
        for (const [position, group] of groups.entries()) {
          const own = interval.filter((one) => one.position === position);
          const sum = (value: (one: (typeof own)[number]) => number) =>
            own.reduce((total, one) => total + value(one), 0);
          const expected =
            own.length === 0
              ? undefined
              : {
                  calls: sum(({ calls }) => calls),
                  execMs: sum(({ calls, ms }) => calls * ms),
                  squaresMs2: sum(({ ms }) => ms),
                  rows: own.length,
                  blocks: sum(({ calls }) => calls * position),
                  tempBlocks: 0,
                  walBytes: 0,
                };
          expect(found.get(group)).toEqual(expected);
        }
        const suffers = flagsOf(groups, ({ class: c }) => c === 'oltp');
        const calls = interval.reduce((sum, one) => sum + (one.position >= 0 && one.position < 4 ? one.calls : 0), 0);
        expect(found.callsOf(suffers)).toBe(calls);
        expect(found.some(suffers)).toBe(calls > 0);
      }
    }),
  );
});

test('usual latencies are medians weighted by calls, of victims that ran often enough', () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 8 }), (all) => {
      const books = new BookKeeper(groups);
      const intervals = all.map((interval) => booked(books, interval));
      const usual = usualLatencies(groups, intervals);
      for (const group of groups) {
        const own = intervals.flatMap((interval) => interval.get(group) ?? []);
        const calls = own.reduce((sum, one) => sum + one.calls, 0);
        const median = (value: (one: (typeof own)[number]) => number) =>
          weightedMedian(own.map((one) => ({ value: value(one), weight: one.calls })));
        expect(usual.get(group)).toEqual(
          group.class !== 'oltp' || calls < 5
            ? undefined
            : {
                meanMs: median(({ execMs, calls: n }) => execMs / n),
                blocks: median(({ blocks, calls: n }) => blocks / n),
              },
        );
      }
    }),
  );
});
