import type { Verdict } from '../../../shared/model/diagnosis.ts';
import { qualityBadges } from './badges.ts';
import { findBaseline, type Baseline } from './baseline.ts';
import { assignBlame } from './blame.ts';
import { conclude } from './conclude.ts';
import { measureDamage, ratio, sum, type IntervalDamage } from './damage.ts';
import { buildFindings } from './findings.ts';
import { samplesWithin, type HistoryView } from './history-view.ts';
import type { DiagnosisInput } from './input.ts';
import { longestSaveMs } from './longest-wait.ts';
import { measureLoad } from './oltp-load.ts';
import { summarizeSaving } from './saving-summary.ts';
import { quietDays } from './usual-days.ts';
import { verdictSentence } from './sentence.ts';
import { statisticalEvidence } from './statistical/statistical-evidence.ts';
import { study, type Study } from './study.ts';
import { describeVictims } from './victims.ts';

/** Waiting on top of the victims' own work (n * L*) below which nobody would call the morning slow. */
export const leastExcess = 0.25;
/** Sessions that wait, on average, below which there is no incident however large the ratio. */
export const leastWaiting = 0.005;
const fewestCalls = 20;
/** The worst of them tell who was hurt; 3,800 of them were 2.5 MB. */
const mostVictims = 100;
const defaultSeed = 20_251_120;

/**
 * The verdict over [fromMs, toMs): damage to OLTP statements, who is to blame by direct evidence, and what stays
 * unexplained. Blame shares and the unexplained share add up to exactly 1. Pure and repeatable.
 */
export function diagnose(input: DiagnosisInput): Verdict {
  const studied = study(input);
  const { view, catalog, intervals, unit, cores } = studied;
  const window = { fromMs: input.fromMs, toMs: input.toMs };
  const days = input.baseline === null ? quietDays(input, window, catalog, cores) : [];
  const baseline = findBaseline(intervals, catalog, { incident: window, given: input.baseline, cores, unit, days });
  const damages = measureDamage(intervals, window, baseline, studied);
  const saving = summarizeSaving(unit, damages, baseline, window);
  const damageSeconds = sum(damages.map(({ seconds }) => seconds));
  const missing = whatIsMissing({ damages, baseline, view, input, damageSeconds });
  const hurt = missing === null && isDamage(damages, baseline, studied);
  const blame = hurt ? assignBlame(damages, baseline, catalog, cores) : null;
  const seed = input.seed ?? defaultSeed;
  const findings =
    blame === null
      ? []
      : buildFindings({
          window,
          blame,
          statistics: statisticalEvidence({ input, studied, window, baseline, damageSeconds, seed }),
          experiments: input.experiments,
          cores,
          catalog,
          intervals,
          view,
          saving,
          seed,
          statisticsAvailable: input.statisticsAvailable,
        });
  const hurtMost = missing === null ? describeVictims(damages, baseline, studied) : [];
  const moreVictims = Math.max(0, hurtMost.length - mostVictims);
  const unexplainedShare = 1 - sum(findings.map(({ blameShare }) => blameShare));
  const load = measureLoad(damages, baseline, unit);
  const reportedSaveSeconds = input.reportedSaveSeconds ?? null;
  const samples = samplesWithin(view.samples, window);
  const hiddenStatements = hasHidden(samples);
  const conclusion = conclude({
    missing,
    hurt,
    blame,
    findings,
    saving,
    load,
    hiddenStatements,
    reportedSaveSeconds,
    longestSaveMs: longestSaveMs(samples, catalog, unit),
  });
  return {
    ...window,
    conclusion,
    sentence: verdictSentence({
      window,
      timeZone: input.readerTimeZone ?? input.timeZone,
      conclusion,
      saving,
      damageSeconds,
      findings,
      unexplainedShare,
      load,
      reportedSaveSeconds,
      dashboardTitles: catalog.dashboardTitles,
      missing,
    }),
    damageSeconds,
    slowdown: saving.slowdown,
    baselineMeanMs: saving.baselineMeanMs,
    meanMs: saving.meanMs,
    baselineP95Ms: saving.baselineP95Ms,
    p95Ms: saving.p95Ms,
    saves: saving.saves,
    findings,
    victims: hurtMost.slice(0, mostVictims),
    ...(moreVictims > 0 ? { moreVictims } : {}),
    unexplainedShare,
    badges: qualityBadges({
      window,
      intervals,
      view,
      baseline,
      cores,
      victims: hurtMost,
      workGrowth: saving.workGrowth,
      statisticsAvailable: input.statisticsAvailable,
      hiddenStatements,
    }),
  };
}

interface Evidence {
  readonly damages: readonly IntervalDamage[];
  readonly baseline: Baseline;
  readonly view: HistoryView;
  readonly input: DiagnosisInput;
  readonly damageSeconds: number;
}

/** Why no verdict is possible, ending in what to do; null when one is. */
function whatIsMissing({ damages, baseline, view, input, damageSeconds }: Evidence): string | null {
  if (input.rawIsGone) {
    return 'raw samples are kept for 48 hours and of this window only minutes or hours are left, choose a later one';
  }
  if (damages.length === 0) return 'nothing was sampled in this window, choose one inside the stored history';
  if (samplesWithin(view.samples, input).length < 2)
    return 'fewer than two activity samples lie in it, choose a longer window';
  if (baseline.origin === 'none') {
    return 'there is no quiet stretch to compare with, keep sampling through a quiet quarter of an hour';
  }
  const calls = sum(damages.map((damage) => damage.calls));
  if (input.statisticsAvailable && calls < fewestCalls && damageSeconds < 1) {
    return 'hardly any OLTP statement ran in it, choose a window in which people worked';
  }
  return null;
}

/** Quiet times have some damage by this measure too: half of all means lie above the median. */
function isDamage(damages: readonly IntervalDamage[], baseline: Baseline, studied: Study): boolean {
  const waiting = sum(damages.map(({ seconds }) => seconds));
  const seconds = sum(damages.map(({ interval, part }) => interval.seconds * part));
  const always = { fromMs: -Infinity, toMs: Infinity };
  const noise = ratio(measureDamage(baseline.intervals, always, baseline, studied));
  const least = Math.max(leastExcess, Number.isFinite(noise) ? 2 * noise : 0);
  return waiting / seconds >= leastWaiting && ratio(damages) >= least;
}

const hasHidden = (samples: HistoryView['samples']): boolean =>
  samples.some(({ rows }) => rows.some(({ statementId, use }) => use !== null && statementId === null));
