import { describe, expect, it } from 'vitest';
import { filledFromMs, followsSuggestion, readAddress, viewFor } from '../../../renderer/screens/mornings/view.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 20, 9, 0);
const window = (fromMinutesAgo: number, toMinutesAgo: number) => ({
  fromMs: nowMs - fromMinutesAgo * 60_000,
  toMs: nowMs - toMinutesAgo * 60_000,
});

describe('the address', () => {
  it('carries range, window and finding', () => {
    const params = new URLSearchParams({ range: '6h', from: '1000', to: '2000', statement: 's7' });
    expect(readAddress(['mornings', 'finding'], params)).toEqual({
      range: '6h',
      window: { fromMs: 1000, toMs: 2000 },
      statementId: 's7',
    });
  });

  it('may be typed: ISO times count, nonsense is no window', () => {
    const iso = new URLSearchParams({ from: '2026-11-20T07:52:00Z', to: '2026-11-20T08:21:00Z' });
    expect(readAddress(['mornings'], iso).window).toEqual({
      fromMs: Date.UTC(2026, 10, 20, 7, 52),
      toMs: Date.UTC(2026, 10, 20, 8, 21),
    });
    for (const [from, to] of [
      ['2000', '1000'],
      ['soon', '2000'],
      ['', ''],
    ] as const) {
      expect(readAddress(['mornings'], new URLSearchParams({ from, to, range: 'x' }))).toEqual({
        range: '1h',
        window: null,
        statementId: null,
      });
    }
  });
});

describe('what the timeline shows', () => {
  it('ends now, and keeps moving, while the window lies in its range', () => {
    expect(viewFor('1h', window(30, 10), nowMs)).toEqual({
      view: { fromMs: nowMs - hourMs, toMs: nowMs },
      following: true,
    });
    expect(viewFor('1h', null, nowMs).following).toBe(true);
  });

  it('stands around a window of last night', () => {
    const night = window(700, 680);
    expect(viewFor('1h', night, nowMs)).toEqual({
      view: { fromMs: night.fromMs - 20 * 60_000, toMs: night.toMs + 20 * 60_000 },
      following: false,
    });
  });
});

describe('a history that is younger than the range', () => {
  const hour = window(60, 0);
  const minutesAgo = (minutes: number) => nowMs - minutes * 60_000;

  it('fills the chart: the view begins a little before the first sample', () => {
    expect(filledFromMs(hour, minutesAgo(20))).toBe(minutesAgo(21));
    expect(viewFor('1h', null, nowMs, minutesAgo(20))).toEqual({ view: window(21, 0), following: true });
  });

  it('still shows 5 minutes, and never more than the range', () => {
    expect(filledFromMs(hour, minutesAgo(2))).toBe(minutesAgo(5));
    expect(filledFromMs(hour, minutesAgo(59))).toBe(hour.fromMs);
    expect(filledFromMs(hour, minutesAgo(600))).toBe(hour.fromMs);
    expect(filledFromMs(hour, null)).toBe(hour.fromMs);
  });

  it('never cuts off the window under study, and does not unfollow it', () => {
    const studied = window(40, 10);
    expect(viewFor('1h', studied, nowMs, minutesAgo(20))).toEqual({ view: window(40, 0), following: true });
    expect(viewFor('1h', window(700, 680), nowMs, minutesAgo(20)).following).toBe(false);
  });
});

describe('a suggested window', () => {
  it('is taken when none is shown, and never replaces the person’s own', () => {
    expect(followsSuggestion(null, null, window(20, 10))).toBe(true);
    expect(followsSuggestion(window(40, 30), null, window(20, 10))).toBe(false);
    expect(followsSuggestion(window(40, 30), window(20, 10), window(20, 5))).toBe(false);
  });

  it('that was taken follows the damage when it moved on or grew by half, not with every bucket', () => {
    const taken = window(20, 10);
    expect(followsSuggestion(taken, taken, window(20, 9))).toBe(false);
    expect(followsSuggestion(taken, taken, window(20, 5))).toBe(true);
    expect(followsSuggestion(taken, taken, window(5, 1))).toBe(true);
  });
});
