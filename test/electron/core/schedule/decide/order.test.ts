import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexModels } from '../../../../../electron/core/schedule/decide/needs.ts';
import { order, type Candidate } from '../../../../../electron/core/schedule/decide/order.ts';
import { hourMs, minuteMs, modelState, type ModelChanges } from '../../../../support/schedule/model-state.ts';

const nowMs = 10 * hourMs;
const candidate = (changes: ModelChanges, more: Partial<Candidate> = {}): Candidate => ({
  model: modelState(changes),
  dueMs: nowMs,
  asked: false,
  latestStartMs: null,
  ...more,
});
const ordered = (
  candidates: readonly Candidate[],
  atOnce: number,
  running: readonly string[] = [],
  pending: readonly string[] = [],
) => {
  const models = indexModels(candidates.map(({ model }) => model));
  return order(candidates, models, new Set(running), new Set(pending), atOnce, nowMs);
};
const names = (found: readonly Candidate[]) => found.map(({ model }) => model.readModel);

describe('of models that are due', () => {
  test('the one starts first whose age is the largest part of its budget; who asks comes before all', () => {
    const candidates = [
      candidate({ readModel: 'daily', budget: { minutes: 1440 }, asOfMs: 0 }),
      candidate({ readModel: 'quarter', budget: { minutes: 15 }, asOfMs: nowMs - 14 * minuteMs }),
      candidate({ readModel: 'hourly', budget: { minutes: 60 }, asOfMs: nowMs - 65 * minuteMs }),
      candidate({ readModel: 'empty', asOfMs: null }),
      candidate({ readModel: 'asked', asOfMs: nowMs - minuteMs }, { asked: true, dueMs: null }),
    ];
    expect(names(ordered(candidates, 9).starts)).toEqual(['asked', 'empty', 'hourly', 'quarter', 'daily']);
  });

  test('what has newer rows to take does not wait for a parent that would make it late', () => {
    const parent = candidate({ readModel: 'sales', asOfMs: nowMs - 6 * minuteMs, durationsMs: [8 * minuteMs] });
    const child = { readModel: 'margin', reads: ['sales'], asOfMs: nowMs - 50 * minuteMs };
    const late = candidate(child, { latestStartMs: nowMs + 7 * minuteMs });
    expect(names(ordered([parent, late], 9).starts)).toEqual(['margin', 'sales']);
    const patient = candidate(child, { latestStartMs: nowMs + 9 * minuteMs });
    expect(names(ordered([parent, patient], 9).starts)).toEqual(['sales']);
    const tooLate = candidate(child, { latestStartMs: nowMs - 1 });
    expect(names(ordered([parent, tooLate], 9).starts)).toEqual(['sales']);
    const nothingNew = candidate({ ...child, asOfMs: nowMs - 6 * minuteMs }, { latestStartMs: nowMs + 7 * minuteMs });
    expect(names(ordered([parent, nothingNew], 9).starts)).toEqual(['sales']);
  });

  test('no more start than the server has places for, and the others say so', () => {
    const candidates = ['a', 'b', 'c'].map((readModel) => candidate({ readModel }));
    const { starts, waits } = ordered(candidates, 2, ['x']);
    expect(names(starts)).toEqual(['a']);
    expect(waits.map(({ reason }) => reason.text())).toEqual(
      Array.from(
        { length: 2 },
        () => '2 refreshes run at a time (by the setting, and on half of the cores at most), due 0 ms ago',
      ),
    );
  });

  test('parents come before what is built on them, however urgent that is', () => {
    const base = candidate({ readModel: 'base', asOfMs: nowMs - minuteMs, budget: { minutes: 600 } });
    const top = candidate({ readModel: 'top', reads: ['base'], asOfMs: 0, budget: { minutes: 15 } });
    const { starts, waits } = ordered([top, base], 2);
    expect(names(starts)).toEqual(['base']);
    expect(waits[0]?.reason.text()).toBe('base, which it is built on, is due');
    expect(ordered([top], 2, ['base']).waits[0]?.reason.text()).toBe('base, which it is built on, is being refreshed');
    expect(names(ordered([top], 2, [], ['base']).starts)).toEqual([]);
  });

  test('none is left out, none starts twice, and a child never with its parent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ age: fc.nat(10), reads: fc.array(fc.nat(20)) }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (plans, atOnce) => {
          const candidates = plans.map(({ age, reads }, index) =>
            candidate({
              readModel: `m${index}`,
              asOfMs: nowMs - age * hourMs,
              reads: reads.filter((parent) => parent < index).map((parent) => `m${parent}`),
            }),
          );
          const { starts, waits } = ordered(candidates, atOnce);
          const all = [...starts, ...waits.map((wait) => wait.candidate)];
          expect(names(all).toSorted()).toEqual(names(candidates).toSorted());
          expect(starts.length).toBeLessThanOrEqual(atOnce);
          if (candidates.length > 0) expect(starts.length).toBeGreaterThan(0);
          const started = new Set(names(starts));
          for (const { model } of starts) expect(model.reads.some((parent) => started.has(parent))).toBe(false);
        },
      ),
    );
  });
});
