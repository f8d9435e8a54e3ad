import type { ExperimentRecord } from '../../../shared/model/experiment.ts';
import { measureMorning } from '../diagnosis/experiment/measure-morning.ts';
import type { History } from '../history/history.ts';

/** Quiet time before and after the watched part of the morning, to compare with. */
const quietBeforeMs = 2 * 3_600_000;
const quietAfterMs = 30 * 60_000;
/** Minutes are in the store this long after they ended. */
const settledMs = 2 * 60_000;

type Day = ExperimentRecord['days'][number];

const isOver = ({ toMs }: Day, nowMs: number): boolean => nowMs >= toMs + quietAfterMs + settledMs;

/** What stands in the way of measuring may pass: an engine that was off, minutes that are not summed up yet. */
const graceMs = 24 * 3_600_000;

/** Over and measured, or given up. */
export const isSettled = (day: Day, nowMs: number): boolean =>
  isOver(day, nowMs) && (day.measured !== null || isOver(day, nowMs - graceMs));

/**
 * Measures what can be measured and was not yet: mornings that are over and whose minutes are still stored. Answers
 * the same record when there was nothing to do.
 */
export async function measureDue(history: History, record: ExperimentRecord, nowMs: number): Promise<ExperimentRecord> {
  const due = record.days.filter((day) => day.measured === null && isOver(day, nowMs));
  if (record.state !== 'running' || due.length === 0) return record;
  const { serverId, statement } = record;
  const [statements, overrides, origins] = await Promise.all([
    history.samples.statements(serverId),
    history.samples.classOverrides(serverId),
    history.samples.origins(),
  ]);
  const days: Day[] = [];
  for (const day of record.days) {
    if (!due.includes(day)) {
      days.push(day);
      continue;
    }
    const { fromMs, toMs } = day;
    const minutes = await history.samples.rollups(serverId, 'minute', fromMs - quietBeforeMs, toMs + quietAfterMs);
    const { fingerprint, databaseName } = statement;
    const found = measureMorning({
      fromMs,
      toMs,
      statements,
      overrides,
      minutes,
      origins,
      fingerprint,
      databaseName,
    });
    days.push(typeof found === 'string' ? { ...day, problem: found } : { ...day, measured: found, problem: null });
  }
  return { ...record, days };
}
