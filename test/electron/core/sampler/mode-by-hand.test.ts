import { describe, expect, it } from 'vitest';
import { modeAt, setByHand } from '../../../../electron/core/sampler/mode-by-hand.ts';

const calm = { mode: 'background', untilMs: null } as const;

describe('a mode that is set by hand', () => {
  it('ends so long after it was set last', () => {
    const once = setByHand(calm, 'incident', 1_000, 180_000);
    expect([modeAt(once, 180_999), modeAt(once, 181_000)]).toEqual(['incident', 'background']);
    const renewed = setByHand(once, 'incident', 61_000, 180_000);
    expect([modeAt(renewed, 240_999), modeAt(renewed, 241_000)]).toEqual(['incident', 'background']);
    expect(modeAt(setByHand(renewed, 'incident', 300_000, 1_000), 300_500)).toBe('incident');
  });

  it('stands until somebody says otherwise where no end was said, whoever asks for a while meanwhile', () => {
    const standing = setByHand(calm, 'incident', 0, null);
    expect(modeAt(standing, 1e9)).toBe('incident');
    expect(modeAt(setByHand(standing, 'incident', 0, 1_000), 1e9)).toBe('incident');
    expect(modeAt(setByHand(setByHand(calm, 'incident', 0, 1_000), 'incident', 500, null), 1e9)).toBe('incident');
  });

  it('ends at once when it is taken back', () => {
    expect(modeAt(setByHand(setByHand(calm, 'incident', 0, 180_000), 'background', 5, null), 5)).toBe('background');
  });
});
