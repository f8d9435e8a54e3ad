/**
 * A plain engine in a process of its own, as the agent is one: connects to one server, samples it in the background and
 * stores. Started with the profile's folder and the settings as JSON and the password in the environment; answers
 * over IPC with the processor time of all its threads.
 */
import { createEngine } from '../../../electron/core/create-engine.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { SamplerMode } from '../../../shared/model/sampling.ts';

export type EngineRequest =
  { readonly ask: 'usage' | 'read' | 'stop' } | { readonly ask: 'mode'; readonly mode: SamplerMode };
export interface EngineAnswer {
  readonly processorMs: number;
  readonly statements: number;
  readonly ownCostPercent: number | null;
  readonly problem: string | null;
  readonly storedBytes: number;
}

const [profileDir, settingsText] = process.argv.slice(2);
if (profileDir === undefined || settingsText === undefined || process.send === undefined) {
  throw new Error('started by test/bench/sampler.ts');
}
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: console.error, error: console.error };
const ports = nodePorts({ paths: { profileDir, resourcesDir: 'resources' }, logger, door: 'bench' });
const engine = await createEngine(ports, { background: true });
const { serverId } = await engine.servers.save({
  settings: JSON.parse(settingsText) as ConnectionSettings,
  password: process.env['BENCH_PASSWORD'],
});
await engine.servers.connect(serverId, null);

const answer = async (): Promise<EngineAnswer> => {
  const { user, system } = process.cpuUsage();
  const { statements, ownCostPercent, problem, storedBytes } = await engine.servers.samplerStatus(serverId);
  return { processorMs: (user + system) / 1000, statements, ownCostPercent, problem, storedBytes };
};
process.on('message', (request: EngineRequest) => {
  void (async () => {
    if (request.ask === 'mode') (await engine.servers.sampler(serverId)).setMode(request.mode);
    if (request.ask === 'read') await (await engine.servers.sampler(serverId)).readNow();
    const found = await answer();
    if (request.ask === 'stop') {
      await engine.stop();
      process.disconnect();
    } else process.send?.(found);
  })();
});
process.send(await answer());
