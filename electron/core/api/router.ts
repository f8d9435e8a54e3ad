import type { Engine } from '../engine.ts';
import { activityApi } from './activity.ts';
import { connectionsApi } from './connections.ts';
import { dashboardsApi } from './dashboards.ts';
import { demoApi } from './demo.ts';
import { experimentsApi } from './experiments.ts';
import { explainApi } from './explain.ts';
import { historyApi } from './history.ts';
import { os } from './implementer.ts';
import { indexesApi } from './indexes.ts';
import { morningsApi } from './mornings.ts';
import { readModelsApi } from './read-models.ts';
import { samplerApi } from './sampler.ts';
import { systemApi } from './system.ts';

export type EngineRouter = ReturnType<typeof createRouter>;

/** Every procedure of the contract, implemented; checked to be complete by the type of `os.router`. */
export const createRouter = (engine: Engine) =>
  os.router({
    system: systemApi(engine),
    connections: connectionsApi(engine),
    demo: demoApi(engine),
    sampler: samplerApi(engine),
    mornings: morningsApi(engine),
    readModels: readModelsApi(engine),
    dashboards: dashboardsApi(engine),
    activity: activityApi(engine),
    explain: explainApi(engine),
    indexes: indexesApi(engine),
    experiments: experimentsApi(engine),
    history: historyApi(engine),
  });
