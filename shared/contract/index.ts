import { activityContract } from './activity.ts';
import { alertsContract } from './alerts.ts';
import { connectionsContract } from './connections.ts';
import { dashboardsContract } from './dashboards.ts';
import { demoContract } from './demo.ts';
import { experimentsContract } from './experiments.ts';
import { explainContract } from './explain.ts';
import { historyContract } from './history.ts';
import { indexesContract } from './indexes.ts';
import { offlineCacheContract } from './offline-cache.ts';
import { morningsContract } from './mornings.ts';
import { readModelsContract } from './read-models.ts';
import { samplerContract } from './sampler.ts';
import { scheduleContract } from './schedule.ts';
import { systemContract } from './system.ts';

/** Every procedure and event of the product. One file a namespace, mirrored by `electron/core/api`. */
export const contract = {
  system: systemContract,
  connections: connectionsContract,
  demo: demoContract,
  sampler: samplerContract,
  mornings: morningsContract,
  readModels: readModelsContract,
  schedule: scheduleContract,
  dashboards: dashboardsContract,
  activity: activityContract,
  alerts: alertsContract,
  explain: explainContract,
  indexes: indexesContract,
  experiments: experimentsContract,
  history: historyContract,
  offlineCache: offlineCacheContract,
};
export type Contract = typeof contract;
