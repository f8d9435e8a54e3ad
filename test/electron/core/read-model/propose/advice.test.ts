import { describe, expect, it } from 'vitest';
import { advise } from '../../../../../electron/core/read-model/propose/advice.ts';

const small = { expectedRows: 500, expectedCost: 4_000, keyColumns: ['region'], cutByPeriod: false, period: null };
const byMonth = { column: 'invoice_date', grain: 'month' };

describe('what is advised before a model was ever filled', () => {
  it('a small one is merged in place and may be young', () => {
    expect(advise(small)).toMatchObject({ refresh: { mode: 'concurrent' }, budget: { minutes: 15 } });
  });

  it('one without a key, and a large one, go side by side', () => {
    expect(advise({ ...small, keyColumns: [] }).refresh.mode).toBe('side_by_side');
    const large = advise({ ...small, expectedRows: 2_000_000, expectedCost: 9_000_000 });
    expect(large).toMatchObject({ refresh: { mode: 'side_by_side' }, budget: { minutes: 240 } });
    expect(large.refresh.reason).not.toContain('periods');
  });

  it('a large one that a range of time filters could be cut into periods, but not into moments', () => {
    const large = { ...small, expectedRows: 2_000_000 };
    expect(advise({ ...large, period: byMonth }).refresh.reason).toContain('by month of invoice_date');
    expect(advise({ ...large, period: { ...byMonth, grain: 'instant' } }).refresh.reason).not.toContain('periods');
    expect(advise({ ...large, period: byMonth, cutByPeriod: true }).refresh.mode).toBe('by_period');
  });
});
