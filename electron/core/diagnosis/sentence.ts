import { formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatTimes } from '../../../shared/format/ratio.ts';
import { formatClock, formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { sum } from './damage.ts';
import type { TimeWindow } from './input.ts';
import type { SavingSummary } from './saving-summary.ts';

export interface SentenceFacts {
  readonly window: TimeWindow;
  readonly timeZone: string;
  readonly conclusion: Verdict['conclusion'];
  readonly saving: SavingSummary;
  readonly damageSeconds: number;
  readonly findings: readonly Finding[];
  readonly unexplainedShare: number;
  readonly dashboardTitles: ReadonlyMap<string, string>;
  /** Why there is no verdict, and what to do; only for 'not_enough_data'. */
  readonly missing: string | null;
}

/** In a sentence, signs are words. */
const percent = (share: number): string => formatPercent(share).replace('> ', 'more than ').replace('< ', 'less than ');

/** Windows shorter than this need seconds to tell their ends apart. */
const shortWindowMs = 10 * 60_000;

/** The verdict for a meeting, in one sentence. */
export function verdictSentence(facts: SentenceFacts): string {
  const between = `Between ${clock(facts.window.fromMs, facts)} and ${clock(facts.window.toMs, facts)}`;
  switch (facts.conclusion) {
    case 'not_enough_data':
      return `${between} there is not enough data for a verdict: ${facts.missing ?? 'nothing is stored'}.`;
    case 'no_damage':
      return noDamage(between, facts.saving);
    case 'unexplained':
      return `${between} ${slower(facts)}; no sampled statement accounts for it: ${percent(facts.unexplainedShare)} of the damage stays unexplained.`;
    case 'culprits':
      return `${between} ${slower(facts)}; ${culprits(facts)}; ${percent(facts.unexplainedShare)} stays unexplained.`;
  }
}

function clock(atMs: number, { window, timeZone }: SentenceFacts): string {
  return window.toMs - window.fromMs < shortWindowMs ? formatClockSeconds(atMs, timeZone) : formatClock(atMs, timeZone);
}

const subject = ({ unit }: SavingSummary): string => (unit.kind === 'saves' ? 'saving' : 'an OLTP statement');

function numbers({ unit, saves, baselineMeanMs, meanMs }: SavingSummary): string {
  const count = formatCounted(saves, unit.kind === 'saves' ? 'save' : 'call');
  if (baselineMeanMs === null || meanMs === null) return count;
  const [before, after] = [formatDuration(baselineMeanMs), formatDuration(meanMs)];
  const [value, unitBefore] = before.split(' ');
  const sameUnit = after.split(' ').length === 2 && after.endsWith(` ${unitBefore}`);
  return `${sameUnit ? value : before} → ${after}, ${count}`;
}

function slower({ saving, damageSeconds }: SentenceFacts): string {
  const { slowdown, meanMs, unit } = saving;
  const waited = formatDuration(damageSeconds * 1000);
  // Without statistics nobody counted the calls: that is no standstill.
  if (meanMs === null && unit.kind === 'saves') return `saving stood still: sessions waited ${waited} in total`;
  if (meanMs === null) return `OLTP sessions waited ${waited} longer than usual in total`;
  if (slowdown === null || slowdown < 1.25) {
    return `sessions waited ${waited} longer than usual in total (${numbers(saving)})`;
  }
  return `${subject(saving)} took ${formatTimes(slowdown)} longer (${numbers(saving)})`;
}

function noDamage(between: string, saving: SavingSummary): string {
  const { slowdown, workGrowth } = saving;
  if (slowdown === null) return `${between} no OLTP statement waited longer than usual: there is no damage to explain.`;
  if (slowdown >= 1.25 && workGrowth !== null && workGrowth >= 1.2) {
    return `${between} ${subject(saving)} took ${formatTimes(slowdown)} longer (${numbers(saving)}), because each one does ${formatTimes(workGrowth)} as much work itself: nobody held it up.`;
  }
  return `${between} ${subject(saving)} was about as fast as in quiet times (${numbers(saving)}): there is no damage to explain.`;
}

function culprits({ findings, dashboardTitles }: SentenceFacts): string {
  const proven = findings.filter(({ grade }) => grade === 'A' || grade === 'B');
  const share = percent(sum(proven.map(({ blameShare }) => blameShare)));
  const names = new Set(proven.map(({ statement }) => dashboardTitles.get(statement.widgetId ?? '') ?? null));
  const [dashboard] = names;
  const queries = formatCounted(proven.length, 'query', 'queries');
  if (names.size === 1 && dashboard != null)
    return `${share} of the damage comes from ${queries} of ${named(dashboard)}`;
  const locks = proven.every(({ evidence }) => evidence[0]?.kind === 'lock');
  const statements = formatCounted(proven.length, 'statement');
  return `${share} of the damage comes from ${locks ? `${statements} that held locks` : statements}`;
}

/** "the executive dashboard", whether or not the title says that it is one. */
const named = (title: string): string =>
  /dashboard$/i.test(title) ? `the ${title.charAt(0).toLowerCase()}${title.slice(1)}` : `the dashboard “${title}”`;
