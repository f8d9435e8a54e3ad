import type { StatementGroup } from '../catalog.ts';
import type { TimeWindow } from '../input.ts';
import type { Booked } from '../booked.ts';
import type { Interval } from '../intervals.ts';
import type { Study } from '../study.ts';

/** Work that was done somewhere within a span of time. */
export interface WorkSpan extends TimeWindow {
  readonly amount: number;
}

export type WorkUnit = 'blocks' | 'rows' | 'calls' | 'runs';

export interface WorkDone {
  readonly unit: WorkUnit;
  readonly spans: readonly WorkSpan[];
}

/** What a suspect did in the raw history. */
export interface Done {
  /** Null where nothing of it was booked or seen to begin. */
  readonly work: WorkDone | null;
  /** Executions that were booked, or that samples saw, whichever are more. */
  readonly executions: number;
}

interface Run {
  readonly startMs: number;
  lastSeenMs: number;
}

interface BookedInterval {
  readonly interval: Interval;
  readonly own: Booked;
}

/**
 * What suspects did and when, by blocks (else rows, else calls). Time active tells who was slow as well as who made
 * others slow; work done does not stretch when a disk is slow.
 *
 * The books have a run in the interval of its end, so it is spread over the mean length of a run before it. What
 * still runs at the end of the history, or was cancelled, has done its part, though no book says so. And what is never
 * booked is counted by the runs that samples saw begin, each with the median length instead of its own.
 */
export function workDone(suspects: readonly StatementGroup[], studied: Study): Map<StatementGroup, Done> {
  const runsOf = runsSeen(suspects, studied);
  const spacingMs = studied.view.spacingMs ?? 1000;
  return new Map(
    suspects.map((group) => {
      const runs = runsOf.get(group) ?? [];
      const booked = studied.intervals.flatMap((interval): BookedInterval[] => {
        const own = interval.booked.get(group);
        return own === undefined || own.calls === 0 ? [] : [{ interval, own }];
      });
      const work = booked.length > 0 ? workOfBooks(booked, runs, spacingMs) : workOfRuns(runs, spacingMs);
      return [group, { work, executions: Math.max(runs.length, total(booked, 'calls')) }];
    }),
  );
}

const total = (booked: readonly BookedInterval[], what: 'calls' | 'execMs' | 'blocks' | 'rows'): number =>
  booked.reduce((sum, { own }) => sum + own[what], 0);

function workOfBooks(booked: readonly BookedInterval[], runs: readonly Run[], spacingMs: number): WorkDone {
  const unit = total(booked, 'blocks') > 0 ? 'blocks' : total(booked, 'rows') > 0 ? 'rows' : 'calls';
  const spans = booked.map(({ interval, own }) => ({
    fromMs: interval.fromMs - own.execMs / own.calls,
    toMs: interval.toMs,
    amount: own[unit],
  }));
  const usualMs = Math.max(1, total(booked, 'execMs') / total(booked, 'calls'));
  const perCall = total(booked, unit) / total(booked, 'calls');
  const unbooked = runs.filter((run) => !isBooked(run, booked, 2 * spacingMs));
  const rest = unbooked.map(({ startMs, lastSeenMs }) => {
    const lengthMs = Math.max(1, lastSeenMs - startMs);
    return { fromMs: startMs, toMs: startMs + lengthMs, amount: perCall * Math.min(1, lengthMs / usualMs) };
  });
  return { unit, spans: [...spans, ...rest] };
}

/** Something was booked around the time when the run was last seen; intervals are in order. */
function isBooked({ lastSeenMs }: Run, booked: readonly BookedInterval[], reachMs: number): boolean {
  let low = 0;
  let high = booked.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((booked[middle]?.interval.toMs ?? Infinity) <= lastSeenMs) low = middle + 1;
    else high = middle;
  }
  return (booked[low]?.interval.fromMs ?? Infinity) < lastSeenMs + reachMs;
}

function workOfRuns(runs: readonly Run[], spacingMs: number): WorkDone | null {
  if (runs.length === 0) return null;
  const ordered = runs.map(({ startMs, lastSeenMs }) => lastSeenMs - startMs).toSorted((a, b) => a - b);
  const usualMs = Math.max(spacingMs, ordered[ordered.length >> 1] ?? 0);
  const spans = runs.map(({ startMs }) => ({ fromMs: startMs, toMs: startMs + usualMs, amount: 1 }));
  return { unit: 'runs', spans };
}

/** A session runs one statement at a time, so the last run of its process is the only one that can go on. */
function runsSeen(suspects: readonly StatementGroup[], { view, catalog }: Study): Map<StatementGroup, Run[]> {
  const found = new Map(suspects.map((group) => [group, { runs: [] as Run[], lastOf: new Map<number, Run>() }]));
  for (const { atMs, rows } of view.samples) {
    for (const { statementId, row, use } of rows) {
      if (use === null || row.leaderPid !== null || row.queryStartMs === null) continue;
      const group = catalog.groupOf(statementId);
      const own = group === null ? undefined : found.get(group);
      if (own === undefined) continue;
      const last = own.lastOf.get(row.pid);
      if (last?.startMs === row.queryStartMs) {
        last.lastSeenMs = atMs;
        continue;
      }
      const run = { startMs: row.queryStartMs, lastSeenMs: atMs };
      own.runs.push(run);
      own.lastOf.set(row.pid, run);
    }
  }
  return new Map([...found].map(([group, { runs }]) => [group, runs]));
}
