import { formatCounted } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { fixed } from '../../../../shared/format/number-formats.ts';
import { formatPercent } from '../../../../shared/format/ratio.ts';
import type { Experiment } from '../../../../shared/model/experiment.ts';
import { permutationTest, type PermutationResult } from './permutation-test.ts';

export const significant = 0.05;

type Day = Pick<Experiment['days'][number], 'arm' | 'damagePerSaveMs' | 'excluded'>;
type ExposedDay = Day & Pick<Experiment['days'][number], 'exposure'>;

/** Damage per save of the days that count, by arm. */
export function countedDays(days: readonly Day[]): { readonly live: number[]; readonly without: number[] } {
  const of = (arm: Day['arm']) =>
    days.flatMap((day) =>
      day.arm === arm && day.excluded === null && day.damagePerSaveMs !== null ? [day.damagePerSaveMs] : [],
    );
  return { live: of('live'), without: of('without') };
}

/** Mean sessions of the suspect on the mornings with it that count; null without one. */
export function liveExposure(days: readonly ExposedDay[]): number | null {
  const seen = days.flatMap(({ arm, damagePerSaveMs, excluded, exposure }) =>
    arm === 'live' && excluded === null && damagePerSaveMs !== null && exposure !== null ? [exposure] : [],
  );
  return seen.length === 0 ? null : seen.reduce((sum, one) => sum + one, 0) / seen.length;
}

/** Null until both arms have a morning that counts. */
export function experimentResult(days: readonly Day[], seed: number, endedEarly = false): Experiment['result'] {
  const { live, without } = countedDays(days);
  if (live.length === 0 || without.length === 0) return null;
  const result = permutationTest(live, without, seed);
  const { effect, interval, p, smallestP } = result;
  return {
    effectMs: effect,
    interval: [interval[0], interval[1]],
    p,
    smallestP,
    text: tell(result, live.length, without.length, endedEarly),
  };
}

function tell(
  { effect, interval, confidence, p, smallestP }: PermutationResult,
  live: number,
  without: number,
  endedEarly: boolean,
): string {
  const mornings = `${formatCounted(live, 'morning')} with it, ${without} without`;
  const range = `${formatPercent(confidence)} interval ${signed(interval[0])} to ${signed(interval[1])}`;
  const numbers = `${range}; ${mornings}; p = ${pText(p)}`;
  const amount = formatDuration(Math.abs(effect));
  if (endedEarly) {
    return `It was ended before all mornings were over, which proves nothing: a save waited ${amount} ${effect < 0 ? 'less' : 'longer'} with it (${numbers}).`;
  }
  if (p <= significant && effect > 0) return `With it a save waited ${amount} longer (${numbers}).`;
  if (smallestP > significant) {
    return `So far a save waited ${amount} ${effect < 0 ? 'less' : 'longer'} with it (${numbers}); so few mornings cannot prove anything.`;
  }
  return `No effect was proven: a save waited ${amount} ${effect < 0 ? 'less' : 'longer'} with it (${numbers}).`;
}

const signed = (ms: number): string => (ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms));

export const pText = (p: number): string => (p < 0.0005 ? fixed(p, 6) : fixed(p, 3));
