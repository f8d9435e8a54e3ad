import type { Experiment } from '../../../../shared/model/experiment.ts';
import { generator, shuffled } from '../random.ts';

export type Arm = Experiment['days'][number]['arm'];

/** Half of the days for each arm, every such choice equally likely. `days` is even. */
export function balancedAssignment(days: number, seed: number): Arm[] {
  if (days % 2 !== 0) throw new Error(`${days} days cannot be halved`);
  const arms: Arm[] = Array.from({ length: days }, () => 'without');
  for (const day of shuffled(days, generator(seed)).slice(0, days / 2)) arms[day] = 'live';
  return arms;
}
