import { expect, it } from 'vitest';
import { readableOn } from '../../../shared/charts/color.ts';

it('a number on a heat cell is printed in the ink that can be read there, in both themes', () => {
  const dark = ['#e8ecf1', '#161a21'] as const;
  expect(readableOn('#1d2a38', '#5aa9ec', 0, dark)).toBe('#e8ecf1');
  expect(readableOn('#1d2a38', '#5aa9ec', 1, dark)).toBe('#161a21');
  const light = ['#1a1f27', '#ffffff'] as const;
  expect(readableOn('#e4eef8', '#2f7dc1', 0.6, light)).toBe('#1a1f27');
});
