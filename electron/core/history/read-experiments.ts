import { experimentRecordSchema, type ExperimentRecord } from '../../../shared/model/experiment.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

const recordOf = ({ body }: { readonly body: string }): ExperimentRecord =>
  experimentRecordSchema.parse(JSON.parse(body));

export function createExperimentReader(prepare: Prepare) {
  return {
    /** Newest first. */
    experiments(serverId: string): ExperimentRecord[] {
      return prepare<{ body: string }>('select body from experiment where server_key = ? order by experiment_key desc')
        .all(knownServerKey(prepare, serverId))
        .map(recordOf);
    },
  };
}
