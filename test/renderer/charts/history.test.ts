import { expect, it } from 'vitest';
import { brokenAtGaps, historyText } from '../../../renderer/charts/history-option.ts';

const minuteMs = 60_000;
const activity = [0, 1, 2, 10, 11].map((minute) => [minute * minuteMs, minute] as const);

it('a history line breaks where nobody looked', () => {
  expect(brokenAtGaps(activity)).toEqual([
    [0, 0],
    [minuteMs, 1],
    [2 * minuteMs, 2],
    [6 * minuteMs, null],
    [10 * minuteMs, 10],
    [11 * minuteMs, 11],
  ]);
});

it('hovering says what was seen there, and nothing inside a gap', () => {
  const history = { activity, oltpMeanMs: [[minuteMs, 26]] as const, timeZone: 'UTC' };
  expect(historyText(history, minuteMs + 5000)).toBe('00:01\nactive sessions: 1.0\nOLTP mean: 26 ms');
  expect(historyText({ ...history, oltpMeanMs: [] }, 6 * minuteMs)).toBeNull();
});
