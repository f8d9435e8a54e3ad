import fc from 'fast-check';
import type { ServerCounters, Snapshot, SnapshotEntry, StatementCounters } from '../../../../shared/model/sampling.ts';
import { counters, key, plus, snapshot, zero } from './snapshots.ts';

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

/** What happens on the model server, one step a millisecond. */
type Event =
  | { readonly kind: 'run'; readonly queryid: string; readonly ms: number; readonly blocks: number }
  | { readonly kind: 'reset' | 'restart' | 'crash' | 'revoke' | 'grant' | 'reset_server' }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'reset_one' | 'evict'; readonly queryid: string };

const queryids = ['1', '-2', '3', '9007199254740993'];
export const event: fc.Arbitrary<Event> = fc.oneof(
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
export class ModelServer {
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
