import { expect, test } from 'vitest';
import { scheduleProblem } from '../../../../../electron/core/schedule/decide/schedule-problem.ts';
import type { Schedule } from '../../../../../shared/model/schedule.ts';

const after = (...parents: string[]): Schedule => ({ kind: 'after', parents });
const others = [
  { readModel: 'sales', schedule: { kind: 'budget' } as const, reads: ['base'] },
  { readModel: 'base', schedule: after('night'), reads: [] },
  { readModel: 'night', schedule: { kind: 'hand' } as const, reads: [] },
];

test('a model cannot follow itself, not even by way of what others are built on', () => {
  expect(scheduleProblem('night', after('sales'), others, 0)).toBe(
    'night follows sales follows base follows night: take one of them out of this circle.',
  );
  expect(scheduleProblem('sales', after('sales'), others, 0)).toContain('sales follows sales');
  expect(scheduleProblem('sales', after('night'), others, 0)).toBeNull();
});

test('a model cannot follow one that there is not', () => {
  expect(scheduleProblem('sales', after('ghost'), others, 0)).toBe(
    'There is no read model ghost that sales could follow.',
  );
});

test('cron times have to be such, and still to come', () => {
  const cron = (expression: string): Schedule => ({ kind: 'cron', expression, timeZone: 'Europe/Berlin' });
  expect(scheduleProblem('sales', cron('30 6 * * 1-5'), others, 0)).toBeNull();
  expect(scheduleProblem('sales', cron('half past six'), others, 0)).toContain("as in '30 6 * * 1-5'");
  expect(scheduleProblem('sales', cron('0 0 30 2 *'), others, 0)).toBe(
    "'0 0 30 2 *' has no time that is still to come.",
  );
});
