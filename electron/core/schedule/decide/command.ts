import type { AlertStep } from '../../../../shared/model/alert.ts';
import type { Reason } from '../../../../shared/model/schedule.ts';
import type { LeaseClaim } from './lease.ts';
import type { Effort } from './load.ts';
import type { AfterEnd } from './tick-state.ts';

/**
 * What a tick wants done, in this order. Every one of them may come from several runners at once, and is written so that
 * the second does no harm: by an expected epoch, a run id, or a value that is the same for all who look.
 */
export type Command =
  /** Write the next due time. */
  | {
      readonly kind: 'plan';
      readonly readModel: string;
      readonly nextDueMs: number | null;
      readonly reason: Reason;
    }
  /**
   * Claim the lease where its epoch is still `claim.expectedEpoch`, fewer than `atOnce` refreshes run and `endByMs` is not
   * over, all asked in the claiming statement; who gets it writes the run down and starts. The session's statement_timeout
   * is the time until `endByMs`. Clears `askedAtMs`, `retryAtMs` and `held`.
   */
  | {
      readonly kind: 'start';
      readonly readModel: string;
      readonly claim: LeaseClaim;
      /** The due time that it answers; null: by hand. */
      readonly dueMs: number | null;
      /** When it has to be over: its deadline, or the opening of a no-refresh window. */
      readonly endByMs: number;
      readonly effort: Effort;
      readonly reason: Reason;
    }
  /**
   * End a run in the middle: abort it where it is this runner's own, pg_cancel_backend where it is another's, which then
   * sees it fail. `endedByCancel` says what becomes of it. `againAtMs`: when it is wanted again; null: at its next turn.
   */
  | {
      readonly kind: 'cancel';
      readonly readModel: string;
      readonly runId: string;
      readonly runner: string;
      readonly againAtMs: number | null;
      readonly reason: Reason;
    }
  /** Go on with another effort, from the run's next transaction on. */
  | {
      readonly kind: 'adjust';
      readonly readModel: string;
      readonly runId: string;
      readonly effort: Effort;
      readonly reason: Reason;
    }
  /**
   * Its runner is gone: end what its backend still does, write the run down as abandoned and, where the lease's epoch is
   * still `epoch`, free it and write `after`. Comes before the `start` that takes over, if one does.
   */
  | {
      readonly kind: 'abandon';
      readonly readModel: string;
      readonly runId: string;
      readonly epoch: number;
      readonly after: AfterEnd;
      readonly reason: Reason;
    }
  /** Write down why it is held back. Comes once for each reason, not at every tick. */
  | {
      readonly kind: 'hold';
      readonly readModel: string;
      readonly state: 'queued' | 'skipped' | 'postponed';
      readonly dueMs: number | null;
      readonly untilMs: number | null;
      readonly reason: Reason;
    }
  | { readonly kind: 'alert'; readonly step: AlertStep };
