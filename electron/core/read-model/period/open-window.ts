import { twoDigits, zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { Grain, Period } from '../../../../shared/model/period.ts';

/**
 * First day (yyyy-mm-dd, in the period's zone) of the periods that are dirty by default: those that were open when the
 * data was last read, and all since. `lastReadMs` is the copy's as-of, so that a laptop that slept for a quarter misses
 * nothing that was posted meanwhile into what was open then. Both moments on the server's clock, ms since 1970. Throws
 * RangeError for a zone that is not known.
 */
export function openFrom(period: Period, lastReadMs: number, nowMs: number): string {
  const today = zonedTime(Math.min(lastReadMs, nowMs), period.timeZone);
  return dayText(stepBack(beginningOf(today, period.grain), period.grain, period.openPeriods - 1));
}

interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

function beginningOf({ year, month, day }: Day, grain: Grain): Day {
  switch (grain) {
    case 'day':
      return { year, month, day };
    case 'week': {
      const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
      return normal({ year, month, day: day - ((weekday + 6) % 7) });
    }
    case 'month':
      return { year, month, day: 1 };
    case 'quarter':
      return { year, month: month - ((month - 1) % 3), day: 1 };
    case 'year':
      return { year, month: 1, day: 1 };
  }
}

function stepBack({ year, month, day }: Day, grain: Grain, count: number): Day {
  switch (grain) {
    case 'day':
      return normal({ year, month, day: day - count });
    case 'week':
      return normal({ year, month, day: day - 7 * count });
    case 'month':
      return normal({ year, month: month - count, day });
    case 'quarter':
      return normal({ year, month: month - 3 * count, day });
    case 'year':
      return { year: year - count, month, day };
  }
}

/** Days and months may lie outside of their range. */
function normal({ year, month, day }: Day): Day {
  const at = new Date(Date.UTC(year, month - 1, day));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

const dayText = ({ year, month, day }: Day): string =>
  `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
