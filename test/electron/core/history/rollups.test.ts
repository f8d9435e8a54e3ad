import fc from 'fast-check';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import { describe, expect, test } from 'vitest';
import { decodeColumns, encodeInterval } from '../../../../electron/core/history/interval-blob.ts';
import type { DetailedRollup } from '../../../../electron/core/history/history.ts';
import { ColumnReader, ColumnWriter, DamagedColumns } from '../../../../electron/core/history/packed-columns.ts';
import { rollUpMinute, type RawInterval } from '../../../../electron/core/history/roll-up.ts';
import type { DeltaSet } from '../../../../shared/model/sampling.ts';
import { activityRow, deltaSet, keyOf, openTestHistory } from './store.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The beginning of an hour. */
const ten = Math.floor(1_795_000_000_000 / hourMs) * hourMs;

const interval = (fromMs: number, toMs: number, counters: Partial<typeof noCounters>, queryid = '11'): DeltaSet => ({
  ...deltaSet(toMs, [keyOf(queryid)], counters),
  fromMs,
});
const total = (rollups: readonly DetailedRollup[], column: 'calls' | 'execMs' | 'rows' | 'blocks'): number =>
  rollups.reduce((sum, rollup) => sum + rollup[column].reduce((a, b) => a + b, 0), 0);

describe('packed columns', () => {
  const column = fc.oneof(
    fc.array(fc.nat()),
    fc.array(fc.constantFrom(0, 0, 0, 0, 7)),
    fc.array(fc.maxSafeNat()),
    fc.array(fc.double({ noNaN: true })),
    fc.array(fc.constantFrom(2 ** 60, 2 ** 80 + 2 ** 40, 3)),
  );

  test('give back what was written, and can be skipped', () => {
    fc.assert(
      fc.property(column, column, (first, second) => {
        const writer = new ColumnWriter(1);
        writer.column(first);
        writer.column(second);
        const reader = new ColumnReader(writer.bytes());
        expect(Array.from(reader.column(first.length), (value) => value + 0)).toEqual(first.map((value) => value + 0));
        const skipping = new ColumnReader(writer.bytes());
        skipping.skip();
        expect([...skipping.column(second.length)]).toEqual([...reader.column(second.length)]);
      }),
    );
  });

  test('that were cut off are damaged, not zero', () => {
    const writer = new ColumnWriter();
    writer.column([1, 2, 300, 4]);
    for (let length = 0; length < writer.bytes().length; length += 1) {
      expect(() => new ColumnReader(writer.bytes().subarray(0, length)).column(4)).toThrow(DamagedColumns);
    }
  });
});

