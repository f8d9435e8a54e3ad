import { describe, expect, test } from 'vitest';
import { budgetsSeen, budgetsText } from '../../../../electron/core/alerts/known-budgets.ts';
import { modelState } from '../../../support/schedule/model-state.ts';
import { hourMs, minuteMs, seven } from './some-alerts.ts';

const model = (readModel: string, minutes: number, changes: Parameters<typeof modelState>[0] = {}) =>
  modelState({ readModel, asOfMs: seven, budget: { minutes }, ...changes });

describe('what is known of budgets while a server is out of reach', () => {
  test('is when each is over, the first first, on the clock of this machine', () => {
    const { ends } = budgetsSeen([model('sales', 60), model('stock', 30)], 5_000, seven);
    expect(ends).toEqual([
      { readModel: 'stock', overMs: seven + 30 * minuteMs - 5_000 },
      { readModel: 'sales', overMs: seven + hourMs - 5_000 },
    ]);
  });

  test('is nothing of models that nobody expects anything of, or that people hold back', () => {
    const paused = { atMs: seven, by: 'Ada', why: '' };
    const models = [
      model('unwanted', 1, { budget: null }),
      model('paused', 1, { paused }),
      model('suspended', 1, { suspended: true }),
    ];
    const seen = budgetsSeen(models, 0, seven);
    expect(seen.ends).toEqual([]);
    expect(budgetsText(seen, seven)).toBeNull();
  });

  test('is told in one sentence that names three', () => {
    const models = [10, 20, 30, 40, 50].map((minutes) => model(`of_${minutes}`, minutes));
    expect(budgetsText(budgetsSeen(models, 0, seven), seven + 15 * minuteMs)).toBe(
      'as last seen 2026-11-20T06:00:00.000Z, of_10 is over its budget since 2026-11-20T06:10:00.000Z, of_20 from 2026-11-20T06:20:00.000Z on, of_30 from 2026-11-20T06:30:00.000Z on, and 2 more by 2026-11-20T06:50:00.000Z',
    );
    expect(budgetsText(budgetsSeen(models.slice(0, 1), 0, seven), seven)).toBe(
      'as last seen 2026-11-20T06:00:00.000Z, of_10 is over its budget from 2026-11-20T06:10:00.000Z on',
    );
  });
});
