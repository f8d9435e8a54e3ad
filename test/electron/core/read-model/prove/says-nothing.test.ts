import { expect, test } from 'vitest';
import { saysNothing } from '../../../../../electron/core/read-model/prove/says-nothing.ts';

test.each([
  ['(0,)', false, true],
  ['(0.00,00:00:00,"",{},-0)', false, true],
  ['(,)', false, true],
  ['(0,North)', false, false],
  ['(0,0.01)', false, false],
  ['(10)', false, false],
  ['("2026-11-30 20:00:00+00",0,)', true, true],
  ['("2026-11-30 20:00:00+00",0,)', false, false],
  ['no row', false, false],
])('%s: %s, %s', (printed, aged, nothing) => {
  expect(saysNothing(printed, aged)).toBe(nothing);
});
