import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  defaultGuardLimits as limits,
  firstGuardMemory,
  guardBefore,
  guardDuring,
  lookAtLoad,
  smallEffort,
} from '../../../../../electron/core/schedule/decide/load-guard.ts';
import type { GuardMemory, ServerLoad } from '../../../../../electron/core/schedule/decide/load.ts';
import { hourMs, minuteMs } from '../../../../support/schedule/model-state.ts';
import { calmLoad } from '../../../../support/schedule/world-plan.ts';

const nowMs = hourMs;
const seen = (load: Partial<ServerLoad>, atMs = nowMs): ServerLoad => ({ ...calmLoad, atMs, ...load });
const look = (load: Partial<ServerLoad>, memory: GuardMemory = firstGuardMemory, atMs = nowMs) =>
  lookAtLoad(seen(load, atMs), limits, memory, atMs);
const full = { workers: 2 };
const question = (load: Partial<ServerLoad>, latestStartMs = 2 * hourMs) => ({
  look: look(load),
  limits,
  full,
  latestStartMs,
  usualMs: 4 * minuteMs,
  nowMs,
});

describe('the load of a server', () => {
  test.each<[string, Partial<ServerLoad>, string, string]>([
    ['latency', { oltpMs: 26 }, 'slow', "people's statements take 26 ms on average, usually 20 ms"],
    ['latency far above', { oltpMs: 31 }, 'stop', "people's statements take 31 ms on average, usually 20 ms"],
    ['sessions', { activeSessions: 5 }, 'slow', '5 sessions work on 4 cores'],
    ['sessions far above', { activeSessions: 9 }, 'stop', '9 sessions work on 4 cores'],
    ['a replica', { replicaLagMs: 20_000 }, 'slow', 'the replica is 20 s behind'],
    ['a lock queue', { lockQueue: 9 }, 'stop', '9 sessions wait for a lock'],
  ])('speaks against a refresh: %s', (_, load, level, text) => {
    expect(look(load)).toMatchObject({ level, reason: { text } });
  });

  test('of nothing out of the ordinary is calm, in numbers', () => {
    const calm = look({});
    expect(calm.level).toBe('calm');
    expect(calm.reason.text).toBe(
      "people's statements take 20 ms on average, usually 20 ms; 1 session works on 4 cores; 0 sessions wait for a lock",
    );
  });

  test('that rose by less than anybody feels in a save of ten statements is calm, whatever the ratio', () => {
    expect(look({ oltpMs: 0.25, usualMs: 0.07 }).level).toBe('calm');
    expect(look({ oltpMs: 0.4, usualMs: 0.07 }).level).toBe('stop');
  });

  test('that nobody saw lately makes refreshes go slowly', () => {
    expect(lookAtLoad(null, limits, firstGuardMemory, nowMs)).toMatchObject({
      level: 'slow',
      reason: { code: 'load_unknown' },
    });
    expect(lookAtLoad(seen({}, nowMs - 5 * minuteMs), limits, firstGuardMemory, nowMs).reason.text).toContain(
      '5 min old',
    );
    const blind = { oltpMs: null, activeSessions: null, lockQueue: null };
    expect(look(blind).reason.code).toBe('load_unknown');
  });

  test('counts as calmer only after it has been for a minute', () => {
    const stopped = look({ oltpMs: 90 }).memory;
    const calmer = look({}, stopped, nowMs + 10_000);
    expect(calmer).toMatchObject({ level: 'stop', reason: { code: 'load_latency' } });
    expect(look({}, calmer.memory, nowMs + 60_000).level).toBe('stop');
    expect(look({}, calmer.memory, nowMs + 70_000).level).toBe('calm');
    const again = look({ oltpMs: 90 }, calmer.memory, nowMs + 40_000);
    expect(look({}, again.memory, nowMs + 70_000).level).toBe('stop');
  });

  test('that goes up and down does not let the guard flap: it lets go at most once in a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(20, 26, 90), { minLength: 20, maxLength: 200 }), (latencies) => {
        let memory = firstGuardMemory;
        const releasedAt: number[] = [];
        latencies.forEach((oltpMs, index) => {
          const atMs = nowMs + index * 5_000;
          const next = look({ oltpMs }, memory, atMs);
          if (memory.level === 'stop' && next.level !== 'stop') releasedAt.push(atMs);
          memory = next.memory;
        });
        releasedAt.forEach((atMs, index) => {
          const before = releasedAt[index - 1];
          if (before !== undefined) expect(atMs - before).toBeGreaterThanOrEqual(limits.calmForMs);
        });
      }),
    );
  });
});

