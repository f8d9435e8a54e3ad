import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatTimes } from '../../../../shared/format/ratio.ts';
import {
  calendarDaysBetween,
  dateTimeFormat,
  formatClock,
  formatClockSeconds,
  zonedTime,
} from '../../../../shared/format/zoned-time.ts';
import type { Verdict } from '../../../../shared/model/diagnosis.ts';
import { readStatementText } from '../../sql-text/statement-kind.ts';
import type { Measure, MeasuredWindow } from './window-measures.ts';

/** Share of the damage from which somebody is worth a word. */
const leastShare = 0.05;
/** Average sessions from which a report or an import that harmed nobody is worth one. */
const leastActivity = 0.1;
/** Below this, saving was about as fast as in quiet times; the verdict's own sentence has the same words. */
const leastSlowdown = 1.25;
/** Windows shorter than this need seconds to tell their ends apart. */
const shortWindowMs = 10 * 60_000;

/**
 * What changed between two mornings, in one sentence: "Saving took 13 times longer on Tuesday and 1.1 times on
 * Wednesday; 4 dashboard queries are gone, the import at 08:05 is new."
 */
export function comparisonSentence(before: MeasuredWindow, after: MeasuredWindow): string {
  // Who was not sampled did not go away.
  const unknown = [before, after].some(({ verdict }) => verdict.conclusion === 'not_enough_data');
  return unknown ? `${slowness(before, after)}.` : `${slowness(before, after)}; ${changes(before, after)}.`;
}

function slowness(before: MeasuredWindow, after: MeasuredWindow): string {
  const [first, second] = moments(before, after);
  const [one, two] = [before.verdict.slowdown, after.verdict.slowdown];
  const subject = before.countsSaves || after.countsSaves ? 'saving' : 'an OLTP statement';
  return sentenceCase(told());

  function told(): string {
    if (one !== null && two !== null && one >= leastSlowdown) {
      return `${subject} took ${formatTimes(one)} longer ${first} and ${formatTimes(two)} ${second}`;
    }
    if (one !== null && two !== null && two < leastSlowdown) {
      return `${subject} was about as fast as usual ${first} and ${second}`;
    }
    if (one !== null && two !== null) {
      return `${subject} was about as fast as usual ${first} and took ${formatTimes(two)} longer ${second}`;
    }
    return `${alone(before.verdict, first)}, and ${alone(after.verdict, second)}`;
  }

  function alone(verdict: Verdict, when: string): string {
    if (verdict.slowdown === null) return instead(verdict, when);
    if (verdict.slowdown < leastSlowdown) return `${subject} was about as fast as usual ${when}`;
    return `${subject} took ${formatTimes(verdict.slowdown)} longer ${when}`;
  }
}

