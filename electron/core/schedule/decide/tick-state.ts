import type { AlertEpisode } from '../../../../shared/model/alert.ts';
import type {
  Attempt,
  CancelAsked,
  Lease,
  ModelSchedule,
  RunnerHeartbeat,
  RunnerTrouble,
  SkipCalendar,
  Stopped,
} from '../../../../shared/model/schedule.ts';
import type { ConsumerBudget } from './budgets.ts';
import type { Effort, GuardLimits, GuardMemory, ServerLoad } from './load.ts';

/** A refresh that says it runs. */
export interface RunningRefresh {
  readonly runId: string;
  readonly runner: string;
  readonly epoch: number;
  readonly startedAtMs: number;
  /** When it has to be over; the session's statement_timeout says the same to the server. */
  readonly endByMs: number;
  readonly effort: Effort;
  /** Who wants it to end; null: nobody. */
  readonly cancelAsked: CancelAsked | null;
}

/** Everything that the registry says about one read model. Times are on the server's clock, ms since the epoch. */
export interface ModelState extends ModelSchedule {
  readonly owner: string;
  /** Those budgets of its consumers that decide (`decidingBudgets`); empty: none names one. */
  readonly budgets: readonly ConsumerBudget[];
  /** Read models that its definition reads. */
  readonly reads: readonly string[];
  readonly suspended: boolean;
  /** As-of of the copy that readers see. */
  readonly asOfMs: number | null;
  readonly lease: Lease;
  readonly running: RunningRefresh | null;
  /** Of the last run that was done. */
  readonly lastStartedMs: number | null;
  readonly lastEndedMs: number | null;
  /** How long runs took that were done, ms, latest first; twenty are enough. */
  readonly durationsMs: readonly number[];
  /** Failures in a row since the last run that was done, when the last of them was and what it said: see `after-end.ts`. */
  readonly failures: number;
  readonly lastFailedMs: number | null;
  readonly lastError: string | null;
  /** What those failed with, latest first, as far as they are told apart: SQLSTATEs, `abandoned`, null where none was said. */
  readonly recentFailures: readonly (string | null)[];
  /** The last failure is not retried by itself before the next due time. */
  readonly gaveUp: boolean;
  /** No attempt before then, and one then; set after a failure and after a cancelled run. */
  readonly retryAtMs: number | null;
  /** Somebody asked for a refresh that has not started since. */
  readonly askedAtMs: number | null;
  /** The last line of its history, where that says why it is held back. */
  readonly held: Attempt | null;
  /** Last change in what it reads; null: not known. */
  readonly sourceMovedAtMs: number | null;
}

/**
 * What is written to the model's row after a run ended. Where a person changed the schedule or resumed it during the run,
 * only a failure is written: what they decided counts for what follows.
 */
export interface AfterEnd {
  /** The row that this follows from: another one by now was changed by a person. */
  readonly from: { readonly failures: number; readonly stopped: boolean };
  readonly failures: number;
  readonly recentFailures: readonly (string | null)[];
  readonly lastFailedMs: number | null;
  readonly lastError: string | null;
  readonly gaveUp: boolean;
  readonly retryAtMs: number | null;
  /** A new stop; null: none, and one that there was stays. */
  readonly stopped: Stopped | null;
  /** Somebody asked for it, and has not got it; null: nobody did. */
  readonly askedAtMs: number | null;
  /** What follows a failure, in words. */
  readonly text: string | null;
}

/** How an agent is set up; the same for every runner of a server. */
export interface ScheduleSettings {
  /** Refreshes at a time on the server, over all runners; at least 1. */
  readonly atOnce: number;
  /** What a refresh may use on a calm server. */
  readonly effort: Effort;
  /** Null: no guard. */
  readonly guard: GuardLimits | null;
}

/** All that a tick decides on. */
export interface TickState {
  /** Whose tick it is. */
  readonly runner: string;
  readonly models: readonly ModelState[];
  readonly calendars: readonly SkipCalendar[];
  /** Runners that have ever reported and were not forgotten. */
  readonly runners: readonly RunnerHeartbeat[];
  /** Episodes that are open; null: somebody else watches, and no alert is decided here. */
  readonly episodes: readonly AlertEpisode[] | null;
  readonly load: ServerLoad | null;
  /** What this runner leaves to others. */
  readonly cannot: readonly RunnerTrouble[];
  readonly settings: ScheduleSettings;
}

/** What a runner carries from one tick to its next. Losing it is harmless. */
export interface TickMemory {
  readonly guard: GuardMemory;
}
