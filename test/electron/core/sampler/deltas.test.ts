import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  ServerCounters,
  Snapshot,
  SnapshotEntry,
  StatementCounters,
  StatementKey,
} from '../../../../shared/model/sampling.ts';
import {
  goesOnFrom,
  isSameSource,
  keyText,
  longestGapMs,
  subtractSnapshots,
} from '../../../../electron/core/sampler/deltas.ts';

const names = [
  'calls',
  'rows',
  'totalExecMs',
  'sumSquaresMs2',
  'plans',
  'totalPlanMs',
  'sharedBlksHit',
  'sharedBlksRead',
  'sharedBlksDirtied',
  'sharedBlksWritten',
  'localBlksRead',
  'localBlksWritten',
  'tempBlksRead',
  'tempBlksWritten',
  'sharedBlkReadMs',
  'sharedBlkWriteMs',
  'tempBlkReadMs',
  'tempBlkWriteMs',
  'walRecords',
  'walBytes',
] as const satisfies readonly (keyof StatementCounters)[];

const noServerCounters: ServerCounters = {
  commits: null,
  rollbacks: null,
  deadlocks: null,
  tempBytes: null,
  blkReadMs: null,
  blkWriteMs: null,
  checkpoints: null,
  checkpointWriteMs: null,
  checkpointSyncMs: null,
  checkpointBuffers: null,
  walBytes: null,
  ioReads: null,
  ioReadMs: null,
  ioWrites: null,
  ioWriteMs: null,
  ioFsyncs: null,
  ioFsyncMs: null,
  vacuumIoBlocks: null,
};
const zero = Object.fromEntries(names.map((name) => [name, 0])) as unknown as StatementCounters;
const plus = (a: StatementCounters, b: StatementCounters): StatementCounters =>
  Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as StatementCounters;
const counters = (some: Partial<StatementCounters>): StatementCounters => ({ ...zero, ...some });

const key = (queryid: string): StatementKey => ({ databaseOid: '5', roleOid: '10', queryid, toplevel: true });
const entry = (
  queryid: string,
  some: Partial<StatementCounters>,
  statsSinceMs: number | null = null,
): SnapshotEntry => ({
  key: key(queryid),
  counters: counters(some),
  statsSinceMs,
});
const snapshot = (atMs: number, entries: SnapshotEntry[], more: Partial<Snapshot> = {}): Snapshot => ({
  atMs,
  entries,
  dealloc: 0,
  statsResetMs: 1,
  activeTimeMs: null,
  ...more,
});

/** What happens on the model server, one step a millisecond. */
type Event =
  | { readonly kind: 'run'; readonly queryid: string; readonly ms: number; readonly blocks: number }
  | { readonly kind: 'reset' | 'restart' | 'crash' | 'revoke' | 'grant' | 'reset_server' }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'reset_one' | 'evict'; readonly queryid: string };

const queryids = ['1', '-2', '3', '9007199254740993'];
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      queryid: fc.constantFrom(...queryids),
      ms: fc.integer({ min: 1, max: 5_000 }),
      blocks: fc.integer({ min: 0, max: 1_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['reset', 'restart', 'crash', 'revoke', 'grant', 'reset_server'] as const satisfies Event['kind'][]),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      byMs: fc.integer({ min: -100_000, max: 100_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('reset_one' as const, 'evict' as const),
      queryid: fc.constantFrom(...queryids),
    }),
  },
);

/** pg_stat_statements in small: entries come with a first call, go with a reset or an eviction, and count in between. */
class ModelServer {
  readonly #ownTimes: boolean;
  #nowMs = 1_000;
  #entries = new Map<string, SnapshotEntry>();
  #dealloc = 0;
  #statsResetMs = 1_000;
  #startedAtMs = 500;
  #starts = 0;
  #serverResetMs = 600;
  #commits = 0;
  /** Commits since it was last asked. */
  #committed = 0;
  /** The role may not see statement '3'. */
  #revoked = false;
  #crashed = 0;
  /** What was really executed since it was last asked. */
  #truth = new Map<string, StatementCounters>();

  constructor(ownTimes: boolean) {
    this.#ownTimes = ownTimes;
  }

