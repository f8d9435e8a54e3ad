import type { StoredRollup } from '../history/history.ts';
import { BookKeeper, flagsOf } from './booked.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { pausesOfDays, type DayMinute } from './day-pauses.ts';
import type { Cores, DiagnosisInput, TimeWindow } from './input.ts';
import { uncounted, type Interval } from './intervals.ts';
import { canBeBlamed, canSuffer } from './roles.ts';
import { clockOf } from './statistical/clock.ts';

/** Sessions of suspects, on average, up to which a minute counts as quiet; the same that wait for a lock. */
export const quietSessions = 0.3;
/** Sessions on the processors stay below this part of the cores while it is calm. */
export const calmLoad = 0.8;
/** Earlier or later than the incident by the clock. */
const reachMs = 30 * 60_000;
const fewestDays = 3;
const fewestMinutes = 20;
/**
 * Of each day this many minutes are looked at, evenly spaced: unpacking one costs as much as reading it. The latest days
 * come first, because last month's numbers describe another cache and another plan.
 */
const mostOfADay = 24;
const mostMinutes = 120;

/**
 * Quiet minutes of earlier days with the incident's weekday class (working day, weekend) and hour, as intervals without
 * samples; none where fewer than three days have any. What is slow every day at eight has no quiet minutes here.
 */
export function quietDays(
  input: Pick<DiagnosisInput, 'days' | 'origins' | 'calendar' | 'timeZone'>,
  incident: TimeWindow,
  catalog: Catalog,
  cores: Cores,
): Interval[] {
  const { days = [], calendar, timeZone } = input;
  if (days.length === 0) return [];
  const clock = clockOf(calendar, timeZone);
  const at = clock(incident.fromMs);
  const dayMs = calendar?.dayMs ?? 86_400_000;
  const spanMs = incident.toMs - incident.fromMs;
  const scaledReachMs = (reachMs * dayMs) / 86_400_000;
  const groups = groupsById(catalog);
  const books = new BookKeeper(catalog.groups);
  const suffers = flagsOf(catalog.groups, canSuffer);
  const pauses = pausesOfDays(input, catalog);
  const byDay = new Map<number, DayMinute[]>();
  for (const minute of days) {
    const moment = clock(minute.fromMs);
    if (moment.day === at.day || moment.weekend !== at.weekend || minute.samples === 0) continue;
    const sinceMs = moment.timeMs - at.timeMs;
    if (sinceMs < -scaledReachMs || sinceMs > spanMs + scaledReachMs) continue;
    if (minute.lockWaits > quietSessions || minute.onCpu > calmLoad * (cores.value ?? Infinity)) continue;
    const found = byDay.get(moment.day) ?? [];
    found.push(minute);
    byDay.set(moment.day, found);
  }
  const quiet: Interval[] = [];
  let daysFound = 0;
  for (const day of [...byDay.keys()].toSorted((a, b) => b - a)) {
    if (quiet.length >= mostMinutes) break;
    const found = evenly(byDay.get(day) ?? [], mostOfADay)
      .filter((minute) => suspectSessions(minute, groups) <= quietSessions)
      .map((minute) => intervalOf(minute, groups, books, pauses(minute)))
      .filter(({ booked }) => booked.some(suffers));
    if (found.length > 0) daysFound += 1;
    quiet.push(...found);
  }
  if (quiet.length < fewestMinutes || daysFound < fewestDays) return [];
  return quiet.toSorted((a, b) => a.fromMs - b.fromMs);
}

function evenly<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(most, all.length) }, (_, index) => all[Math.floor(index * step)]).filter(
    (one): one is T => one !== undefined,
  );
}

type GroupById = (statementId: number) => { readonly group: StatementGroup; readonly position: number } | null;

function groupsById(catalog: Catalog): GroupById {
  const known = new Map<number, ReturnType<GroupById>>();
  return (statementId) => {
    let found = known.get(statementId);
    if (found === undefined) {
      const group = catalog.groupOf(String(statementId));
      found = group === null ? null : { group, position: catalog.positionOf(group) };
      known.set(statementId, found);
    }
    return found;
  };
}

function suspectSessions({ statementIds, activeSessions }: StoredRollup, groups: GroupById): number {
  let sessions = 0;
  for (const [index, active] of activeSessions.entries()) {
    const known = active === 0 ? null : groups(statementIds[index] ?? 0);
    if (known !== null && canBeBlamed(known.group)) sessions += active;
  }
  return sessions;
}

function intervalOf(minute: DayMinute, groups: GroupById, books: BookKeeper, betweenMs: number | null): Interval {
  const { fromMs, toMs, resets, coverage, deallocs } = minute;
  const { statementIds, calls, execMs, sumSquaresMs2: squaresMs2, rows, blocks, tempBlocks } = minute;
  const positions = statementIds.map((statementId, index) => {
    const known = calls[index] === 0 ? null : groups(statementId);
    return known?.group.toplevel === true ? known.position : -1;
  });
  const booked = books.book(positions, { calls, execMs, squaresMs2, rows, blocks, tempBlocks, walBytes: null });
  const seconds = (toMs - fromMs) / 1000;
  return { ...uncounted, fromMs, toMs, seconds, booked, samples: [], deallocs, resets, coverage, betweenMs };
}
