import type { StatementGroup } from '../catalog.ts';
import type { TimeWindow } from '../input.ts';
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

interface Run {
  readonly startMs: number;
  readonly lastSeenMs: number;
}

/**
 * What a suspect did and when, by blocks (else rows, else calls); null where nothing of it was booked or seen to begin.
 * Time active tells who was slow as well as who made others slow; work done does not stretch when a disk is slow.
 *
 * The books have a run in the interval of its end, so it is spread over the mean length of a run before it. What
 * still runs at the end of the history, or was cancelled, has done its part, though no book says so. And what is never
 * booked is counted by the runs that samples saw begin, each with the median length instead of its own.
 */
export function workDone(group: StatementGroup, studied: Study): WorkDone | null {
  const booked = studied.intervals.flatMap((interval) => {
    const own = interval.booked.get(group);
    return own === undefined || own.calls === 0 ? [] : [{ interval, own }];
  });
  if (booked.length === 0) return workOfRuns(group, studied);
  const total = (value: (own: (typeof booked)[number]['own']) => number) =>
    booked.reduce((sum, { own }) => sum + value(own), 0);
  const calls = total((own) => own.calls);
  const unit = total((own) => own.blocks) > 0 ? 'blocks' : total((own) => own.rows) > 0 ? 'rows' : 'calls';
  const spans = booked.map(({ interval, own }) => ({
    fromMs: interval.fromMs - own.execMs / own.calls,
    toMs: interval.toMs,
    amount: own[unit],
  }));
  const usualMs = total((own) => own.execMs) / calls;
  const perCall = total((own) => own[unit]) / calls;
  const seen = unbooked(
    group,
    studied,
    booked.map(({ interval }) => interval),
    { usualMs, perCall },
  );
  return { unit, spans: [...spans, ...seen] };
}

/** Runs that were seen, but that no interval booked around the time when they were last seen. */
function unbooked(
  group: StatementGroup,
  studied: Study,
  booked: readonly TimeWindow[],
  { usualMs, perCall }: { readonly usualMs: number; readonly perCall: number },
): WorkSpan[] {
  const reachMs = 2 * (studied.view.spacingMs ?? 1000);
  return runsSeen(group, studied)
    .filter(({ lastSeenMs }) => !booked.some(({ fromMs, toMs }) => toMs > lastSeenMs && fromMs < lastSeenMs + reachMs))
    .map(({ startMs, lastSeenMs }) => {
      const lengthMs = Math.max(1, lastSeenMs - startMs);
      return {
        fromMs: startMs,
        toMs: startMs + lengthMs,
        amount: perCall * Math.min(1, lengthMs / Math.max(1, usualMs)),
      };
    });
}

function workOfRuns(group: StatementGroup, studied: Study): WorkDone | null {
  const runs = runsSeen(group, studied);
  if (runs.length === 0) return null;
  const ordered = runs.map(({ startMs, lastSeenMs }) => lastSeenMs - startMs).toSorted((a, b) => a - b);
  const usualMs = Math.max(studied.view.spacingMs ?? 1000, ordered[ordered.length >> 1] ?? 0);
  const spans = runs.map(({ startMs }) => ({ fromMs: startMs, toMs: startMs + usualMs, amount: 1 }));
  return { unit: 'runs', spans };
}

function runsSeen(group: StatementGroup, { view, catalog }: Study): Run[] {
  const runs = new Map<string, Run>();
  for (const { atMs, rows } of view.samples) {
    for (const { statementId, row, use } of rows) {
      if (use === null || row.leaderPid !== null || row.queryStartMs === null) continue;
      if (catalog.groupOf(statementId) !== group) continue;
      runs.set(`${row.pid} ${row.queryStartMs}`, { startMs: row.queryStartMs, lastSeenMs: atMs });
    }
  }
  return [...runs.values()];
}

/** Executions that were booked, or that samples saw, whichever are more. */
export function executionsOf(group: StatementGroup, studied: Study): number {
  const calls = studied.intervals.reduce((sum, { booked }) => sum + (booked.get(group)?.calls ?? 0), 0);
  return Math.max(calls, runsSeen(group, studied).length);
}
