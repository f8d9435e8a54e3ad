import { expect, test } from 'vitest';
import { printedAge } from '../../../../../electron/core/dashboards/export/printed-age.ts';
import { exportedKinds } from './exports-for-tests.ts';

test('on paper, what holds a number stands in its as-of line, with whole moments of the reader’s zone', () => {
  const { widget } = exportedKinds.table;
  const window = {
    calendar: 'month-end',
    fromMs: Date.parse('2026-11-20T07:00:00+01:00'),
    toMs: Date.parse('2026-11-20T20:00:00+01:00'),
  };
  const freshness = { asOf: '2026-11-19T22:00:00Z', source: 'live', state: 'stale' } as const;
  const held = { ...freshness, holds: [{ kind: 'frozen' as const, window }] };
  expect(printedAge(widget, held, 'Europe/Berlin').asOf).toBe(
    'as of 19 November 2026, 23:00:00 CET, frozen for month-end since 20 November 2026, 07:00:00 CET, until 20 November 2026, 20:00:00 CET',
  );
  expect(printedAge(widget, freshness, 'Europe/Berlin').asOf).toBe('as of 19 November 2026, 23:00:00 CET');
});
