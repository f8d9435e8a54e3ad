import type { EngineInfo } from '../../shared/model/engine.ts';
import type { Captures } from './captures/captures.ts';
import type { KnownServers } from './connections/known-servers.ts';
import type { DashboardService } from './dashboards/dashboard-service.ts';
import type { DemoService } from './demo/demo-service.ts';
import type { Experiments } from './experiments/experiments.ts';
import type { ExplainService } from './explain/explain-service.ts';
import type { IndexAdviceService } from './index-advice/index-advice-service.ts';
import type { Mornings } from './mornings/mornings.ts';
import type { OpenFindings } from './mornings/open-findings.ts';
import type { Events } from './events.ts';
import type { History } from './history/history.ts';
import type { Ports } from './ports.ts';
import type { ReadModelDefinitions } from './read-model/definitions/definitions-service.ts';
import type { ReadModelLifecycle } from './read-model/lifecycle-service.ts';
import type { ReadModelService } from './read-model/read-model-service.ts';

/** What the composition root puts together and `api/` exposes. */
export interface Engine {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
  readonly servers: KnownServers;
  readonly demo: DemoService;
  readonly mornings: Mornings;
  readonly experiments: Experiments;
  readonly openFindings: OpenFindings;
  readonly explain: ExplainService;
  readonly indexAdvice: IndexAdviceService;
  readonly readModels: ReadModelService;
  readonly lifecycle: ReadModelLifecycle;
  readonly definitions: ReadModelDefinitions;
  readonly dashboards: DashboardService;
  readonly captures: Captures;
  info(): EngineInfo;
}
