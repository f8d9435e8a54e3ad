import { describe, expect, test } from 'vitest';
import { textWidth } from '../../../renderer/charts/text-width.ts';

describe('the width of a text on a chart', () => {
  test('a letter that fills a square is as wide as its font is high, whatever fonts there are', () => {
    expect(textWidth('国', 'bold 13.5px system-ui, sans-serif')).toBe(13.5);
    expect(textWidth('国')).toBe(12);
  });
});
