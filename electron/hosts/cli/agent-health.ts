import { formatDuration } from '../../../shared/format/duration.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import type { WatchingState } from '../../../shared/model/alerts.ts';
import type { SamplerStatus, ServerSummary } from '../../../shared/model/connection.ts';
import type { ScheduleOverview } from '../../../shared/model/schedule-view.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { value } from './known-server.ts';

/** How the agent is, by its engine's own account. */
export interface AgentHealth {
  readonly state: 'ok' | 'degraded';
  /** What is wrong, each in words; empty where nothing is. */
  readonly problems: readonly string[];
  readonly server: ServerSummary | null;
  readonly sampler: SamplerStatus | null;
  /** Null: it cannot be read just now. */
  readonly schedule: ScheduleOverview | null;
  /** How watching goes; null: it cannot be asked just now. */
  readonly watching: WatchingState | null;
}

/** The watchdog looks every minute. */
const lookIsOldMs = 5 * 60_000;
/** A sampler that lives looks every few seconds. */
const sampleIsOldMs = 60_000;

/** Asks the engine, whichever process it runs in. Never throws for what a server or an engine can refuse. */
export async function agentHealth(
  client: EngineClient,
  serverId: string | null,
  wish: {
    readonly refresh: boolean;
    readonly nowMs: number;
    /** This agent has seen a registry on this server. */
    readonly hadRegistry: boolean;
  },
): Promise<AgentHealth> {
  const none = { server: null, sampler: null, schedule: null, watching: null };
  if (serverId === null) return { state: 'degraded', problems: ['The server has not been reached yet.'], ...none };
  const problems: string[] = [];
  const ask = async <T>(question: () => Promise<T>): Promise<T | null> => {
    try {
      return await question();
    } catch (error) {
      if (!isFailure(error)) throw error;
      problems.push(error.value.message);
      return null;
    }
  };
  const server = await ask(async () => {
    const servers = value(await client.connections.list({}));
    return servers.find((one) => one.serverId === serverId) ?? null;
  });
  if (server !== null && server.state !== 'connected') {
    problems.push(server.notice ?? `${server.settings.label} is not connected.`);
  }
  const sampler = await ask(async () => value(await client.sampler.status({ serverId })));
  if (sampler !== null) {
    if (!sampler.running) problems.push('Nothing is sampled.');
    else if (sampler.lastSampleAtMs !== null && Math.abs(wish.nowMs - sampler.lastSampleAtMs) > sampleIsOldMs * 10) {
      problems.push(`The last sample is of ${new Date(sampler.lastSampleAtMs).toISOString()}.`);
    }
  }
  const connected = server?.state === 'connected';
  const schedule = connected ? await ask(async () => value(await client.schedule.overview({ serverId }))) : null;
  if (schedule !== null && wish.refresh) problems.push(...runnerProblems(schedule, wish.hadRegistry));
  const watching = await ask(async () => value(await client.alerts.watching({ serverId })));
  if (watching !== null) problems.push(...watchingProblems(watching, connected));
  return { state: problems.length === 0 ? 'ok' : 'degraded', problems, server, sampler, schedule, watching };
}

/** What keeps this agent from refreshing. Pure. */
export function runnerProblems(
  { runner, registry }: Pick<ScheduleOverview, 'runner' | 'registry'>,
  hadRegistry: boolean,
): readonly string[] {
  if (!runner.on) return ['No runner is on: nothing is refreshed by this agent.'];
  if (registry.state !== 'none') return runner.problem === null ? [] : [runner.problem];
  // A server without read models has nothing to refresh, and that is no trouble.
  if (!hadRegistry) return [];
  return [
    'The registry (schema daybreak) that was here is gone: nothing is refreshed any more. Restore it from a backup; where it was taken away on purpose, restart this agent.',
  ];
}

/** What is wrong with watching itself. Pure. */
export function watchingProblems(
  { lastRoundAgoMs, lastLookAgoMs, problem }: WatchingState,
  connected: boolean,
): readonly string[] {
  const why = problem === null ? '' : ` ${problem}`;
  if (lastRoundAgoMs === null) return ['Nothing is watched: nobody is told when numbers grow old.'];
  if (lastRoundAgoMs > lookIsOldMs)
    return [`The watchdog last came round ${formatDuration(lastRoundAgoMs)} ago.${why}`];
  if (!connected) return [];
  if (lastLookAgoMs === null) return problem === null ? [] : [`The server is not watched.${why}`];
  return lastLookAgoMs > lookIsOldMs
    ? [`The watchdog last looked at the server ${formatDuration(lastLookAgoMs)} ago.${why}`]
    : [];
}
