import { describe, expect, it } from 'vitest';
import { around, filledFromMs, followsSuggestion, viewFor, zoomed } from '../../../renderer/screens/mornings/view.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 20, 9, 0);
const window = (fromMinutesAgo: number, toMinutesAgo: number) => ({
  fromMs: nowMs - fromMinutesAgo * 60_000,
  toMs: nowMs - toMinutesAgo * 60_000,
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

describe('zooming the timeline', () => {
  const stored = window(600, 0);

  it('keeps the moment under the pointer where it is', () => {
    expect(zoomed(window(60, 0), { factor: 0.5, aroundMs: nowMs - 15 * 60_000 }, stored)).toEqual(window(37.5, 7.5));
  });

  it('moves within what is stored, and not beyond', () => {
    expect(zoomed(window(60, 0), { shiftShare: -0.5 }, stored)).toEqual(window(90, 30));
    expect(zoomed(window(600, 540), { shiftShare: -0.5 }, stored)).toEqual(window(600, 540));
    expect(zoomed(window(60, 0), { shiftShare: 0.5 }, stored)).toEqual(window(60, 0));
  });

  it('ends at two minutes inwards, and outwards where all that is stored is in sight', () => {
    expect(zoomed(window(3, 0), { factor: 0.1 }, stored)).toEqual(window(2.5, 0.5));
    expect(zoomed(window(500, 0), { factor: 2 }, stored)).toBeNull();
  });

  it('to the window shows as much around it again, and stands still', () => {
    const studied = window(40, 20);
    expect(around(studied)).toEqual(window(50, 10));
    expect(viewFor('1h', studied, nowMs, null, around(studied))).toEqual({ view: window(50, 10), following: false });
  });
});
