import { formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatTimes } from '../../../shared/format/ratio.ts';
import { formatClock, formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { isUntold } from './conclude.ts';
import { sum } from './damage.ts';
import type { TimeWindow } from './input.ts';
import type { OltpLoad } from './oltp-load.ts';
import { refreshedModel } from './own-refresh.ts';
import type { SavingSummary } from './saving-summary.ts';

export interface SentenceFacts {
  readonly window: TimeWindow;
  readonly timeZone: string;
  readonly conclusion: Verdict['conclusion'];
  readonly saving: SavingSummary;
  readonly damageSeconds: number;
  readonly findings: readonly Finding[];
  readonly unexplainedShare: number;
  readonly load: OltpLoad;
  readonly reportedSaveSeconds: number | null;
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
  const { saving, findings, unexplainedShare } = facts;
  const between = `Between ${clock(facts.window.fromMs, facts)} and ${clock(facts.window.toMs, facts)}`;
  const unexplained = `${percent(unexplainedShare)} stays unexplained`;
  switch (facts.conclusion) {
    case 'not_enough_data':
      return `${between} there is not enough data for a verdict: ${facts.missing ?? 'nothing is stored'}.`;
    case 'no_damage':
      return noDamage(between, saving);
    case 'own_work':
      return `${between} ${slower(facts)}, because each one does ${formatTimes(saving.workGrowth ?? 1)} as much work itself: nobody held it up.`;
    case 'surge':
      return `${between} ${slower(facts)}, while ${formatTimes(facts.load.arrivalGrowth ?? 1)} as many ${counted(saving)} as usual arrived: the rush itself filled the server, and no report did.`;
    case 'outside':
      return `${between} ${slower(facts)}, waiting for a machine that PostgreSQL did not fill: look at other programs on this host, at the virtual machine's share of it, and at the program that saves.`;
    case 'not_the_database':
      return notTheDatabase(between, facts);
    case 'not_identifiable':
      return `${between} ${slower(facts)}; ${suspect(findings.filter(isUntold))} runs at the same time of every day, so it cannot be told from whatever else happens then: run the experiment.`;
    case 'suspicion':
      return `${between} ${slower(facts)}; it goes with ${suspect(findings.filter(({ grade }) => grade === 'C'))}, which is a suspicion and no proof; ${unexplained}.`;
    case 'unexplained':
      return `${between} ${slower(facts)}; no sampled statement accounts for it: ${percent(unexplainedShare)} of the damage stays unexplained.`;
    case 'culprits':
      return `${between} ${slower(facts)}; ${culprits(facts)}; ${unexplained}.`;
  }
}

const counted = ({ unit }: SavingSummary): string => (unit.kind === 'saves' ? 'saves' : 'OLTP calls');

function notTheDatabase(between: string, { saving, reportedSaveSeconds }: SentenceFacts): string {
  const reported = formatDuration((reportedSaveSeconds ?? 0) * 1000);
  const where = 'it is not the database; look at the ERP’s own workers, the connection pooler and the network';
  if (saving.meanMs === null)
    return `${between} no save waited in PostgreSQL, where people report ${reported}: ${where}.`;
  const slowest = saving.p95Ms === null ? '' : ` (95 of 100 below ${formatDuration(saving.p95Ms)})`;
  return `${between} ${subject(saving)} took ${formatDuration(saving.meanMs)} in PostgreSQL${slowest}, where people report ${reported}: ${where}.`;
}

/** The weightiest of those that are suspected, by its first words. */
function suspect([first]: readonly Finding[]): string {
  if (first === undefined) throw new Error('a suspicion without a suspect');
  if (first.members.length > 0)
    return `${formatCounted(first.members.length + 1, 'statement')} that always run together`;
  const readModel = refreshedModel(first.statement);
  if (readModel !== null) return `Daybreak’s own refresh of ${readModel}`;
  const words = (first.statement.text ?? `statement ${first.statement.statementId}`).replace(/\s+/g, ' ').trim();
  return `“${words.length > 60 ? `${words.slice(0, 59)}…` : words}”`;
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
  if (slowdown !== null && slowdown < 1) {
    const mean = `on average ${subject(saving)} took no longer (${numbers(saving)})`;
    return `some sessions waited ${waited} longer than usual in total, though ${mean}`;
  }
  if (slowdown === null || slowdown < 1.25) {
    return `sessions waited ${waited} longer than usual in total (${numbers(saving)})`;
  }
  return `${subject(saving)} took ${formatTimes(slowdown)} longer (${numbers(saving)})`;
}

/** Of the quiet times' mean: the quiet stretch was no quiet one, or the work has changed. */
const clearlyFaster = 0.8;

function noDamage(between: string, saving: SavingSummary): string {
  const { slowdown } = saving;
  if (slowdown === null) return `${between} no OLTP statement waited longer than usual: there is no damage to explain.`;
  const pace = slowdown < clearlyFaster ? 'faster than' : 'about as fast as';
  return `${between} ${subject(saving)} was ${pace} in quiet times (${numbers(saving)}): there is no damage to explain.`;
}

function culprits({ findings, dashboardTitles }: SentenceFacts): string {
  const proven = findings.filter(({ grade }) => grade === 'A' || grade === 'B');
  const share = percent(sum(proven.map(({ blameShare }) => blameShare)));
  const blamed = proven.flatMap(({ statement, members }) => [statement, ...members]);
  const refreshed = new Set(blamed.map(refreshedModel));
  if (blamed.length > 0 && !refreshed.has(null)) {
    return `${share} of the damage comes from Daybreak’s own refresh of ${[...refreshed].toSorted().join(' and ')}`;
  }
  const names = new Set(blamed.map((statement) => dashboardTitles.get(statement.widgetId ?? '') ?? null));
  const [dashboard] = names;
  const number = sum(proven.map(({ members }) => 1 + members.length));
  const queries = formatCounted(number, 'query', 'queries');
  if (names.size === 1 && dashboard != null)
    return `${share} of the damage comes from ${queries} of ${named(dashboard)}`;
  const locks = proven.every(({ evidence }) => evidence[0]?.kind === 'lock');
  const statements = formatCounted(number, 'statement');
  const together = proven.length === 1 && number > 1 ? ' that always run together' : '';
  return `${share} of the damage comes from ${locks ? `${statements} that held locks` : `${statements}${together}`}`;
}

/** "the executive dashboard", whether or not the title says that it is one. */
const named = (title: string): string =>
  /dashboard$/i.test(title) ? `the ${title.charAt(0).toLowerCase()}${title.slice(1)}` : `the dashboard “${title}”`;