test('an interval that is dealt out to minutes keeps its sums, and each statement its mean', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 59_999 }),
      fc.integer({ min: 1, max: 15 * 60_000 }),
      fc.array(fc.record({ calls: fc.nat(400), rows: fc.nat(3), execUs: fc.nat(1e6) }), { minLength: 1, maxLength: 8 }),
      (startMs, lengthMs, statements) => {
        const rows = statements.map(({ calls, rows: perCall, execUs }, index) => ({
          statementId: index + 1,
          discontinuity: false,
          counters: { ...noCounters, calls, rows: calls * perCall, totalExecMs: (calls * execUs) / 1000 },
        }));
        const raw: RawInterval = {
          fromUs: startMs * 1000,
          toUs: (startMs + lengthMs) * 1000,
          deallocs: 5,
          resets: 1,
          coverage: 1,
          idleInTransactionMs: null,
          columns: decodeColumns(encodeInterval(rows)),
        };
        const minutes = Array.from({ length: 18 }, (_, minute) =>
          rollUpMinute(minute * 60e6, (minute + 1) * 60e6, [raw], [], null),
        );
        const sum = (read: (minute: (typeof minutes)[number]) => number) =>
          minutes.reduce((a, one) => a + read(one), 0);
        expect(sum(({ deallocs }) => deallocs ?? 0)).toBe(5);
        expect(sum(({ resets }) => resets)).toBe(1);
        for (const [index, { calls, rows: perCall, execUs }] of statements.entries()) {
          const booked = (minute: (typeof minutes)[number]) => minute.booked.get(index + 1) ?? new Float64Array(7);
          expect(sum((minute) => booked(minute)[0] ?? 0)).toBe(calls);
          expect(sum((minute) => booked(minute)[3] ?? 0)).toBeCloseTo(calls * perCall, 6);
          for (const minute of minutes) {
            const [part = 0, us = 0] = booked(minute);
            expect(Math.abs(us - part * execUs)).toBeLessThanOrEqual(0.5 + part * 1e-6);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

describe('minutes', () => {
  test('are there as soon as a snapshot after them is', async () => {
    const { samples } = await openTestHistory();
    for (let at = 0; at < 4; at += 1) {
      const toMs = ten + at * minuteMs + 30_000;
      await samples.saveSample('erp', { atMs: toMs - 1000, rows: [activityRow({ queryid: '11' })] });
      await samples.saveDeltas(
        'erp',
        interval(toMs - minuteMs, toMs, { calls: 10, totalExecMs: 50, sharedBlksHit: 7 }),
      );
    }
    const minutes = await samples.rollups('erp', 'minute', ten, ten + hourMs);
    expect(minutes.map(({ fromMs }) => (fromMs - ten) / minuteMs)).toEqual([0, 1, 2]);
    expect(minutes[1]).toMatchObject({ tier: 'minute', toMs: ten + 2 * minuteMs, samples: 1, onCpu: 1, lockWaits: 0 });
    expect([...(minutes[1]?.calls ?? [])]).toEqual([10]);
    expect([...(minutes[1]?.execMs ?? [])]).toEqual([50]);
    expect([...(minutes[1]?.activeSessions ?? [])]).toEqual([1]);
    const [statement] = await samples.statements('erp');
    expect([...(minutes[1]?.statementIds ?? [])]).toEqual([Number(statement?.statementId)]);
  });

  test('and hours know of no evictions where nobody counted them', async () => {
    const { samples } = await openTestHistory();
    for (let toMs = ten + minuteMs; toMs <= ten + hourMs + 2 * minuteMs; toMs += minuteMs) {
      const counted = toMs === ten + 2 * minuteMs ? 3 : null;
      await samples.saveDeltas('erp', { ...interval(toMs - minuteMs, toMs, { calls: 10 }), deallocs: counted });
    }
    const [first] = await samples.deltas('erp', ten, ten + minuteMs);
    expect(first?.deallocs).toBeNull();
    const minutes = await samples.rollups('erp', 'minute', ten, ten + 3 * minuteMs);
    expect(minutes.map(({ deallocs }) => deallocs)).toEqual([null, 3, null]);
    const [hour] = await samples.rollups('erp', 'hour', ten, ten + hourMs);
    expect(hour?.deallocs).toBe(3);
  });

  test('come 80 s later from samples alone, when nothing is booked', async () => {
    const { samples } = await openTestHistory();
    for (let atMs = ten; atMs <= ten + 140_000; atMs += 5000) {
      await samples.saveSample('erp', { atMs, rows: [activityRow({ queryid: null, query: 'select pg_sleep(9)' })] });
    }
    const minutes = await samples.rollups('erp', 'minute', ten, ten + hourMs);
    expect(minutes.map(({ samples: looks, coverage }) => [looks, coverage])).toEqual([[12, null]]);
  });

  test('count sessions by what they do, parallel workers with their leader, and never the sampler', async () => {
    const { samples } = await openTestHistory();
    const rows = [
      activityRow({ pid: 1, queryid: '11' }),
      activityRow({ pid: 2, leaderPid: 1, backendType: 'parallel worker', queryid: null, query: '' }),
      activityRow({ pid: 3, queryid: '12', waitEventType: 'Lock', waitEvent: 'tuple', applicationName: 'till' }),
      activityRow({ pid: 4, queryid: '13', state: 'idle in transaction', queryStartMs: ten - 40 }),
      activityRow({ pid: 5, applicationName: 'daybreak-sampler', queryid: '99' }),
      activityRow({
        pid: 6,
        backendType: 'checkpointer',
        state: null,
        databaseName: null,
        databaseOid: null,
        roleName: null,
        roleOid: null,
        applicationName: '',
        query: '',
        waitEventType: 'IO',
        waitEvent: 'DataFileWrite',
      }),
    ];
    await samples.saveSample('erp', { atMs: ten + 1000, rows });
    await samples.saveSample('erp', { atMs: ten + 31_000, rows: [] });
    await samples.saveSample('erp', { atMs: ten + 141_000, rows: [] });
    const [minute] = await samples.rollups('erp', 'minute', ten, ten + hourMs);
    const [statements, origins] = [await samples.statements('erp'), await samples.origins()];
    const named = new Map(
      statements.map(({ statementId, key, fingerprint }) => [Number(statementId), key?.queryid ?? fingerprint]),
    );
    const seen = minute?.seen;
    expect(minute).toMatchObject({ samples: 2, onCpu: 1, lockWaits: 0.5 });
    expect(
      Array.from(seen?.statementIds ?? [], (id, index) => [
        named.get(id),
        origins.get(seen?.originIds[index] ?? 0)?.applicationName,
        seen?.working[index],
        seen?.lockWaits[index],
        seen?.pauses[index],
      ]).toSorted(),
    ).toEqual([
      ['11', 'erp', 1, 0, 0],
      ['11', 'erp', 1, 0, 0],
      ['12', 'till', 0, 1, 0],
      ['13', 'erp', 0, 0, 1],
      ['backend:checkpointer', '', 1, 0, 0],
    ]);
    const sessions = new Map(
      Array.from(minute?.statementIds ?? [], (id, index) => [named.get(id), minute?.activeSessions[index]]),
    );
    expect(Object.fromEntries(sessions)).toEqual({ '11': 1, '12': 0.5, '13': 0, 'backend:checkpointer': 0.5 });
  });

  test('are made anew by what comes late, and twice the same changes nothing', async () => {
    const { samples } = await openTestHistory();
    const late = interval(ten + 61_000, ten + 119_000, { calls: 5, totalExecMs: 5 }, '22');
    for (let at = 1; at <= 62; at += 1) {
      await samples.saveDeltas('erp', interval(ten + (at - 1) * minuteMs, ten + at * minuteMs, { calls: 10 }));
    }
    expect(total(await samples.rollups('erp', 'hour', ten, ten + hourMs), 'calls')).toBe(600);
    await samples.saveDeltas('erp', late);
    await samples.saveDeltas('erp', late);
    expect(total(await samples.rollups('erp', 'minute', ten + minuteMs, ten + 2 * minuteMs), 'calls')).toBe(15);
    expect(total(await samples.rollups('erp', 'hour', ten, ten + hourMs), 'calls')).toBe(605);
    for (const _twice of [1, 2]) {
      await samples.saveSample('erp', { atMs: ten + 65_000, rows: [activityRow({ queryid: '22' })] });
    }
    await samples.saveSample('erp', { atMs: ten + 195_000, rows: [] });
    const [minute] = await samples.rollups('erp', 'minute', ten + minuteMs, ten + 2 * minuteMs);
    expect(minute?.samples).toBe(1);
    expect((await samples.rollups('erp', 'hour', ten, ten + hourMs))[0]?.samples).toBe(2);
  });

  test('a clock that jumps a year ahead and back leaves no minute out', async () => {
    const { samples } = await openTestHistory();
    const yearMs = 365 * 24 * hourMs;
    const minute = (toMs: number) => samples.saveDeltas('erp', interval(toMs - minuteMs, toMs, { calls: 1 }));
    for (let at = 1; at <= 3; at += 1) await minute(ten + at * minuteMs);
    for (let at = 1; at <= 2; at += 1) await minute(ten + yearMs + at * minuteMs);
    for (let at = 4; at <= 6; at += 1) await minute(ten + at * minuteMs);
    expect(total(await samples.rollups('erp', 'minute', ten, ten + hourMs), 'calls')).toBe(6);
    expect(total(await samples.rollups('erp', 'minute', ten + yearMs, ten + yearMs + hourMs), 'calls')).toBe(2);
    // What opens by itself is the present, not the year to come.
    expect(await samples.extent('erp')).toEqual({ fromMs: ten, toMs: ten + 6 * minuteMs });
  });
});

test('hours are the sums of their minutes, also where nobody looked in between', async () => {
  const { samples } = await openTestHistory();
  const book = (toMs: number, calls: number) =>
    samples.saveDeltas('erp', interval(toMs - minuteMs, toMs, { calls, totalExecMs: 2 * calls, rows: calls }));
  for (let at = 1; at <= 5; at += 1) await book(ten + at * minuteMs, at);
  await samples.saveSample('erp', { atMs: ten + 30_000, rows: [activityRow({ queryid: '11' })] });
  for (let at = 1; at <= 2; at += 1) await book(ten + 3 * hourMs + at * minuteMs, 100);
  const hours = await samples.rollups('erp', 'hour', ten, ten + 9 * hourMs);
  expect(hours.map(({ fromMs }) => (fromMs - ten) / hourMs)).toEqual([0]);
  expect([total(hours, 'calls'), total(hours, 'execMs'), total(hours, 'rows')]).toEqual([15, 30, 15]);
  expect(hours[0]).toMatchObject({ tier: 'hour', samples: 1, onCpu: 1 });
});
