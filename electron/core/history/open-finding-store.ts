import type { Finding, Grade } from '../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../shared/model/statement.ts';

/** A finding in the worst window that was diagnosed. */
export interface DiagnosedFinding {
  readonly fingerprint: string;
  readonly statement: Statement;
  readonly cure: Finding['cure'];
  /** As in the finding: what would help, where none of the kinds of cures does. */
  readonly cureText?: string | undefined;
  readonly grade: Grade;
  readonly blameShare: number;
  readonly damageSeconds: number;
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** What a save would have taken there without it; null where nobody could tell. */
  readonly prediction: { readonly meanMs: number; readonly p95Ms: number | null } | null;
}

export interface StoredOpenFinding extends DiagnosedFinding {
  readonly foundAtMs: number;
  readonly dismissed: boolean;
  readonly lastRunAtMs: number | null;
  /** Up to here history was searched for runs. */
  readonly watchedToMs: number;
}

/** Who was seen running it. The application is '' where only the statistics saw it. */
export interface SeenRun {
  readonly fingerprint: string;
  readonly applicationName: string;
  readonly roleName: string | null;
  readonly lastSeenAtMs: number;
}

/** What a search of history up to `watchedToMs` found. */
export interface Watched {
  readonly watchedToMs: number;
  /** Minutes since the epoch with at least one sample. */
  readonly minutes: readonly number[];
  readonly lastRuns: readonly { readonly fingerprint: string; readonly lastRunAtMs: number }[];
  readonly runs: readonly SeenRun[];
}

export interface OpenFindingStore {
  list(serverId: string): Promise<StoredOpenFinding[]>;
  /** Opens findings and keeps the worst window of each; resolves to whether anything changed. */
  save(serverId: string, findings: readonly DiagnosedFinding[], nowMs: number): Promise<boolean>;
  /** Findings of statements whose fingerprint changed, for their whole text is known now, go on under the new one. */
  followFingerprints(serverId: string): Promise<void>;
  setDismissed(serverId: string, fingerprint: string, dismissed: boolean): Promise<void>;
  /** Adds to all findings of the server; nothing seen later is taken back by an earlier search. */
  saveWatched(serverId: string, watched: Watched): Promise<void>;
  runs(serverId: string): Promise<SeenRun[]>;
  /** Statements that have one of the fingerprints. */
  statementsOf(
    serverId: string,
    fingerprints: readonly string[],
  ): Promise<{ readonly statementId: string; readonly fingerprint: string; readonly roleName: string | null }[]>;
  /** Watched minutes after `afterMs`, oldest first. */
  watchedMinutes(serverId: string, afterMs: number): Promise<number[]>;
  watchedMinuteCount(serverId: string, afterMs: number): Promise<number>;
}
