import type { Logger } from '../../core/ports.ts';
import { listenOnLoopback, sendJson, sendText, type LoopbackServer } from '../http/loopback-server.ts';
import type { AgentHealth } from './agent-health.ts';
import { AgentMetrics } from './agent-metrics.ts';

/** `/healthz` and `/metrics` on 127.0.0.1 alone: what a monitoring of this machine asks. Reads only, and needs no token. */
export function openAgentDoor(
  port: number,
  logger: Logger,
  health: () => Promise<AgentHealth>,
): Promise<LoopbackServer> {
  const metrics = new AgentMetrics();
  return listenOnLoopback({
    port,
    portOption: '--listen, or "listen" of the configuration',
    logger,
    async handle(request, response, path) {
      if (request.method === 'POST') return sendText(response, 405, 'Only looking is possible here.');
      switch (path) {
        case '/healthz': {
          const found = await health();
          const { state, problems, server, sampler, schedule, watching } = found;
          return sendJson(response, state === 'ok' ? 200 : 503, {
            state,
            problems,
            server: server === null ? null : { label: server.settings.label, state: server.state },
            sampler: sampler === null ? null : { running: sampler.running, lastSampleAtMs: sampler.lastSampleAtMs },
            runner: schedule?.runner ?? null,
            registry: schedule?.registry ?? null,
            watching,
          });
        }
        case '/metrics': {
          const text = await metrics.text(await health());
          response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
          response.end(text);
          return;
        }
        default:
          return sendText(response, 404, 'There are /healthz and /metrics.');
      }
    },
  });
}
