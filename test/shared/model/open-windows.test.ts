import { expect, it } from 'vitest';
import { windowAt } from '../../../shared/model/open-windows.ts';

const window = (calendar: string, fromMs: number, toMs: number, more = {}) => ({
  calendar,
  fromMs,
  toMs,
  noRefresh: true,
  noSwap: false,
  readModels: null,
  ...more,
});

it('the no-refresh window that ends last holds a read model back; its end is no more inside', () => {
  const windows = [
    window('Payroll', 0, 10),
    window('Month-end', 0, 20),
    window('Freeze', 0, 99, { noRefresh: false, noSwap: true }),
    window('Stock', 0, 50, { readModels: ['stock'] }),
  ];
  expect(windowAt(windows, 'sales', 5)?.calendar).toBe('Month-end');
  expect(windowAt(windows, 'stock', 5)?.calendar).toBe('Stock');
  expect(windowAt(windows, 'sales', 20)).toBeNull();
});
