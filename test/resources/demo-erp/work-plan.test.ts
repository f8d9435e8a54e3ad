import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planLoad, planSave, saveIntendedMs, type Catalogue } from '../../../resources/demo-erp/workload/work-plan.ts';

const catalogue: Catalogue = {
  customers: Array.from({ length: 50 }, (_, n) => ({ customerId: n + 1, regionId: 1 + (n % 5), paymentDays: 30 })),
  items: Array.from({ length: 40 }, (_, n) => ({ itemId: n + 1, priceCents: 1000 + n, costCents: 600 })),
  warehouses: [1, 2, 3],
};
const schedule = { everySeconds: 5, widgets: 7 };

test('save k is the same in every run of a seed, and another one under another seed', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(1_000_000), (seed, k) => {
      expect(planSave(seed, k, catalogue)).toEqual(planSave(seed, k, catalogue));
    }),
  );
  const saves = (seed: number) => Array.from({ length: 50 }, (_, k) => planSave(seed, k, catalogue));
  expect(saves(1)).not.toEqual(saves(2));
});

test('an invoice has three different items in ascending order, so that saves cannot deadlock over stock', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (seed, k) => {
      const items = planSave(seed, k, catalogue).lines.map(({ itemId }) => itemId);
      expect(new Set(items).size).toBe(3);
      expect(items).toEqual(items.toSorted((a, b) => a - b));
    }),
  );
});

test('every item and every customer is sold to and with, given time', () => {
  const saves = Array.from({ length: 2000 }, (_, k) => planSave(7, k, catalogue));
  expect(new Set(saves.flatMap(({ lines }) => lines.map(({ itemId }) => itemId))).size).toBe(40);
  expect(new Set(saves.map(({ customerId }) => customerId)).size).toBe(50);
});

test('saves are intended at a fixed rate', () => {
  expect([0, 1, 40].map((k) => saveIntendedMs(k, 40))).toEqual([0, 25, 1000]);
});

test('managers come within the first interval and then about every interval, each widget once a load', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(63), fc.nat(1000), (seed, manager, j) => {
      const load = planLoad(seed, manager, j, schedule);
      const first = planLoad(seed, manager, 0, schedule).intendedMs;
      expect(first).toBeLessThan(5000);
      expect(Math.abs(load.intendedMs - first - j * 5000)).toBeLessThanOrEqual(500);
      expect(load.order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }),
  );
});
