import type { Verdict } from '../../../shared/model/diagnosis.ts';
import type { BuiltReadModel, Phase, Rescue } from './rescue-result.ts';

/** What the person sees while it runs; the command line prints it, tests listen. */
export interface Story {
  step(title: string): void;
  progress(text: string, fraction: number): void;
  say(text: string): void;
  phase(phase: Phase): void;
  verdict(verdict: Verdict, titles: ReadonlyMap<string, string>): void;
  built(model: BuiltReadModel): void;
  beforeAndAfter(rescue: Rescue): void;
}
