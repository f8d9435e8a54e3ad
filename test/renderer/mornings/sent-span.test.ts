import { describe, expect, it } from 'vitest';
import { sentSpan } from '../../../renderer/screens/mornings/history/sent-span.ts';

const at = (hours: number, minutes = 0) => Date.UTC(2026, 10, 20, hours, minutes);
const window = { fromMs: at(7, 52), toMs: at(8, 21) };

describe('a morning that is sent', () => {
  it('takes the quiet time around it along', () => {
    expect(sentSpan(window, { fromMs: at(0), toMs: at(18) })).toEqual({ fromMs: at(5, 52), toMs: at(8, 51) });
  });

  it('names no hour of which nothing is stored', () => {
    expect(sentSpan(window, { fromMs: at(7, 30), toMs: at(8, 30) })).toEqual({ fromMs: at(7, 30), toMs: at(8, 30) });
  });

  it('is never cut short of its window', () => {
    expect(sentSpan(window, { fromMs: at(8), toMs: at(8, 10) })).toEqual(window);
  });
});
