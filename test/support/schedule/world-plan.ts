import type { ServerLoad } from '../../../electron/core/schedule/decide/load.ts';
import type { AgedBudget } from '../../../shared/model/freshness.ts';
import type { Schedule, SkipCalendar } from '../../../shared/model/schedule.ts';

/** How a model behaves in a simulated world. */
export interface ModelPlan {
  readonly readModel: string;
  readonly schedule: Schedule;
  readonly budgets: readonly AgedBudget[];
  readonly reads: readonly string[];
  /** A refresh takes between this and half as much again. */
  readonly takesMs: number;
  /** Of a hundred runs: take ten times as long, fail with an error that passes, that does not, that nobody knows. */
  readonly slow: number;
  readonly passing: number;
  readonly permanent: number;
  readonly unknown: number;
}

export interface RunnerPlan {
  readonly runner: string;
  readonly kind: 'agent' | 'desktop';
  /** From when until when it does nothing. It comes back from a crash under another name, as processes do. */
  readonly down: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly how: 'crash' | 'sleep' | 'stop';
  }[];
}

/** What people do in the middle of it. */
export type Act =
  | { readonly atMs: number; readonly kind: 'ask' | 'pause' | 'resume'; readonly readModel: string }
  | { readonly atMs: number; readonly kind: 'calendar'; readonly calendar: SkipCalendar };

/**
 * A month (or less) that is laid out beforehand. The same plan and seed give the same month. Times are on the server's clock
 * as it is before anybody sets it.
 */
export interface WorldPlan {
  readonly seed: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly models: readonly ModelPlan[];
  readonly calendars: readonly SkipCalendar[];
  readonly runners: readonly RunnerPlan[];
  /** In order. Between them the server is calm. */
  readonly loads: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly load: Omit<ServerLoad, 'atMs'>;
  }[];
  readonly acts: readonly Act[];
  /** When the server's clock is set, in order, and by how much; below 0: back. */
  readonly jumps: readonly { readonly atMs: number; readonly byMs: number }[];
  readonly atOnce: number;
  readonly guarded: boolean;
}

export const calmLoad: Omit<ServerLoad, 'atMs'> = {
  oltpMs: 20,
  usualMs: 20,
  activeSessions: 1,
  cores: 4,
  replicaLagMs: null,
  lockQueue: 0,
};
