import type { DemoConnection } from '../../../../resources/demo-erp/connection.ts';

/** How the lines of an invoice reach the server: one statement each, or all of an invoice in one statement. */
export type LineForm = 'each' | 'set';

/** A stretch of the run with arrivals of one kind; times are ms from the start of the run. */
export interface LoadSegment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly savesPerSecond: number;
  readonly linesPerInvoice: number;
  /** Two segments of the same length with the same number get the same saves at the same distances. */
  readonly stream: number;
  /** The segment takes up the stream here, ms from the stream's beginning; 0 where it is left out. */
  readonly streamFromMs?: number;
}

export interface LoadOrder {
  readonly connection: DemoConnection;
  readonly seed: number;
  readonly segments: readonly LoadSegment[];
  readonly lineForm: LineForm;
  /** Where the credit check reads what a customer owes; null: nowhere, the customer's limit alone. */
  readonly exposureRelation: string | null;
}

/** One save as the ERP's user lived through it. Times are ms from the start of the run. */
export interface ClientSave {
  readonly intendedMs: number;
  /** From the intended moment, waiting for a connection included. */
  readonly latencyMs: number;
}

export interface LoadResult {
  readonly saves: readonly ClientSave[];
  /** Saves that failed, and why the first of them did. */
  readonly failed: number;
  readonly firstError: string | null;
  /** Saves that had not ended when they were given up; they are among `saves` with the time they had taken by then. */
  readonly unfinished: number;
  /** Processor time of the load itself, ms. */
  readonly cpuMs: number;
  /** 99th percentile of the load's own lateness: a late load measures itself. */
  readonly lagP99Ms: number;
}

export interface LoadPart {
  readonly zeroAtMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export type ToLoad =
  | { readonly kind: 'prepare'; readonly order: LoadOrder }
  /** Saves intended in [fromMs, toMs) of the run; `zeroAtMs`: the moment that the run calls 0, ms since the epoch. */
  | ({ readonly kind: 'run' } & LoadPart);

export type FromLoad =
  | { readonly kind: 'ready' }
  | { readonly kind: 'finished'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };
