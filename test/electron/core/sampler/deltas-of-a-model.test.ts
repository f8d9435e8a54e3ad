import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subtractSnapshots } from '../../../../electron/core/sampler/deltas.ts';
import { event, ModelServer } from './model-server.ts';
import { names, zero } from './snapshots.ts';

describe('the difference of two snapshots, whatever happens on the server in between', () => {
  it.each([
    ['with a time of its own for each entry (17 and later)', true],
    ['without (up to 16)', false],
  ])('is never negative and never exceeds what was executed, %s', (_, ownTimes) => {
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 30 }), { minLength: 1, maxLength: 6 }), (intervals) => {
        const server = new ModelServer(ownTimes);
        let previous = server.snapshot();
        for (const events of intervals) {
          for (const one of events) server.play(one);
          const next = server.snapshot();
          const truth = server.takeTruth();
          const committed = server.takeCommitted();
          const setByMs = events.reduce((sum, one) => sum + (one.kind === 'clock' ? one.byMs : 0), 0);
          const ms = next.atMs - previous.atMs - setByMs;
          const set = subtractSnapshots(previous, next, setByMs === 0 ? null : { ms, clockSetByMs: setByMs });
          expect(set.toMs - set.fromMs).toBe(ms);
          const { commits } = set.server ?? { commits: null };
          if (commits !== null) {
            expect(commits).toBeGreaterThanOrEqual(0);
            expect(commits).toBeLessThanOrEqual(committed);
          }
          expect(set.restarted).toBe(events.some(({ kind }) => kind === 'restart' || kind === 'crash'));
          const changed = new Set<string>();
          for (const delta of set.deltas) {
            changed.add(delta.key.queryid);
            const executed = truth.get(delta.key.queryid) ?? zero;
            for (const name of names) {
              expect(delta.counters[name], name).toBeGreaterThanOrEqual(0);
              expect(delta.counters[name], name).toBeLessThanOrEqual(executed[name]);
            }
            expect(names.some((name) => delta.counters[name] > 0)).toBe(true);
          }
          const harmless = ['run', 'restart'];
          if (events.every(({ kind }) => harmless.includes(kind)) && (next.hiddenEntries ?? 0) === 0) {
            expect(commits).toBe(committed);
            expect([...changed].sort()).toEqual([...truth.keys()].sort());
            for (const delta of set.deltas) expect(delta.counters).toEqual(truth.get(delta.key.queryid));
            expect(set.resets).toBe(0);
            expect(set.deallocs).toBe(0);
          }
          if (events.some(({ kind }) => kind === 'reset')) expect(set.resets).toBe(1);
          previous = next;
        }
      }),
      { numRuns: 500 },
    );
  });
});
