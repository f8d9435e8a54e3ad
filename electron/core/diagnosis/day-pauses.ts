import type { DetailedRollup, StoredRollup } from '../history/history.ts';
import type { Catalog } from './catalog.ts';
import type { DiagnosisInput } from './input.ts';
import { saversOf } from './savers.ts';
import { pausesOfSaves } from './timeline-look.ts';

/** A minute of an earlier day; without who was seen in it nobody knows whose the time between statements was. */
export type DayMinute = StoredRollup & Partial<Pick<DetailedRollup, 'endedIdleMs' | 'seen'>>;

/** Time between the statements of saves in one of the given minutes, ms; null where it is not known. */
export type DayPauses = (minute: DayMinute) => number | null;

const nobody = { length: 0, pauses: new Float64Array(0), originIds: new Int32Array(0) };

/** For minutes of earlier days what `betweenTimes` is for intervals: the same unit, so that the two can be compared. */
export function pausesOfDays(
  { days = [], origins }: Pick<DiagnosisInput, 'days' | 'origins'>,
  catalog: Catalog,
): DayPauses {
  if (origins === undefined) return () => null;
  const isSaver = saversOf(catalog);
  const saves = new Uint8Array([...origins.keys()].reduce((largest, id) => Math.max(largest, id), 0) + 1);
  for (const [id, { databaseName, roleName }] of origins) saves[id] = Number(isSaver(databaseName, roleName));
  // What stood idle for long is booked a minute later, so every minute has its turn; few are asked who was seen in them.
  const withoutStanding = pausesOfSaves();
  const left = new Map<DayMinute, number | null>();
  for (const minute of days.toSorted((a, b) => a.fromMs - b.fromMs)) {
    left.set(minute, withoutStanding(bookingOf(minute), nobody, saves));
  }
  return (minute) => {
    const idleInTransactionMs = left.get(minute) ?? null;
    if (idleInTransactionMs === null || minute.seen === undefined) return null;
    const { pauses, originIds } = minute.seen;
    const booking = { ...bookingOf(minute), idleInTransactionMs, endedIdleMs: 0 };
    return pausesOfSaves()(booking, { length: pauses.length, pauses, originIds }, saves);
  };
}

const bookingOf = ({ fromMs, toMs, idleInTransactionMs, endedIdleMs = 0 }: DayMinute) => ({
  fromMs,
  toMs,
  idleInTransactionMs,
  endedIdleMs,
});
