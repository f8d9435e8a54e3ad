import { expect, test } from 'vitest';
import { arePrintedDays, compareDays, dayOf } from '../../../../../electron/core/dashboards/offline/printed-day.ts';

test('days are in their order, also where their texts are not', () => {
  const days = [
    '-infinity',
    '0044-03-15 BC',
    '0043-01-01 08:00:00 BC',
    '0001-01-01',
    '2026-11-30',
    '2026-11-30 08:30:00',
    '2026-11-30 08:30:00.5',
    '2026-12-01',
    '12026-01-01',
    'infinity',
  ];
  expect(days.toReversed().toSorted(compareDays)).toEqual(days);
  expect(days.slice(1, 7).map(dayOf)).toEqual([
    '0044-03-15 BC',
    '0043-01-01 BC',
    '0001-01-01',
    '2026-11-30',
    '2026-11-30',
    '2026-11-30',
  ]);
  expect(arePrintedDays([...days, null])).toBe(true);
  expect(arePrintedDays(['30.11.2026'])).toBe(false);
});