describe('before a refresh the guard', () => {
  test('lets it go with all it may use on a calm server, and with little on a busy one', () => {
    expect(guardBefore(question({}))).toMatchObject({ kind: 'go', effort: full });
    expect(guardBefore(question({ oltpMs: 26 }))).toMatchObject({ kind: 'slow_down', effort: smallEffort });
  });

  test('says nothing of slowing down where it may use no more than one process in any case', () => {
    const alone = { ...question({ oltpMs: 26 }), full: { workers: 0 } };
    expect(guardBefore(alone)).toMatchObject({ kind: 'go', effort: { workers: 0 } });
    expect(guardDuring({ ...alone, startedAtMs: 0 }).kind).toBe('go');
  });

  test('postpones it while its budget lasts, and says for how long it could', () => {
    const decision = guardBefore(question({ oltpMs: 90 }));
    expect(decision).toMatchObject({ kind: 'postpone', untilMs: nowMs + minuteMs });
    expect(decision.reason).toEqual({
      code: 'load_latency',
      text: "people's statements take 90 ms on average, usually 20 ms; it can wait for 1 h",
    });
    expect(guardBefore(question({ oltpMs: 90 }, nowMs + 20_000))).toMatchObject({ untilMs: nowMs + 20_000 });
  });

  test('lets it go anyway when the budget ends, slowly and with a reason', () => {
    expect(guardBefore(question({ oltpMs: 90 }, nowMs))).toMatchObject({
      kind: 'go_anyway',
      effort: smallEffort,
      reason: { code: 'budget_ends', text: expect.stringContaining('it has to start now to be in time') },
    });
    expect(guardBefore(question({ lockQueue: 9 }, nowMs - 3 * minuteMs)).reason.text).toContain(
      'it should have started 3 min ago',
    );
  });
});

describe('during a refresh the guard', () => {
  const long = { ...firstGuardMemory, level: 'stop', sinceMs: nowMs - limits.stopForMs } as const;
  const during = (latestStartMs: number, ranMs: number) => ({
    ...question({ oltpMs: 90 }, latestStartMs),
    look: look({ oltpMs: 90 }, long),
    startedAtMs: nowMs - ranMs,
  });

  test('slows it down, and speeds it up again', () => {
    expect(guardDuring({ ...question({ oltpMs: 26 }), startedAtMs: 0 })).toMatchObject({ kind: 'slow_down' });
    expect(guardDuring({ ...question({}), startedAtMs: 0 })).toMatchObject({ kind: 'go', effort: full });
  });

  test('cancels it when it is too much for longer than a spike, and there is time for another attempt', () => {
    expect(guardDuring(during(2 * hourMs, minuteMs))).toMatchObject({
      kind: 'cancel_and_retry',
      againAtMs: nowMs + limits.lookAgainMs,
      reason: { code: 'load_latency' },
    });
    expect(guardDuring({ ...question({ oltpMs: 90 }), startedAtMs: nowMs - minuteMs }).kind).toBe('slow_down');
  });

  test('lets it finish when it is nearly done, or when there would be no time for another attempt', () => {
    expect(guardDuring(during(2 * hourMs, 3 * minuteMs)).kind).toBe('slow_down');
    expect(guardDuring(during(nowMs + 30_000, minuteMs)).kind).toBe('slow_down');
  });
});
