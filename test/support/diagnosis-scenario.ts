import type { DiagnosisInput } from '../../electron/core/diagnosis/input.ts';

/**
 * A server in miniature: sessions share `cores` processors, savers run short statements at a fixed rate, reports ask
 * for seconds of processor time. It keeps the truth (seconds of waiting, and who was in the queue), and hands out
 * what a sampler would have stored. Everything follows from the seed.
 */
export interface Scenario {
  readonly seed: number;
  readonly cores: number;
  readonly savesPerSecond: number;
  /** Quiet first, then the incident. */
  readonly quietSeconds: number;
  readonly incidentSeconds: number;
  readonly reports: readonly Report[];
  readonly locks?: readonly LockHeld[];
  /** Processes outside of PostgreSQL that keep processors busy during the incident. */
  readonly outsideProcesses?: number;
  /** During the incident: saves arrive this much faster. */
  readonly surge?: number;
  /** During the incident: statements of a save do this much more (blocks and time). */
  readonly biggerDocuments?: number;
  /**
   * Where a save waits for its processor: before its statements begin, as on a real server (docs/decisions/0004),
   * or inside of them.
   */
  readonly waits?: 'between' | 'inside';
  /** An ERP session that leaves a transaction open and harmless from this second on, for so many seconds. */
  readonly openDialog?: { readonly fromSecond: number; readonly seconds: number };
  /** Samples and snapshots every 1 s and 5 s (incident), or every 5 s and 60 s (background). */
  readonly sampling?: 'incident' | 'background';
  /** Statistics are reset in the middle of the incident. */
  readonly reset?: boolean;
}

export interface Report {
  readonly name: string;
  readonly text: string;
  readonly users: number;
  /** Processor time of one run, seconds. */
  readonly cpuSeconds: number;
  /** Processes that share the work, the leader included. */
  readonly processes?: number;
  /** Between the runs of one user, seconds. */
  readonly pauseSeconds?: number;
  /** Sleeps or waits for its client instead of working: its run takes `cpuSeconds` of wall time and no processor. */
  readonly harmless?: boolean;
  /** Cancelled after so many seconds: never booked. */
  readonly cancelledAfterSeconds?: number;
  readonly inQuietToo?: boolean;
  /** Its users come this long after the incident began; without it, within its first seconds. */
  readonly startsAfterSeconds?: number;
  readonly applicationName?: string;
  readonly tempBlocks?: number;
}

export interface LockHeld {
  readonly fromSecond: number;
  readonly seconds: number;
  readonly holder: 'refresh' | 'idle in transaction';
  readonly text: string;
}

export interface Simulated {
  readonly input: DiagnosisInput;
  /** Seconds that saves waited beyond their own work during the incident. */
  readonly trueDamageSeconds: number;
  /** Seconds of it by who was in the queue or held the lock: report name, or the lock holder's text. */
  readonly truth: ReadonlyMap<string, number>;
}
