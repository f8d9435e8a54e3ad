import type { Experiment, ExperimentRecord } from '../../../shared/model/experiment.ts';
import { brokenArms } from '../diagnosis/experiment/arms.ts';
import { countedDays, experimentResult, liveExposure } from '../diagnosis/experiment/result.ts';
import type { EndedExperiment } from '../diagnosis/input.ts';

/** What is known of each day: measured, left out, or still ahead. */
export function daysOf({ days }: Pick<ExperimentRecord, 'days'>): Experiment['days'] {
  const broken = brokenArms(
    days.map(({ arm, measured }) => ({ arm, exposure: measured?.exposure ?? null, saves: measured?.saves ?? null })),
  );
  return days.map(({ day, arm, measured, problem, decision }, index) => ({
    day,
    arm,
    damagePerSaveMs: measured?.damagePerSaveMs ?? null,
    saves: measured?.saves ?? null,
    exposure: measured?.exposure ?? null,
    excluded: excludedBy(decision, measured === null ? problem : null, broken[index] ?? null),
  }));
}

type Decision = ExperimentRecord['days'][number]['decision'];

function excludedBy(decision: Decision, problem: string | null, broken: string | null): string | null {
  if (decision?.counts === false) return decision.reason ?? 'left out';
  // The person may take in a morning whose arm did not hold, but not one that nobody measured.
  return problem ?? (decision?.counts === true ? null : broken);
}

/** Half a result invites to stop when it looks good, and then p means nothing: it is told when the experiment ended. */
export const resultOf = (record: ExperimentRecord): Experiment['result'] =>
  record.state === 'ended' ? experimentResult(daysOf(record), record.seed, isEndedEarly(record)) : null;

/** A morning that is over is measured or has a problem: one with neither had still to come. */
const isEndedEarly = ({ state, days }: Pick<ExperimentRecord, 'state' | 'days'>): boolean =>
  state === 'ended' && days.some(({ measured, problem }) => measured === null && problem === null);

export function describeExperiment(record: ExperimentRecord): Experiment {
  const { experimentId, serverId, statement, fromMinute, toMinute, timeZone, state, result } = record;
  return {
    experimentId,
    serverId,
    statement,
    fromMinute,
    toMinute,
    timeZone,
    // Who sees what a morning took while it may still be left out chooses the result.
    days: daysOf(record).map((day) => (state === 'running' ? { ...day, damagePerSaveMs: null } : day)),
    state,
    endedEarly: isEndedEarly(record),
    result,
  };
}

/** For `DiagnosisInput.experiments`, in the order of the records. */
export function endedExperiments(records: readonly ExperimentRecord[]): EndedExperiment[] {
  return records.flatMap((record) => {
    const { state, result, statement } = record;
    if (state !== 'ended' || result === null) return [];
    const days = daysOf(record);
    const { live, without } = countedDays(days);
    return [
      {
        fingerprint: statement.fingerprint,
        databaseName: statement.databaseName,
        effectMs: result.effectMs,
        liveExposure: liveExposure(days),
        interval: result.interval,
        p: result.p,
        liveDays: live.length,
        withoutDays: without.length,
        endedEarly: isEndedEarly(record),
      },
    ];
  });
}
