import fc from 'fast-check';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import { expect, test } from 'vitest';
import { decodeCounted, decodeInterval, encodeInterval } from '../../../../electron/core/history/interval-blob.ts';

const whole = fc.nat(1e9);
const row = fc.record({
  statementId: fc.integer({ min: 1, max: 5000 }),
  discontinuity: fc.boolean(),
  counters: fc
    .record({
      calls: whole,
      rows: whole,
      totalExecMs: whole,
      sumSquaresMs2: whole,
      totalPlanMs: whole,
      sharedBlksHit: whole,
      sharedBlksRead: fc.constantFrom(0, 0, 7),
      sharedBlksDirtied: whole,
      tempBlksRead: fc.constantFrom(0, 3),
      tempBlksWritten: whole,
      sharedBlkReadMs: whole,
      walRecords: whole,
      walBytes: whole,
    })
    .map((some) => ({ ...noCounters, ...some })),
});

test('the columns that a verdict reads are those of the rows', () => {
  const rows = fc.uniqueArray(row, { selector: ({ statementId }) => statementId, maxLength: 40 });
  fc.assert(
    fc.property(rows, (unordered) => {
      const packed = encodeInterval(unordered.toSorted((a, b) => a.statementId - b.statementId));
      const idOf = (id: number) => (id === 3 ? 7000 : id);
      const whole = decodeInterval(packed, idOf);
      const { statementIds, discontinuities, ...columns } = decodeCounted(packed, idOf);
      expect([...statementIds].map(String)).toEqual(whole.map(({ statementId }) => statementId));
      expect(discontinuities).toBe(whole.filter(({ discontinuity }) => discontinuity).length);
      for (const [index, { counters }] of whole.entries()) {
        expect({
          calls: columns.calls[index],
          execMs: columns.execMs[index],
          squaresMs2: columns.squaresMs2[index],
          rows: columns.rows[index],
          blocks: columns.blocks[index],
          tempBlocks: columns.tempBlocks[index],
          walRecords: columns.walRecords[index],
          walBytes: columns.walBytes[index],
        }).toEqual({
          calls: counters.calls,
          execMs: counters.totalExecMs,
          squaresMs2: counters.sumSquaresMs2,
          rows: counters.rows,
          blocks: counters.sharedBlksHit + counters.sharedBlksRead,
          tempBlocks: counters.tempBlksRead + counters.tempBlksWritten,
          walRecords: counters.walRecords,
          walBytes: counters.walBytes,
        });
      }
    }),
  );
});