  /** To the microsecond, so that a clock that was set back does not meet the same moment again. */
  #startOfServer(): number {
    this.#starts += 1;
    return this.#nowMs + this.#starts / 1_000;
  }

  play(event: Event): void {
    this.#nowMs += 1;
    switch (event.kind) {
      case 'run': {
        const run = counters({
          calls: 1,
          rows: 2,
          totalExecMs: event.ms,
          sumSquaresMs2: event.ms ** 2,
          sharedBlksHit: event.blocks,
        });
        const before = this.#entries.get(event.queryid);
        this.#entries.set(event.queryid, {
          key: key(event.queryid),
          counters: plus(before?.counters ?? zero, run),
          statsSinceMs: this.#ownTimes ? (before?.statsSinceMs ?? this.#nowMs) : null,
        });
        this.#commits += 1;
        this.#committed += 1;
        this.#truth.set(event.queryid, plus(this.#truth.get(event.queryid) ?? zero, run));
        return;
      }
      case 'reset':
        this.#entries.clear();
        this.#statsResetMs = this.#nowMs;
        this.#dealloc = 0;
        return;
      case 'restart':
        this.#startedAtMs = this.#startOfServer();
        return;
      case 'crash':
        // All that lay in memory is gone, and the time of the last reset with it.
        this.#startedAtMs = this.#startOfServer();
        this.#entries.clear();
        this.#dealloc = 0;
        this.#crashed += 1;
        this.#statsResetMs = -this.#crashed;
        this.#commits = 0;
        return;
      case 'reset_server':
        this.#serverResetMs = this.#nowMs;
        this.#commits = 0;
        return;
      case 'revoke':
      case 'grant':
        this.#revoked = event.kind === 'revoke';
        return;
      case 'clock':
        this.#nowMs += event.byMs;
        return;
      case 'reset_one':
        this.#entries.delete(event.queryid);
        return;
      case 'evict':
        if (this.#entries.delete(event.queryid)) this.#dealloc += 1;
    }
  }

  snapshot(): Snapshot {
    this.#nowMs += 1;
    const { dealloc, statsResetMs } = { dealloc: this.#dealloc, statsResetMs: this.#statsResetMs };
    const all = [...this.#entries.values()];
    const seen = all.filter((one) => !this.#revoked || one.key.queryid !== '3');
    return snapshot(this.#nowMs, seen, {
      dealloc,
      statsResetMs,
      hiddenEntries: all.length - seen.length,
      server: { ...noServerCounters, commits: this.#commits },
      serverResetMs: this.#serverResetMs,
      serverStartedAtMs: this.#startedAtMs,
    });
  }

  takeCommitted(): number {
    const committed = this.#committed;
    this.#committed = 0;
    return committed;
  }

  takeTruth(): ReadonlyMap<string, StatementCounters> {
    const truth = this.#truth;
    this.#truth = new Map();
    return truth;
  }
}

describe('the difference of two snapshots', () => {
  it.each([
    ['with a time of its own for each entry (17 and later)', true],
    ['without (up to 16)', false],
  ])('never is negative and never exceeds what was executed, %s', (_, ownTimes) => {
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

  it('leaves out what did not change', () => {
    const same = entry('1', { calls: 7, totalExecMs: 3 });
    const set = subtractSnapshots(snapshot(0, [same]), snapshot(60_000, [same, entry('2', { calls: 1 })]));
    expect(set.deltas.map((delta) => delta.key.queryid)).toEqual(['2']);
    expect(set).toMatchObject({ fromMs: 0, toMs: 60_000, resets: 0 });
  });

  it('counts an entry that was recreated from its beginning, and marks it', () => {
    const before = snapshot(100, [entry('1', { calls: 50, rows: 50 })]);
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 80, rows: 3 })]));
    expect(set.deltas).toEqual([{ key: key('1'), counters: counters({ calls: 80, rows: 3 }), discontinuity: true }]);
    expect(set.resets).toBe(1);
  });

  it('sees a recreated entry by its own time although every counter has overtaken', () => {
    const before = snapshot(100, [entry('1', { calls: 5 }, 10)]);
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 9 }, 150)]));
    expect(set.deltas[0]).toMatchObject({ counters: { calls: 9 }, discontinuity: true });
  });

  it('takes an entry that came back after an eviction as evicted, not as reset', () => {
    const before = snapshot(100, [entry('1', { calls: 50 })], { dealloc: 2 });
    const set = subtractSnapshots(before, snapshot(200, [entry('1', { calls: 4 })], { dealloc: 3 }));
    expect(set).toMatchObject({ deallocs: 1, resets: 0, deltas: [{ counters: { calls: 4 }, discontinuity: true }] });
  });

  it('does not claim that nothing was evicted where nobody counts evictions', () => {
    const unknown = { statsResetMs: null };
    const before = snapshot(100, [entry('1', { calls: 50 })], unknown);
    expect(subtractSnapshots(before, snapshot(200, [entry('1', { calls: 54 })], unknown)).deallocs).toBeNull();
  });

  it('notices the reset of one database by its vanished entries', () => {
    const before = snapshot(100, [entry('1', { calls: 50 }), entry('2', { calls: 5 })]);
    expect(subtractSnapshots(before, snapshot(200, [entry('2', { calls: 6 })])).resets).toBe(1);
  });

  it('does not take old work for new when a GRANT makes hidden entries visible', () => {
    const before = snapshot(100, [], { hiddenEntries: 2 });
    const after = [entry('1', { calls: 1_000_000 })];
    expect(subtractSnapshots(before, snapshot(200, after, { hiddenEntries: 0 })).deltas).toEqual([]);
    const withTimes = [entry('1', { calls: 1_000_000 }, 50), entry('2', { calls: 3 }, 150)];
    const set = subtractSnapshots(snapshot(100, []), snapshot(200, withTimes));
    expect(set.deltas.map((delta) => delta.key.queryid)).toEqual(['2']);
  });

  it('covers active time with top-level statements only', () => {
    const inner = { ...entry('1', { totalExecMs: 400 }), key: { ...key('1'), toplevel: false } };
    const before = snapshot(0, [], { activeTimeMs: 1_000 });
    const after = snapshot(1, [entry('1', { totalExecMs: 450, totalPlanMs: 50 }), inner], { activeTimeMs: 2_000 });
    expect(subtractSnapshots(before, after).coverage).toBe(0.5);
    expect(subtractSnapshots(snapshot(0, []), after).coverage).toBeNull();
  });

  it('keeps statements apart that differ in top level only', () => {
    expect(keyText(key('1'))).not.toBe(keyText({ ...key('1'), toplevel: false }));
  });
});

