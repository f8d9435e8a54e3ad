import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Logger } from '../../core/ports.ts';
import { parseConnectionText } from '../../core/postgres/uri.ts';
import type { LoopbackServer } from '../http/loopback-server.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { profileDir } from '../profile/profile-dir.ts';
import { readAgentConfig, readPasswordFile } from './agent-config.ts';
import { openAgentDoor } from './agent-door.ts';
import { agentHealth } from './agent-health.ts';
import { openCliEngine } from './cli-engine.ts';
import { knownServer, value } from './known-server.ts';
import { carriesPassword } from './password-in-arguments.ts';
import type { Stop } from './stop.ts';

export interface AgentOptions {
  /** Left out: the configuration names it. */
  readonly url?: string | undefined;
  /** False where it came from the environment. */
  readonly urlInArguments: boolean;
  readonly config?: string | undefined;
  readonly profile?: string | undefined;
  /** Left out: 'info', or as the configuration says. */
  readonly logLevel?: string | undefined;
  /** Left out: `agent-secrets.json` in the profile. */
  readonly secretsFile?: string | undefined;
  /** Port on 127.0.0.1 for /healthz and /metrics. */
  readonly listen?: number | undefined;
  /** How long a stop waits for refreshes, s. */
  readonly grace?: number | undefined;
  /** False: samples alone. */
  readonly refresh?: boolean | undefined;
  readonly stop: Stop;
  /** How often it looks whether somebody samples still, ms. */
  readonly checkEveryMs?: number;
}

/** What ends a sampler for good is rare; until it is noticed, half a minute of a 48-hour history is missing. */
const defaultCheckEveryMs = 30_000;
/** Not the desktop's `secrets.json`, which is encrypted with a key of the operating system. */
const secretsName = 'agent-secrets.json';
/** Long enough for most refreshes, short enough for a machine that shuts down. */
export const usualGraceSeconds = 20;

/**
 * `daybreak agent`: the engine without a window. Connects, samples into the profile and refreshes read models by their
 * schedules, until it is stopped.
 */
export async function agent(options: AgentOptions): Promise<number> {
  const { urlInArguments, stop, checkEveryMs = defaultCheckEveryMs } = options;
  const config = options.config === undefined ? {} : await readAgentConfig(options.config);
  const url = options.url ?? config.url;
  if (url === undefined) throw noServer(options.config);
  const logger = stderrLogger(options.logLevel ?? config.logLevel ?? 'info');
  if (urlInArguments && carriesPassword(url))
    logger.warn({}, 'a password in the arguments stands in the process list; use PGPASSWORD or a passfile');
  const password =
    config.passwordFile === undefined ? process.env['PGPASSWORD'] : await readPasswordFile(config.passwordFile);
  const refresh = options.refresh ?? config.refresh ?? true;
  const profile = options.profile ?? config.profile;
  const graceMs = (options.grace ?? config.graceSeconds ?? usualGraceSeconds) * 1000;
  const engine = await openCliEngine({
    profile,
    door: 'agent',
    logger,
    background: true,
    secretsFile: options.secretsFile ?? config.secretsFile ?? join(profileDir({ option: profile }), secretsName),
    given: [password, parseConnectionText(url, process.env).password].filter((secret) => secret != null),
    graceMs,
  });
  let serverId: string | null = null;
  const listen = options.listen ?? config.listen;
  let hadRegistry = false;
  const health = async () => {
    const found = await agentHealth(engine.client, serverId, { refresh, hadRegistry, nowMs: Date.now() });
    hadRegistry ||= (found.schedule?.registry.state ?? 'none') !== 'none';
    return found;
  };
  let door: LoopbackServer | null = null;
  try {
    door = listen === undefined ? null : await openAgentDoor(listen, logger, health);
    if (door !== null) logger.info({ address: door.origin }, 'answers /healthz and /metrics');
    while (!stop.signal.aborted) {
      const server = await connect(engine.client, url, { password, signal: stop.signal, logger });
      if (server === null) break;
      serverId = server.serverId;
      const { label, host, port, database } = server.settings;
      process.stdout.write(
        `Sampling ${label} (${host}:${port}/${database}) as ${server.facts?.roleName ?? 'unknown'}.\n`,
      );
      if (await setRunner(engine.client, serverId, refresh, logger)) hadRegistry = true;
      await idle(engine.client, server.serverId, checkEveryMs, stop.signal);
    }
    return 0;
  } catch (error) {
    // Whatever was under way is cut off by the stop.
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    await door?.close();
    await engine.close();
  }
}

const noServer = (config: string | undefined): Failure =>
  new Failure({
    code: 'invalid_input',
    message: `Which server? Say it with --url or DAYBREAK_URL${config === undefined ? '' : `, or as "url" in ${config}`}.`,
  });

/** Whether there is a registry. A server where nothing may be refreshed is sampled all the same. */
async function setRunner(client: EngineClient, serverId: string, on: boolean, logger: Logger): Promise<boolean> {
  const reply = await client.schedule.setRunner({ serverId, on });
  if (!reply.ok) logger.warn({ code: reply.error.code }, reply.error.message);
  else if (on) logger.info({ registry: reply.value.registry.state }, 'refreshes read models by their schedules');
  return reply.ok && reply.value.registry.state !== 'none';
}

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/** At boot the database may come up later than the agent, so what may pass is waited for. Null: stopped meanwhile. */
async function connect(
  client: EngineClient,
  url: string,
  {
    password,
    signal,
    logger,
  }: { readonly password: string | undefined; readonly signal: AbortSignal; readonly logger: Logger },
): Promise<ServerSummary | null> {
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
