import type { StatementClass } from '../../../shared/model/statement.ts';
import type { StoredDeltas, StoredSample, StoredStatement } from '../history/history.ts';

/** Half-open [fromMs, toMs), ms since the epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** PostgreSQL does not tell how many cores its machine has. */
export interface Cores {
  readonly value: number | null;
  readonly source: 'setting' | 'estimate' | 'unknown';
}

/** A dashboard widget by the fingerprint of its live SQL. */
export interface WidgetReference {
  readonly widgetId: string;
  readonly fingerprint: string;
  /** Named in the verdict's sentence when all culprits belong to one dashboard. */
  readonly dashboardTitle?: string;
}

/** Stored history as the engine reads it. The order of the lists does not matter. */
export interface StoredHistory {
  readonly statements: readonly StoredStatement[];
  readonly deltas: readonly StoredDeltas[];
  readonly samples: readonly StoredSample[];
  /** The person's word on a class, by fingerprint. */
  readonly overrides: ReadonlyMap<string, StatementClass>;
  readonly widgets: readonly WidgetReference[];
  /** Sessions that only observe: they are neither suspects nor victims, and not counted as load. */
  readonly ownApplicationNames: readonly string[];
}

/** Everything that a verdict is made of: pure data, so that the same history always gives the same verdict. */
export interface DiagnosisInput extends StoredHistory, TimeWindow {
  /**
   * The quiet window to compare with; null: quiet intervals are looked for in the history around the incident.
   * Deltas and samples must cover the incident and what it is compared with.
   */
  readonly baseline: TimeWindow | null;
  readonly cores: Cores;
  /** False without pg_stat_statements: the diagnosis then rests on activity samples alone. */
  readonly statisticsAvailable: boolean;
  /** For the clock times in sentences, e.g. 'Europe/Berlin'. */
  readonly timeZone: string;
  /** Of the resampling behind the intervals; the default is fixed. */
  readonly seed?: number;
}
