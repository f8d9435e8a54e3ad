import type { ExperimentRecord } from '../../../shared/model/experiment.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

export function createExperimentWriter(prepare: Prepare) {
  return {
    saveExperiment(record: ExperimentRecord): void {
      prepare(
        `insert into experiment (experiment_id, server_key, body) values (?, ?, ?)
         on conflict (experiment_id) do update set body = excluded.body`,
      ).run(record.experimentId, serverKeyOf(prepare, record.serverId), JSON.stringify(record));
    },
  };
}
