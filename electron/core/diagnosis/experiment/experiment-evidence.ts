import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Evidence } from '../../../../shared/model/diagnosis.ts';
import type { StatementGroup } from '../catalog.ts';
import type { DiagnosisInput, EndedExperiment } from '../input.ts';
import { pText, significant } from './result.ts';

export interface ExperimentEvidence {
  /** Carried through to its end, p <= 0.05 and an effect above zero: grade A. */
  readonly proven: boolean;
  readonly evidence: Evidence;
  /** Part of this window's damage: the effect on one save, for as much as the suspect ran, times its saves, 0..1. */
  readonly share: number;
  readonly interval: readonly [number, number];
}

/**
 * What ended experiments say about a suspect: the newest that went to its end, for the surest of several is chosen by its
 * result. Null when it was in none. The effect is that of mornings on which the suspect ran as always: in a window in
 * which it ran half as much it counts half.
 *
 * @param exposure Average active sessions of the suspect in the window.
 */
export function experimentEvidence(
  group: StatementGroup,
  exposure: number,
  experiments: DiagnosisInput['experiments'],
  { saves, damageSeconds }: { readonly saves: number; readonly damageSeconds: number },
): ExperimentEvidence | null {
  const own = (experiments ?? []).filter((one) => isAbout(one, group));
  const best = own.find(({ endedEarly }) => endedEarly !== true) ?? own[0];
  if (best === undefined) return null;
  const { liveExposure } = best;
  const ran = liveExposure === null || liveExposure === 0 ? 1 : exposure / liveExposure;
  const shareOf = (effectMs: number) =>
    damageSeconds <= 0 ? 0 : Math.min(1, Math.max(0, (effectMs * ran * saves) / 1000 / damageSeconds));
  const proven = best.endedEarly !== true && best.p <= significant && best.effectMs > 0;
  const share = proven ? shareOf(best.effectMs) : 0;
  return {
    proven,
    share,
    interval: proven ? [shareOf(best.interval[0]), shareOf(best.interval[1])] : [0, shareOf(best.interval[1])],
    evidence: {
      kind: 'experiment',
      damageSeconds: share * damageSeconds,
      share,
      text: tell(best, proven),
    },
  };
}

const isAbout = ({ fingerprint, databaseName }: EndedExperiment, { statement }: StatementGroup): boolean =>
  statement.fingerprint === fingerprint && (databaseName === null || statement.databaseName === databaseName);

function tell({ effectMs, p, liveDays, withoutDays, endedEarly }: EndedExperiment, proven: boolean): string {
  const mornings = `${liveDays + withoutDays} randomised mornings (${liveDays} with it, ${withoutDays} without)`;
  const amount = formatDuration(Math.abs(effectMs));
  if (endedEarly === true) return `an experiment of ${mornings} was ended early, which proves nothing`;
  return proven
    ? `on ${mornings} a save waited ${amount} longer with it (p = ${pText(p)})`
    : `${mornings} proved no effect of it on saving (p = ${pText(p)})`;
}
