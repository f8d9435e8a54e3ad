import { zonedTime } from '../../../shared/format/zoned-time.ts';
import type { OpenFinding } from '../../../shared/model/diagnosis.ts';
import type { TimeWindow } from '../diagnosis/input.ts';

const minuteMs = 60_000;
const hourMinutes = 60;

/** Without a run for so many sampled minutes it is quiet, and after so many the old statement is gone. */
export const quietAfterMinutes = hourMinutes;
export const goneAfterMinutes = 24 * hourMinutes;
/** A day that was looked at for so long is a whole one: a shift. */
const wholeDayMinutes = 8 * hourMinutes;
/** Of the clock minutes in which it did its harm, the part that has to be looked at on that day. */
const clockPart = 0.9;

export interface FindingFacts {
  readonly dismissed: boolean;
  readonly lastRunAtMs: number | null;
  /** The worst window. */
  readonly window: TimeWindow;
  /** Minutes with a sample after the last run, all of them and (since the epoch, oldest first) those of the last weeks. */
  readonly sampledMinutes: number;
  readonly minutes: readonly number[];
  readonly timeZone: string;
}

/**
 * Whether a finding is still open (docs/decisions/0016): 'quiet' after a sampled hour without a run, 'gone' after 24
 * sampled hours, or after a whole comparable day: a later day of the same kind (weekday or weekend) that was sampled
 * for eight hours and at the clock time of the worst window. Minutes that nobody sampled never count.
 */
export function findingState(facts: FindingFacts): OpenFinding['state'] {
  if (facts.dismissed) return 'dismissed';
  if (facts.sampledMinutes >= goneAfterMinutes || hasComparableDay(facts)) return 'gone';
  return facts.sampledMinutes >= quietAfterMinutes ? 'quiet' : 'open';
}

function hasComparableDay({ minutes, window, lastRunAtMs, timeZone }: FindingFacts): boolean {
  if (minutes.length < wholeDayMinutes) return false;
  const localMinute = localMinutes(timeZone);
  const dayOf = (local: number): number => Math.floor(local / 1440);
  const clockOf = (local: number): number => local % 1440;
  const first = Math.floor(window.fromMs / minuteMs);
  const last = Math.max(first, Math.ceil(window.toMs / minuteMs) - 1);
  const clocks = new Set<number>();
  for (let minute = first; minute <= last && clocks.size < 1440; minute += 1) clocks.add(clockOf(localMinute(minute)));
  const weekend = isWeekend(dayOf(localMinute(first)));
  const lastRunDay = lastRunAtMs === null ? -Infinity : dayOf(localMinute(Math.floor(lastRunAtMs / minuteMs)));
  const days = Map.groupBy(minutes.map(localMinute), dayOf);
  return [...days].some(([day, sampled]) => {
    if (day <= lastRunDay || isWeekend(day) !== weekend || sampled.length < wholeDayMinutes) return false;
    const looked = new Set(sampled.map(clockOf));
    const covered = [...clocks].filter((clock) => looked.has(clock)).length;
    return covered >= clockPart * clocks.size;
  });
}

/** Days since 1970-01-01, a Thursday. */
const isWeekend = (day: number): boolean => [2, 3].includes(((day % 7) + 7) % 7);

/** Minutes on the wall clock since the epoch's midnight there; the zone is asked once a quarter of an hour, for it is slow. */
function localMinutes(timeZone: string): (minute: number) => number {
  const offsets = new Map<number, number>();
  return (minute) => {
    const quarter = Math.floor(minute / 15);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const atMs = quarter * 15 * minuteMs;
      const { year, month, day, hour, minute: local } = zonedTime(atMs, timeZone);
      offset = (Date.UTC(year, month - 1, day, hour, local) - atMs) / minuteMs;
      offsets.set(quarter, offset);
    }
    return minute + offset;
  };
}
