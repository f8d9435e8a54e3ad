import type { StatementClass } from '../../../shared/model/statement.ts';
import type { StoredDeltas, StoredOrigin, StoredSample, StoredStatement } from '../history/history.ts';
import type { DayMinute } from './day-pauses.ts';

/** Half-open [fromMs, toMs), ms since the epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** PostgreSQL does not tell how many cores its machine has. */
export interface Cores {
  readonly value: number | null;
  readonly source: 'setting' | 'estimate' | 'unknown';
  /** Counted, because the server runs on this very machine. */
  readonly thisMachine?: boolean;
}

/** A dashboard widget by the fingerprint of its live SQL. */
export interface WidgetReference {
  readonly widgetId: string;
  readonly fingerprint: string;
  readonly widgetTitle?: string;
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

/**
 * What a day is to the evidence over several days. Real history has civil days of the time zone (the default, where no
 * calendar is given); the ground-truth harness compresses days to seconds and lets them begin at whole multiples of
 * `dayMs` since the epoch.
 */
export interface Calendar {
  readonly dayMs: number;
  /** Length of the slots of a day that are compared over days. */
  readonly bucketMs: number;
  readonly timeZone: string;
}

/** The result of randomised mornings, as the verdict needs it. */
export interface EndedExperiment {
  /** Of the suspect's normalized text, and where it ran. */
  readonly fingerprint: string;
  readonly databaseName: string | null;
  /** Mean damage per save, mornings with the suspect minus mornings without it, ms. */
  readonly effectMs: number;
  /** Average active sessions of the suspect on the mornings with it; null: not measured. */
  readonly liveExposure: number | null;
  readonly interval: readonly [number, number];
  /** Exact permutation p. */
  readonly p: number;
  /** Mornings that counted, by arm. */
  readonly liveDays: number;
  readonly withoutDays: number;
  /** Before all of its mornings were over: it proves nothing. */
  readonly endedEarly?: boolean;
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
  /** The window was sampled, and what is left of it are minutes or hours: no verdict can be made of them. */
  readonly rawIsGone?: boolean;
  /** Where its mornings are, e.g. 'Europe/Berlin': for what a day is, and for the clock times in sentences. */
  readonly timeZone: string;
  /** Whose clock the sentences tell, when it is another one; absent: that of `timeZone`. */
  readonly readerTimeZone?: string | undefined;
  /** Minutes of earlier days, for what is usual at this hour and for the evidence over several days. */
  readonly days?: readonly DayMinute[];
  /** Who was seen in `days`, by the ids in `SeenColumns`; absent: nobody knows. */
  readonly origins?: ReadonlyMap<number, StoredOrigin>;
  /** Absent: civil days of `timeZone`. */
  readonly calendar?: Calendar;
  /** What people say that a save takes, seconds; null or absent: nobody said. */
  readonly reportedSaveSeconds?: number | null;
  /** Experiments that ended with a result, newest first. */
  readonly experiments?: readonly EndedExperiment[];
  /** Of the resampling behind the intervals; the default is fixed. */
  readonly seed?: number;
}
