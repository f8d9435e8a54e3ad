import type { Experiment } from '../../shared/model/experiment.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

interface OnServer {
  readonly serverId: string;
}

/** Experiments of a server. */
export const experiments = createAsked(
  async ({ serverId }: OnServer, signal): Promise<readonly Experiment[]> =>
    unwrap(await client().experiments.list({ serverId }, { signal })).experiments,
);

export type ExperimentPlan = Parameters<ReturnType<typeof client>['experiments']['start']>[0];

async function thenReload(serverId: string, change: () => Promise<unknown>): Promise<void> {
  await change();
  await experiments.load({ serverId });
}

/** Draws which mornings run with the suspect and which without. Throws FailureError. */
export const startExperiment = (plan: ExperimentPlan): Promise<void> =>
  thenReload(plan.serverId, async () => unwrap(await client().experiments.start(plan)));

/** Leaves a day out of the result, or (null) takes it in again. Throws FailureError. */
export const excludeDay = ({ serverId, experimentId }: Experiment, day: string, reason: string | null): Promise<void> =>
  thenReload(serverId, async () => unwrap(await client().experiments.exclude({ serverId, experimentId, day, reason })));

/** Ends it with what was measured, or gives it up. Throws FailureError. */
export const endExperiment = ({ serverId, experimentId }: Experiment, state: 'ended' | 'abandoned'): Promise<void> =>
  thenReload(serverId, async () => unwrap(await client().experiments.end({ serverId, experimentId, state })));
