import type { GuardRecord, RecordedRun } from '../../shared/model/schedule-view.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

export interface RunsAsked {
  readonly serverId: string;
  /** On the server's clock, ms, rounded by who asks. */
  readonly fromMs: number;
  readonly readModel?: string | undefined;
  readonly limit: number;
  /** Asked again when this changes: something has run meanwhile. */
  readonly round: number;
}

export interface SeenRuns {
  readonly runs: readonly RecordedRun[];
  readonly decisions: readonly GuardRecord[];
}

const ask = async ({ serverId, fromMs, readModel, limit }: RunsAsked, signal: AbortSignal): Promise<SeenRuns> => {
  const wanted = { serverId, fromMs, limit, ...(readModel === undefined ? {} : { readModel }) };
  const [runs, decisions] = await Promise.all([
    client().schedule.runs(wanted, { signal }),
    client().schedule.guardDecisions(wanted, { signal }),
  ]);
  return { runs: unwrap(runs), decisions: unwrap(decisions) };
};

const keepsOnServer = (before: RunsAsked, next: RunsAsked) => before.serverId === next.serverId;

/** Runs behind the time axis: of all read models. */
export const axisRuns = createAsked(ask, { keeps: keepsOnServer });

/** Runs of the table, of one read model or of all. */
export const tableRuns = createAsked(ask, {
  keeps: (before, next) => keepsOnServer(before, next) && before.readModel === next.readModel,
});
