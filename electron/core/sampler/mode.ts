import type { ActivitySample, DeltaSet, SamplerMode } from '../../../shared/model/sampling.ts';
import { calmState, mute, observe, observeSample, reasonOf, type IncidentState } from './incident-rule.ts';
import { modeAt, setByHand, type ByHand } from './mode-by-hand.ts';
import { seenLoad, type SeenLoad } from './seen-load.ts';

export interface ModeOptions {
  /** As set by hand before. */
  readonly byHand: ByHand;
  /** What the rule saw before; null: nothing yet. */
  readonly incident: IncidentState | null;
  readonly nowMs: () => number;
  readonly onChange: () => void;
}

/** How closely the sampler looks: as somebody set it, or as the rule asks for, whichever is closer. */
export class Mode {
  readonly #options: ModeOptions;
  #byHand: ByHand;
  #incident: IncidentState;
  #sample: ActivitySample | null = null;
  #set: DeltaSet | null = null;

  constructor(options: ModeOptions) {
    this.#options = options;
    this.#byHand = options.byHand;
    this.#incident = options.incident ?? calmState;
  }

  get now(): SamplerMode {
    return this.byHand === 'incident' ? 'incident' : this.#incident.mode;
  }

  /** What was set by hand, whatever the rule asks for. */
  get byHand(): SamplerMode {
    return modeAt(this.#byHand, this.#options.nowMs());
  }

  /** Why it is 'incident'; null while it is not. */
  get reason(): string | null {
    return this.byHand === 'incident' ? 'Switched on by hand.' : reasonOf(this.#incident);
  }

  /** For the mode of the sampler that follows this one. */
  memory(): { readonly incident: IncidentState; readonly byHandUntilMs: number | null } {
    return { incident: this.#incident, byHandUntilMs: this.#byHand.untilMs };
  }

  /** 'background' also ends an incident that began by itself. */
  set(mode: SamplerMode, forMs: number | null): void {
    const before = this.now;
    this.#byHand = setByHand(this.#byHand, mode, this.#options.nowMs(), forMs);
    if (mode === 'background' && this.#incident.mode === 'incident') this.#incident = mute(this.#incident);
    if (this.now !== before) this.#options.onChange();
  }

  /** What was switched on by hand for a while is over: nobody renewed it. */
  endByHand(): void {
    const { untilMs } = this.#byHand;
    if (untilMs === null || this.#options.nowMs() < untilMs) return;
    this.#byHand = { mode: 'background', untilMs: null };
    if (this.now === 'background') this.#options.onChange();
  }

  /** What the last looks say of the load; null before the first. */
  get load(): SeenLoad | null {
    return this.#sample === null ? null : seenLoad(this.#sample, this.#set, this.#incident.baselines);
  }

  sampled(sample: ActivitySample): void {
    this.#sample = sample;
    this.#observed(observeSample(this.#incident, sample));
  }

  counted(set: DeltaSet): void {
    this.#set = set;
    this.#observed(observe(this.#incident, set));
  }

  #observed(incident: IncidentState): void {
    const before = this.now;
    this.#incident = incident;
    if (this.now !== before) this.#options.onChange();
  }
}
