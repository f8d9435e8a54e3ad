import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import { knownServer, value } from './known-server.ts';
import { carriesPassword } from './password-in-arguments.ts';
import type { Stop } from './stop.ts';
import { printableJson } from './terminal.ts';

export interface ProfileOptions {
  readonly profile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

export interface ServerOptions extends ProfileOptions {
  readonly url?: string | undefined;
}

/** Of a command that shows something. */
export interface ShowOptions {
  /** One JSON document on standard output and nothing else. */
  readonly json: boolean;
}

/** Works with the engine of the profile, and closes it afterwards where it was started for this. */
export async function onEngine(
  { profile, logLevel }: ProfileOptions,
  work: (client: EngineClient) => Promise<number>,
): Promise<number> {
  const engine = await openCliEngine({
    profile,
    door: 'command line',
    logger: stderrLogger(logLevel),
    background: false,
  });
  try {
    return await work(engine.client);
  } catch (error) {
    throw refusedInput(error) ?? error;
  } finally {
    await engine.close();
  }
}

const issuesSchema = z.object({
  issues: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
});

/** What a person typed and the contract does not take, in words; null for any other error. */
function refusedInput(error: unknown): Failure | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null;
  const parsed = issuesSchema.safeParse(error.data);
  if (!parsed.success) return null;
  const fields = parsed.data.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new Failure(
    { code: 'invalid_input', message: `What was given is not right. ${fields.join('; ')}.` },
    { cause: error },
  );
}

/** As `onEngine`, on the server of the command, which is connected first. */
export function onServer(
  options: ServerOptions,
  work: (client: EngineClient, serverId: string) => Promise<number>,
): Promise<number> {
  return onEngine(options, async (client) => {
    const { serverId, failure } = await reachServer(client, options);
    if (failure !== null) throw failure;
    return work(client, serverId);
  });
}

/**
 * Connects the server of a command, with PGPASSWORD where it is set; `failure`: a known server could not be. Throws the
 * failure of one that was not known: a slip of the fingers in an address is not kept as a connection of the profile.
 */
export async function reachServer(
  client: EngineClient,
  options: ServerOptions,
): Promise<{ readonly serverId: string; readonly failure: Failure | null }> {
  const known = value(await client.connections.list({}));
  const serverId = await serverOf(client, options);
  const password = process.env['PGPASSWORD'];
  const input = { serverId, ...(password ? { password } : {}) };
  const { signal } = options.stop;
  try {
    value(await client.connections.connect(input, { signal }));
    return { serverId, failure: null };
  } catch (error) {
    if (!known.some((server) => server.serverId === serverId)) {
      const made = value(await client.connections.list({})).find((server) => server.serverId === serverId);
      if (made !== undefined) await client.connections.remove({ serverId, confirm: made.settings.label });
      throw error;
    }
    if (signal.aborted || !isFailure(error)) throw error;
    return { serverId, failure: error };
  }
}

/** The server that a command names, or the only one of the profile. Throws `not_found`. */
async function serverOf(client: EngineClient, { url, logLevel }: ServerOptions): Promise<string> {
  if (url !== undefined) {
    if (carriesPassword(url) && process.env['DAYBREAK_URL'] !== url) {
      const text = 'a password in the arguments stands in the process list; use PGPASSWORD or a passfile';
      stderrLogger(logLevel).warn({}, text);
    }
    return knownServer(client, url);
  }
  const servers = value(await client.connections.list({})).filter(({ capture }) => capture === null);
  const [only, ...others] = servers;
  if (only !== undefined && others.length === 0) return only.serverId;
  const names = servers
    .map(({ settings: { label, user, host, port, database } }) => `${label}: ${user}@${host}:${port}/${database}`)
    .join(', ');
  throw new Failure({
    code: 'not_found',
    message:
      only === undefined
        ? 'The profile has no connection yet. Say which server with --url.'
        : `The profile has several connections (${names}). Say which one with --url.`,
  });
}

/** On standard output: the JSON that was asked for, or the text. */
export function print({ json }: ShowOptions, found: unknown, text: () => string): void {
  process.stdout.write(`${json ? printableJson(found) : text()}\n`);
}
