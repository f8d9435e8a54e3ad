import { describe, expect, it } from 'vitest';
import { follow, reconnectDelayMs } from '../../../renderer/stores/event-sequence.ts';
import type { EngineEvent } from '../../../shared/model/engine.ts';

const event = (seq: number): EngineEvent => ({ seq, topic: 'demo', serverId: null, subject: null });

describe('a window that follows the engine', () => {
  it('asks for everything when it connects, and for one thing per event after that', () => {
    const first = follow(null, event(41));
    expect(first).toEqual({ lastSeq: 41, resync: true });
    expect(follow(first.lastSeq, event(42))).toEqual({ lastSeq: 42, resync: false });
  });

  it('asks for everything after a gap, and after an engine that counts from the beginning again', () => {
    expect(follow(42, event(44)).resync).toBe(true);
    expect(follow(42, event(0)).resync).toBe(true);
  });

  it('waits longer with each failed attempt, but never longer than 15 seconds', () => {
    const delays = Array.from({ length: 12 }, (_, attempt) => reconnectDelayMs(attempt));
    expect(delays[0]).toBe(500);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(Math.max(...delays)).toBe(15_000);
  });
});
