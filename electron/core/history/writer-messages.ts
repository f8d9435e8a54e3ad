import type { FailureValue } from '../../../shared/model/failure.ts';
import type { Migrated } from './migrate.ts';
import type { Rescued } from './sqlite.ts';
import type { WriterCommandName } from './writer-commands.ts';

/** What the engine sends to the writer thread, and what comes back. `id` ties an answer to its request. */
export interface WriterData {
  readonly file: string;
  readonly nowMs: number;
}

export type WriterRequest =
  | { readonly id: number; readonly command: WriterCommandName; readonly args: readonly unknown[] }
  | { readonly close: true };

export type WriterProblem =
  | { readonly kind: 'failure'; readonly failure: FailureValue }
  /** A bug: thrown again on the other side, with the stack from here. */
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string | undefined };

export type WriterReply =
  | {
      readonly type: 'opened';
      readonly migrated: Migrated | null;
      readonly file: string;
      readonly rescued: Rescued | null;
    }
  | { readonly type: 'refused'; readonly problem: WriterProblem }
  | { readonly type: 'done'; readonly id: number; readonly value: unknown }
  /** The copy of the last good numbers could not be made; the one before stays. */
  | { readonly type: 'spare_failed'; readonly problem: WriterProblem }
  | { readonly type: 'failed'; readonly id: number; readonly problem: WriterProblem };
