import type { Statement } from '../../../shared/model/statement.ts';
import { findBlocking } from './blocking.ts';
import { activityLine, bucketLength } from './exposure.ts';
import { samplesWithin } from './history-view.ts';
import type { DiagnosisInput, TimeWindow } from './input.ts';
import { savingTime } from './saves.ts';
import { study } from './study.ts';

/** What a finding shows when it is opened. */
export interface FindingDetail {
  /** [atMs, value] over all history that was handed in: the incident with what was before and after it. */
  readonly history: { activity: [number, number][]; oltpMeanMs: [number, number][] };
  /** Who was seen waiting behind a lock of the statement during the incident, the longest wait first. */
  readonly blocked: { statement: Statement; waitedSeconds: number }[];
}

const points = 240;

/** Empty for a statement that the history does not know. */
export function findingDetail(input: DiagnosisInput, statementId: string): FindingDetail {
  const { view, catalog, intervals, unit } = study(input);
  const group = catalog.groupOf(statementId);
  const window = whole(view.samples.map(({ atMs }) => atMs));
  if (group === null || window === null) return { history: { activity: [], oltpMeanMs: [] }, blocked: [] };
  const blocking = findBlocking(samplesWithin(view.samples, input), catalog).get(group);
  return {
    history: {
      activity: activityLine([group], view.samples, window, bucketLength(window, points, view.spacingMs), catalog),
      oltpMeanMs: intervals.flatMap((interval): [number, number][] => {
        const { saves, spentMs } = savingTime(interval, unit);
        return saves === 0 ? [] : [[(interval.fromMs + interval.toMs) / 2, spentMs / saves]];
      }),
    },
    blocked: [...(blocking?.waiters ?? [])]
      .map(([waiter, waitedSeconds]) => ({ statement: waiter.statement, waitedSeconds }))
      .toSorted(
        (a, b) => b.waitedSeconds - a.waitedSeconds || (a.statement.statementId < b.statement.statementId ? -1 : 1),
      ),
  };
}

function whole(moments: readonly number[]): TimeWindow | null {
  const [first] = moments;
  const last = moments.at(-1);
  return first === undefined || last === undefined ? null : { fromMs: first, toMs: last + 1 };
}
