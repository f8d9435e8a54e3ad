import { expect, test } from 'vitest';
import { momentFrom } from '../../../../electron/hosts/cli/moment.ts';

const now = new Date(2026, 10, 20, 15, 30);

test.each([
  ['2026-11-19', new Date(2026, 10, 19)],
  ['2026-11-19T08:05', new Date(2026, 10, 19, 8, 5)],
  ['2026-11-19 8:05:06', new Date(2026, 10, 19, 8, 5, 6)],
  ['07:50', new Date(2026, 10, 20, 7, 50)],
  ['7:50:30', new Date(2026, 10, 20, 7, 50, 30)],
  ['2026-11-19T08:05:06.250Z', new Date(Date.UTC(2026, 10, 19, 8, 5, 6, 250))],
  ['2026-11-19T08:05+02:00', new Date(Date.UTC(2026, 10, 19, 6, 5))],
])('%s is a moment here, unless it names its time zone', (text, expected) => {
  expect(momentFrom(text, now)).toBe(expected.getTime());
});

test.each([
  '',
  '25:99',
  '24:00',
  '08:60',
  '2026-02-30',
  '2026-13-01T08:00',
  '2026',
  '08:00Z',
  'noon',
  'foo 1',
  'T08:00Z',
])('%j is none', (text) => expect(momentFrom(text, now)).toBeNull());