describe('going on from an earlier snapshot', () => {
  it.each([
    ['a minute later', 60_000, true],
    ['a night later', longestGapMs + 1, false],
    ['after the clock went back', -1, false],
  ])('%s', (_, atMs, sound) => expect(goesOnFrom(snapshot(0, []), snapshot(atMs, []))).toBe(sound));

  const idle = { calls: 3, totalExecMs: 12.345678 };
  const other = (role: string, one: SnapshotEntry): SnapshotEntry => ({ ...one, key: { ...one.key, roleOid: role } });
  it.each([
    ['an entry that nobody ran since', [entry('1', idle)], [entry('1', idle), entry('2', { calls: 1 })], true],
    ['an entry that kept its own time', [entry('1', idle, 5)], [entry('1', { calls: 9 }, 5)], true],
    ['entries that all differ', [entry('1', idle)], [entry('1', { calls: 1_000, totalExecMs: 8_000 })], false],
    ['entries with other times of their own', [entry('1', idle, 5)], [entry('1', idle, 6)], false],
    ['nothing in common', [entry('1', idle)], [entry('2', idle)], false],
    [
      'one role alone before, and all roles now: a GRANT',
      [entry('1', idle)],
      [entry('1', idle), other('11', entry('9', { calls: 1e6 }))],
      false,
    ],
  ])('%s', (_, before, after, same) => expect(isSameSource(snapshot(0, before), snapshot(1, after))).toBe(same));

  it('goes on in the process that goes on, unless nobody knows what was hidden before', () => {
    const process = { serverStartedAtMs: 7, hiddenEntries: 0 };
    const [before, after] = [[entry('1', idle)], [entry('2', idle)]];
    expect(isSameSource(snapshot(0, before, process), snapshot(1, after, process))).toBe(true);
    expect(isSameSource(snapshot(0, before, process), snapshot(1, after, { serverStartedAtMs: 9 }))).toBe(false);
    expect(isSameSource(snapshot(0, before, { serverStartedAtMs: 7 }), snapshot(1, after, process))).toBe(false);
  });
});
