import { addDays } from '../../../../shared/format/period-days.ts';
import type { DayBeginnings } from '../../history/model-rows.ts';
import { dayUs } from './printed-moment.ts';

const secondUs = 1_000_000n;

/** When a day begins in the zone, as the server has it, microseconds; null outside of what is known. */
function beginUs({ first, last, shifts }: DayBeginnings, day: string): bigint | null {
  if (day < first || day > last) return null;
  const shift = shifts.findLast(({ from }) => from <= day);
  return shift === undefined ? null : dayUs(day) - BigInt(shift.offsetSeconds) * secondUs;
}

export interface MomentBounds {
  readonly fromUs: bigint;
  /** Not in it any more. */
  readonly beforeUs: bigint;
}

/**
 * The half-open bounds of a period as moments, for rows whose moments are `momentsUs`. A day outside of what is known is
 * as good as the first or last known one where no row lies beyond that. Null where one does.
 */
export function periodBounds(
  beginnings: DayBeginnings,
  { from, before }: { readonly from: string; readonly before: string },
  momentsUs: readonly bigint[],
): MomentBounds | null {
  const [firstUs, lastUs] = [beginUs(beginnings, beginnings.first), beginUs(beginnings, beginnings.last)];
  if (firstUs === null || lastUs === null) return null;
  const bound = (day: string): bigint | null => {
    if (day < beginnings.first) return momentsUs.some((us) => us < firstUs) ? null : firstUs;
    if (day > beginnings.last) return momentsUs.some((us) => us >= lastUs) ? null : lastUs;
    return beginUs(beginnings, day);
  };
  const [fromUs, beforeUs] = [bound(from), bound(before)];
  return fromUs === null || beforeUs === null ? null : { fromUs, beforeUs };
}

/** What is known beyond the days that rows lie on: the zone of a moment is at most a day away from UTC. */
const marginDays = 2;

/** So far from now the beginnings of days are worth to be known: a '9999-12-31' that means "open" is not. */
const reachDays = { back: 60 * 366, ahead: 20 * 366 } as const;

/** The days whose beginnings have to be known to tell the periods of these moments. */
export function daysAround(
  momentsUs: readonly bigint[],
  today: string,
): { readonly first: string; readonly last: string } {
  const [earliest, latest] = [addDays(today, -reachDays.back), addDays(today, reachDays.ahead)];
  const within = (day: string): string => (day < earliest ? earliest : day > latest ? latest : day);
  const [firstUs, lastUs] = momentsUs.reduce<readonly [bigint, bigint]>(
    ([least, most], us) => [us < least ? us : least, us > most ? us : most],
    [momentsUs[0] ?? dayUs(today), momentsUs[0] ?? dayUs(today)],
  );
  return { first: within(dayOf(firstUs, -marginDays)), last: within(dayOf(lastUs, marginDays)) };
}

/** The day of a moment in UTC, so many days on; of years that no calendar of ours writes, their first or last day. */
function dayOf(us: bigint, days: number): string {
  const day = Number(us / secondUs) / 86_400 + days;
  if (day < epochDay(firstDay)) return firstDay;
  return day > epochDay(lastDay) ? lastDay : addDays('1970-01-01', Math.floor(day));
}

const [firstDay, lastDay] = ['0001-01-01', '9999-12-31'] as const;
const epochDay = (day: string): number => Number(dayUs(day) / secondUs) / 86_400;
