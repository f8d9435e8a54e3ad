import { describe, expect, it } from 'vitest';
import { firstPeriod, periodColumns, periodMeaning } from '../../../../renderer/screens/read-models/period-words.ts';

describe('the period of a proposal', () => {
  it('can begin with a key column that has no time zone of its own', () => {
    const columns = [
      { name: 'month', type: 'date' },
      { name: 'moment', type: 'timestamp without time zone' },
      { name: 'invoiced_at', type: 'timestamp with time zone' },
      { name: 'due', type: 'date' },
      { name: 'region', type: 'text' },
    ];
    expect(periodColumns(columns, ['month', 'moment', 'invoiced_at', 'region'])).toEqual(['month', 'moment']);
  });

  it('begins with the grain that was advised for that column, else with months', () => {
    const advised = { column: 'week', grain: 'week' } as const;
    expect(firstPeriod('week', advised, 'Europe/Berlin')).toEqual({
      column: 'week',
      grain: 'week',
      timeZone: 'Europe/Berlin',
      openPeriods: 2,
    });
    expect(firstPeriod('month', advised, 'UTC').grain).toBe('month');
    expect(firstPeriod('week', { ...advised, grain: 'instant' }, 'UTC').grain).toBe('month');
  });

  it('says what a refresh does, and what it leaves for later', () => {
    const period = { column: 'month', grain: 'month', timeZone: 'Europe/Berlin', openPeriods: 2 } as const;
    expect(periodMeaning(period)).toBe(
      'A refresh recomputes the last 2 months, this one included, by month; a month begins as the clock in Europe/Berlin says. What changes in an earlier month is seen when all periods are verified.',
    );
    expect(periodMeaning({ ...period, openPeriods: 1 })).toMatch(/^A refresh recomputes this month alone, by month;/);
  });
});
