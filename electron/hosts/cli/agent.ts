import { setTimeout as delay } from 'node:timers/promises';
import { Failure, type Reply } from '../../../shared/model/failure.ts';
import type { ConnectionSettings, ServerSummary } from '../../../shared/model/connection.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import type { Stop } from './stop.ts';

export interface AgentOptions {
  readonly url: string;
  readonly profile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

/** `daybreak agent`: the engine without a window. Connects, samples into the profile, until it is stopped. */
export async function agent({ url, profile, logLevel, stop }: AgentOptions): Promise<number> {
  const logger = stderrLogger(logLevel);
  const engine = await openCliEngine({ profile, door: 'agent', logger, background: true });
  try {
    const server = await connect(engine.client, url, stop.signal, (failure, delayMs) =>
      logger.warn({ code: failure.value.code, delayMs }, failure.message),
    );
    if (server === null) return 0;
    const { label, host, port, database } = server.settings;
    process.stdout.write(
      `Sampling ${label} (${host}:${port}/${database}) as ${server.facts?.roleName ?? 'unknown'}.\n`,
    );
    await stop.requested;
    return 0;
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
  onRetry: (failure: Failure, delayMs: number) => void,
): Promise<ServerSummary | null> {
  const serverId = await knownServer(client, url);
  const password = process.env['PGPASSWORD'];
  for (let delayMs = firstRetryMs; !signal.aborted; delayMs = Math.min(delayMs * 2, longestRetryMs)) {
    const reply = await client.connections.connect({ serverId, ...(password ? { password } : {}) }, { signal });
    if (reply.ok) return reply.value;
    const failure = new Failure(reply.error);
    if (!reply.error.retryable && reply.error.code !== 'host_unreachable') throw failure;
    onRetry(failure, delayMs);
    await delay(delayMs, undefined, { signal }).catch(() => {});
  }
  return null;
}

/** The connection of this address: the one that is stored, so that its history goes on, or a new one. */
async function knownServer(client: EngineClient, url: string): Promise<string> {
  const { settings, secretId } = value(await client.connections.parse({ text: url }));
  const known = value(await client.connections.list({})).find((server) => sameDatabase(server.settings, settings));
  const saved = await client.connections.save({
    ...(known ? { serverId: known.serverId } : {}),
    settings: known ? { ...known.settings, tlsMode: settings.tlsMode, tlsCaFile: settings.tlsCaFile } : settings,
    ...(secretId ? { secretId } : {}),
  });
  return value(saved).serverId;
}

const sameDatabase = (a: ConnectionSettings, b: ConnectionSettings): boolean =>
  a.host === b.host && a.port === b.port && a.database === b.database && a.user === b.user;

function value<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new Failure(reply.error);
}
