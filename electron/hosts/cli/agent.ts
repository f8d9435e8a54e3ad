import { setTimeout as delay } from 'node:timers/promises';
import { isFailure } from '../../../shared/model/failure.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Logger } from '../../core/ports.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import { knownServer, value } from './known-server.ts';
import { carriesPassword } from './password-in-arguments.ts';
import type { Stop } from './stop.ts';

export interface AgentOptions {
  readonly url: string;
  /** False where it came from the environment. */
  readonly urlInArguments: boolean;
  readonly profile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
  /** How often it looks whether somebody samples still, ms. */
  readonly checkEveryMs?: number;
}

/** What ends a sampler for good is rare; until it is noticed, half a minute of a 48-hour history is missing. */
const defaultCheckEveryMs = 30_000;

/** `daybreak agent`: the engine without a window. Connects, samples into the profile, until it is stopped. */
export async function agent(options: AgentOptions): Promise<number> {
  const { url, urlInArguments, profile, logLevel, stop, checkEveryMs = defaultCheckEveryMs } = options;
  const logger = stderrLogger(logLevel);
  if (urlInArguments && carriesPassword(url))
    logger.warn({}, 'a password in the arguments stands in the process list; use PGPASSWORD or a passfile');
  const engine = await openCliEngine({ profile, door: 'agent', logger, background: true });
  try {
    while (!stop.signal.aborted) {
      const server = await connect(engine.client, url, stop.signal, logger);
      if (server === null) break;
      const { label, host, port, database } = server.settings;
      process.stdout.write(
        `Sampling ${label} (${host}:${port}/${database}) as ${server.facts?.roleName ?? 'unknown'}.\n`,
      );
      await idle(engine.client, server.serverId, checkEveryMs, stop.signal);
    }
    return 0;
  } catch (error) {
    // Whatever was under way is cut off by the stop.
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    await engine.close();
  }
}

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/** At boot the database may come up later than the agent, so what may pass is waited for. Null: stopped meanwhile. */
async function connect(
  client: EngineClient,
  url: string,
  signal: AbortSignal,
  logger: Logger,
): Promise<ServerSummary | null> {
  const password = process.env['PGPASSWORD'];
  let serverId: string | null = null;
  for (let delayMs = firstRetryMs; !signal.aborted; delayMs = Math.min(delayMs * 2, longestRetryMs)) {
    try {
      serverId ??= await knownServer(client, url);
      return value(await client.connections.connect({ serverId, ...(password ? { password } : {}) }, { signal }));
    } catch (error) {
      if (!isFailure(error)) throw error;
      const { code, retryable } = error.value;
      if (!retryable && code !== 'host_unreachable') throw error;
      // Another engine takes over, and has not been told the password of the URL.
      if (code === 'not_available') serverId = null;
      logger.warn({ code, delayMs }, error.message);
      await pause(delayMs, signal);
    }
  }
  return null;
}

/**
 * Resolves when nobody samples this server any more, or at a stop. The engine may belong to a window, which is closed
 * some day: the next question finds no engine, and makes this process the one that becomes it.
 */
async function idle(client: EngineClient, serverId: string, everyMs: number, signal: AbortSignal): Promise<void> {
  do await pause(everyMs, signal);
  while (!signal.aborted && (await isCaredFor(client, serverId, signal)));
}

/** Whether the server is sampled, or its engine tries to get it back by itself. */
async function isCaredFor(client: EngineClient, serverId: string, signal: AbortSignal): Promise<boolean> {
  try {
    if (value(await client.sampler.status({ serverId }, { signal })).running) return true;
    const server = value(await client.connections.list({}, { signal })).find((one) => one.serverId === serverId);
    return server?.state === 'lost' || server?.state === 'connecting';
  } catch (error) {
    if (!isFailure(error) || !error.value.retryable) throw error;
    // Any other trouble that passes is asked about again.
    return error.value.code !== 'not_available';
  }
}

const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
  delay(delayMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
