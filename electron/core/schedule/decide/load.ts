import type { ReasonCode } from '../../../../shared/model/schedule.ts';

/** What the sampler saw of a server, lately. Null: not known, or there is none. Sessions of refreshes are not counted. */
export interface ServerLoad {
  /** When it was seen, ms on the server's clock. */
  readonly atMs: number;
  /** Mean time of people's short statements over the last interval, and what these very calls usually take, ms. */
  readonly oltpMs: number | null;
  readonly usualMs: number | null;
  /** Sessions that work, on a processor or waiting for a disk. */
  readonly activeSessions: number | null;
  readonly cores: number | null;
  /** Of the replica that reporting reads; null without one. */
  readonly replicaLagMs: number | null;
  /** Sessions that wait for a lock. */
  readonly lockQueue: number | null;
}

/** From where on the guard acts. A pair: from where it slows down, and from where it does not let a refresh run. */
export interface GuardLimits {
  /** People's mean as a multiple of their usual. */
  readonly latencyRatio: readonly [slow: number, stop: number];
  /** A mean that is up by less than this is no slowdown, whatever the ratio: a save is some ten statements. */
  readonly latencyFloorMs: number;
  /** Working sessions for each core. */
  readonly sessionsPerCore: readonly [slow: number, stop: number];
  readonly replicaLagMs: readonly [slow: number, stop: number];
  readonly lockQueue: readonly [slow: number, stop: number];
  /** What was too much has to be calm for this long before the guard lets go. */
  readonly calmForMs: number;
  /** A running refresh is cancelled only when it has been too much for this long: a spike passes sooner. */
  readonly stopForMs: number;
  /** How long one postponement is. */
  readonly lookAgainMs: number;
  /** An observation that is older than this says nothing. */
  readonly loadIsOldAfterMs: number;
}

/** Whole for a calm server; small is what the guard slows down to. From a run's next transaction on. */
export interface Effort {
  /** Parallel workers of one query: max_parallel_workers_per_gather. */
  readonly workers: number;
}

/** What the guard remembers between two looks, so that it does not flap. Forgetting it (a restart) costs one quiet spell. */
export interface GuardMemory {
  readonly level: 'calm' | 'slow' | 'stop';
  /** What brought it to that level, and when. */
  readonly code: ReasonCode;
  readonly sinceMs: number;
  /** Since when less would do than `level` says; null: it would not. */
  readonly calmerSinceMs: number | null;
}
