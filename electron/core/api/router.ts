import type { Router } from '@orpc/server';
import type { Contract } from '../../../shared/contract/index.ts';
import type { Engine } from '../engine.ts';
import { activityApi } from './activity.ts';
import { alertsApi } from './alerts.ts';
import { connectionsApi } from './connections.ts';
import { dashboardsApi } from './dashboards.ts';
import { demoApi } from './demo.ts';
import { experimentsApi } from './experiments.ts';
import { explainApi } from './explain.ts';
import { historyApi } from './history.ts';
import { os } from './implementer.ts';
import { indexesApi } from './indexes.ts';
import { morningsApi } from './mornings.ts';
import { offlineCacheApi } from './offline-cache.ts';
import { readModelsApi } from './read-models.ts';
import { samplerApi } from './sampler.ts';
import { scheduleApi } from './schedule.ts';
import { systemApi } from './system.ts';

/** Named, since the type that it would be inferred as is too long to be written down. */
export type EngineRouter = Router<Contract, Record<never, never>>;

/** Every procedure of the contract, implemented; checked to be complete by the type of `os.router`. */
export const createRouter = (engine: Engine): EngineRouter =>
  os.router({
    system: systemApi(engine),
    connections: connectionsApi(engine),
    demo: demoApi(engine),
    sampler: samplerApi(engine),
    mornings: morningsApi(engine),
    readModels: readModelsApi(engine),
    schedule: scheduleApi(engine),
    dashboards: dashboardsApi(engine),
    activity: activityApi(engine),
    alerts: alertsApi(engine),
    explain: explainApi(engine),
    indexes: indexesApi(engine),
    experiments: experimentsApi(engine),
    history: historyApi(engine),
    offlineCache: offlineCacheApi(engine),
  });
