import type { Conclusion, Finding } from '../../../shared/model/diagnosis.ts';
import type { BlameResult } from './blame.ts';
import type { OltpLoad } from './oltp-load.ts';
import type { SavingSummary } from './saving-summary.ts';

export interface ConclusionFacts {
  /** Why no verdict is possible; null when one is. */
  readonly missing: string | null;
  /** There is damage worth the name. */
  readonly hurt: boolean;
  readonly blame: BlameResult | null;
  readonly findings: readonly Finding[];
  readonly saving: SavingSummary;
  readonly load: OltpLoad;
  /** Statements were sampled that the role may not see: nobody knows what they did. */
  readonly hiddenStatements: boolean;
  readonly reportedSaveSeconds: number | null;
  /** Of one who saves, as the samples saw it (longest-wait.ts). */
  readonly longestSaveMs: number;
}

/** Saves that arrive this much faster than usual, and victims that do this much more, explain a slow time themselves. */
const surgeGrowth = 1.4;
const workGrowthOfNote = 1.2;
/** A save that is slower by less is "about as fast". */
export const slowdownOfNote = 1.25;
/** Part of what people report that must be measured for it to be the database: the rest waits elsewhere. */
const reportedPart = 0.2;
/** Part of the damage that must be waiting for a machine that PostgreSQL did not fill. */
const outsidePart = 0.5;

/** What a verdict comes to. The order is the order of what matters: data, the people's question, who did it, why not. */
export function conclude(facts: ConclusionFacts): Conclusion {
  const { missing, hurt, findings, saving } = facts;
  if (missing !== null) return 'not_enough_data';
  if (isElsewhere(facts)) return 'not_the_database';
  const ownWork = (saving.workGrowth ?? 1) >= workGrowthOfNote;
  const arrivals = facts.load.arrivalGrowth ?? 1;
  if (!hurt) {
    if ((saving.slowdown ?? 1) < slowdownOfNote) return 'no_damage';
    return ownWork ? 'own_work' : arrivals >= surgeGrowth ? 'surge' : 'no_damage';
  }
  if (findings.some(isCulprit)) return 'culprits';
  if (findings.some(isUntold)) return 'not_identifiable';
  if (findings.some(({ grade }) => grade === 'C')) return 'suspicion';
  if (ownWork && (saving.workGrowth ?? 1) >= arrivals) return 'own_work';
  if (arrivals >= surgeGrowth) return 'surge';
  if (ownWork) return 'own_work';
  return isOutside(facts.blame) && !facts.hiddenStatements ? 'outside' : 'unexplained';
}

/** It has a part of the damage, and always runs at the same clock time. */
export const isUntold = ({ blameShare, caveats }: Finding): boolean =>
  blameShare > 0 && caveats.some(({ kind }) => kind === 'not_identifiable');

/**
 * Even the slow saves took far less time in the database than people wait for one. Where somebody is known to have held
 * saves up, the longest of them counts: a few of a thousand are what people call about, and no mean shows them.
 */
function isElsewhere({ saving, reportedSaveSeconds, hurt, findings, longestSaveMs }: ConclusionFacts): boolean {
  if (reportedSaveSeconds === null) return false;
  if (saving.meanMs === null) return !hurt;
  const longestMs = findings.some(isCulprit) ? longestSaveMs : 0;
  return Math.max(saving.meanMs, saving.p95Ms ?? 0, longestMs) < reportedPart * reportedSaveSeconds * 1000;
}

const isCulprit = ({ grade }: Finding): boolean => grade === 'A' || grade === 'B';

function isOutside(blame: BlameResult | null): boolean {
  return blame !== null && blame.unaccountedSeconds >= outsidePart * blame.damageSeconds;
}
