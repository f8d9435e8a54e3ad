import type { Scenario } from '../plan.ts';
import { otherScenarios } from './others.ts';
import { reportScenarios } from './reports.ts';

export const scenarioIds = Array.from({ length: 14 }, (_, index) => `S${index + 1}`);

/** Scenario `id` for this seed: some have two variants, which alternate. */
export function scenarioOf(id: string, seed: number): Scenario {
  const { s3, s6, s10, s11, s12, s14 } = otherScenarios;
  const even = seed % 2 === 0;
  const all = [...reportScenarios, s3(even ? 'refresh' : 'row lock'), s6, s10, s11, s12(even ? 'each' : 'set'), s14];
  const found = all.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`there is no scenario ${id}; there are ${scenarioIds.join(', ')}`);
  return found;
}