/** Where nobody counted how often something was saved, or nothing is stored. */
function instead({ conclusion, damageSeconds }: Verdict, when: string): string {
  if (conclusion === 'not_enough_data') return `there is not enough data ${when}`;
  if (damageSeconds === 0) return `nobody waited longer than usual ${when}`;
  return `sessions waited ${formatDuration(damageSeconds * 1000)} longer than usual ${when}`;
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "on Tuesday" and "on Wednesday"; dates where a weekday could be another week's, clock times within one day. */
function moments(before: MeasuredWindow, after: MeasuredWindow): readonly [string, string] {
  const { timeZone } = after;
  const [one, two] = [before.verdict, after.verdict];
  const days = Math.abs(calendarDaysBetween(zonedTime(one.fromMs, timeZone), zonedTime(two.fromMs, timeZone)));
  const short = Math.min(one.toMs - one.fromMs, two.toMs - two.fromMs) < shortWindowMs;
  const clock = (atMs: number) => (short ? formatClockSeconds(atMs, timeZone) : formatClock(atMs, timeZone));
  const name = ({ fromMs, toMs }: Verdict): string => {
    if (days === 0) return `from ${clock(fromMs)} to ${clock(toMs)}`;
    if (days < 7) return `on ${dateTimeFormat('en-GB', { weekday: 'long', timeZone }).format(fromMs)}`;
    const year = days > 180 ? ({ year: 'numeric' } as const) : {};
    return `on ${dateTimeFormat('en-GB', { day: 'numeric', month: 'long', ...year, timeZone }).format(fromMs)}`;
  };
  return [name(one), name(two)];
}

interface Named {
  readonly measure: Measure;
  readonly noun: readonly [one: string, many: string];
}

function changes(before: MeasuredWindow, after: MeasuredWindow): string {
  const noticed = (one: MeasuredWindow, other: MeasuredWindow, seenInOther: boolean): [Measure, Measure | null][] =>
    [...one.measures]
      .filter(([key, measure]) => isNoticeable(measure) && other.measures.has(key) === seenInOther)
      .map(([key, measure]) => [measure, other.measures.get(key) ?? null]);
  const { timeZone } = after;
  const gone = noticed(before, after, false).map(([measure]) => measure);
  const fresh = noticed(after, before, false).map(([measure]) => measure);
  const both = noticed(before, after, true);
  const still = both.filter(([a, b]) => isAccused(a) && b !== null && isAccused(b)).map(([measure]) => measure);
  const harmless = both.filter(([a, b]) => isAccused(a) && b !== null && !isAccused(b)).map(([measure]) => measure);
  const clauses = [
    clause(gone, timeZone, 'is gone', 'are gone'),
    clause(fresh, timeZone, 'is new', 'are new'),
    clause(still, timeZone, 'is to blame both times', 'are to blame both times'),
    clause(harmless, timeZone, 'still runs and does no harm any more', 'still run and do no harm any more'),
  ].filter((text) => text !== null);
  return clauses.length === 0 ? 'nobody who could be blamed came or went' : clauses.join(', ');
}

const isAccused = ({ grade, blameShare }: Measure): boolean =>
  grade !== null && grade !== 'D' && blameShare >= leastShare;

const isNoticeable = (measure: Measure): boolean =>
  isAccused(measure) ||
  (measure.suspect &&
    measure.averageActiveSessions >= leastActivity &&
    !measure.statement.statementId.startsWith('backend:'));

/** "the import at 08:05 is new", "4 dashboard queries and 2 reports are gone"; null for nobody. */
function clause(measures: readonly Measure[], timeZone: string, one: string, many: string): string | null {
  const [only, second] = measures;
  if (only === undefined) return null;
  if (second === undefined) return `the ${noun(only)[0]} at ${formatClock(only.firstSeenAtMs, timeZone)} ${one}`;
  const named = measures.map((measure): Named => ({ measure, noun: noun(measure) }));
  const kinds = [...Map.groupBy(named, (entry) => entry.noun[0]).values()].toSorted((a, b) => b.length - a.length);
  const counted = kinds.map((entries) => {
    const [singular, plural] = entries[0]?.noun ?? ['statement', 'statements'];
    return `${entries.length} ${entries.length === 1 ? singular : plural}`;
  });
  const last = counted.pop() ?? '';
  return `${counted.length === 0 ? last : `${counted.join(', ')} and ${last}`} ${many}`;
}

/** What a person would call it. */
function noun({ statement }: Measure): readonly [string, string] {
  if (statement.widgetId !== null) return ['dashboard query', 'dashboard queries'];
  const { kind } = readStatementText(statement.text);
  if (kind === 'refresh') return ['refresh', 'refreshes'];
  switch (statement.class) {
    case 'reporting':
      return ['report', 'reports'];
    case 'batch':
      return /^\W*(insert|copy|merge)\b/i.test(statement.text ?? '')
        ? ['import', 'imports']
        : ['batch job', 'batch jobs'];
    case 'maintenance':
      return ['maintenance job', 'maintenance jobs'];
    case 'oltp':
    case 'mixed':
      return ['statement', 'statements'];
  }
}
