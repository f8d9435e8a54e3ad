import type { EvidenceKind } from '../../../shared/model/diagnosis.ts';
import type { Settings } from './bench-server.ts';
import type { Actor } from './actors/actor.ts';
import type { LineForm, LoadSegment } from './load/order.ts';

/** Half-open [fromMs, toMs), ms from the start of the run. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was measured of this machine before the runs. */
export interface Calibration {
  readonly cores: number;
  /** Of them, what other programs used meanwhile. */
  readonly othersCores: number;
  /** Processor time of one save, the server's and the client's, ms. */
  readonly saveCpuMs: number;
  /** Saves a second that keep the free processors at 30 % when nobody reports. */
  readonly savesPerSecond: number;
  /** Passes over the invoice lines that one process makes in a second, nothing else running. */
  readonly passesPerSecond: number;
}

/** How long the stretches of a run take, seconds. */
export interface Lengths {
  /** Saves until they are steady, before anything is sampled. */
  readonly warmUp: boolean;
  readonly quietSeconds: number;
  readonly incidentSeconds: number;
  readonly settleSeconds: number;
  /** False: no paired run, so no true share either. */
  readonly paired: boolean;
}

export interface ScenarioRequest {
  readonly seed: number;
  readonly calibration: Calibration;
  readonly lengths: Lengths;
}

/** An actor and when it is at work. Culprits never have a span in the paired stretch. */
export interface PlannedActor {
  readonly actor: Actor;
  readonly spans: readonly Span[];
}

/** A stretch in which the incident's saves come again without the culprit. */
export interface Pair {
  readonly window: Span;
  /** What is played for it. It begins later than planned where the savers are not done with what came before. */
  readonly part: Span;
}

/** One run, laid out in time: a quiet stretch, the incident, and the same again without the culprit. */
export interface RunPlan {
  readonly quiet: Span;
  readonly incident: Span;
  /** From before the quiet stretch to after the incident: what is played in one go. */
  readonly main: Span;
  /**
   * Together as long as the incident, with the same saves at the same distances; none when nothing is to be taken away.
   * What is played before the main part is not shown to the diagnosis.
   */
  readonly pairs: readonly Pair[];
  readonly load: readonly LoadSegment[];
  readonly lineForm: LineForm;
  readonly exposureRelation: string | null;
  /** As the superuser, in the run's own copy, before anything is sampled. */
  readonly setup: readonly string[];
  readonly actors: readonly PlannedActor[];
  /** Days are this long: the run starts at a whole multiple of it. */
  readonly calendar: { readonly dayMs: number; readonly bucketMs: number } | null;
  /** How often the sampler looks. */
  readonly rhythm: { readonly activityMs: number; readonly snapshotMs: number };
}

/** What a verdict must say. Statements are recognised by a piece of their text. */
export type Expectation =
  | {
      readonly kind: 'culprit';
      readonly marker: string;
      /** One of these must be among its evidence, and account for damage; temporary files may be told by their size. */
      readonly evidence: readonly EvidenceKind[];
      readonly grade?: 'B';
      readonly class?: 'batch';
      readonly badge?: 'reset' | 'eviction';
      /** The statistics must not know of it. */
      readonly caveat?: 'evicted';
      /** Must not be accused (grade A or B), and must not stand before the culprit. */
      readonly decoy?: string;
    }
  | { readonly kind: 'group'; readonly markers: readonly string[] }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'not_identifiable'; readonly marker: string };

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly serverSettings: Settings;
  readonly expect: Expectation;
  plan(request: ScenarioRequest): RunPlan;
}
