import { resolve } from 'node:path';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import { diagnosed, type Diagnosed } from './diagnosed.ts';
import { diagnoseProgress, type Progress } from './diagnose-progress.ts';
import { diagnoseReport } from './diagnose-report.ts';
import { incidentIn } from './incident-window.ts';
import { knownServer, storedServer, value } from './known-server.ts';
import { carriesPassword } from './password-in-arguments.ts';
import { sampleLive } from './sample-live.ts';
import type { Stop } from './stop.ts';
import { temporaryProfile } from './temporary-profile.ts';
import { printable, printableJson, terminal } from './terminal.ts';

export interface DiagnoseOptions {
  readonly url?: string | undefined;
  /** False where it came from the environment. */
  readonly urlInArguments: boolean;
  readonly minutes: number;
  readonly json: boolean;
  readonly profile?: string | undefined;
  readonly cores?: number | undefined;
  readonly reported?: number | undefined;
  /** A capture instead of sampling. */
  readonly capture?: string | undefined;
  /** A part of stored history, or of the capture: ms since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

/**
 * `daybreak diagnose`: samples a server for some minutes, or takes what a profile or a capture holds, and prints the
 * verdict.
 * Its own profile is gone afterwards; on the server it only reads.
 */
export async function diagnoseCommand(options: DiagnoseOptions): Promise<number> {
  try {
    const result = await diagnoseOnce(options);
    await print(options.json ? printableJson(result) : diagnoseReport(result, terminal(process.stdout)).join('\n'));
    return 0;
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, message, action } = error.value;
    if (options.json) await print(printableJson({ error: error.value }));
    else {
      diagnoseProgress(process.stderr).say(message);
      // To be copied: one line, however long.
      if (action !== undefined) process.stderr.write(`  ${printable(action)}\n`);
    }
    return code === 'invalid_input' ? 2 : 1;
  }
}

async function diagnoseOnce(options: DiagnoseOptions): Promise<Diagnosed> {
  const logger = stderrLogger(options.logLevel);
  const progress = diagnoseProgress(process.stderr);
  if (options.urlInArguments && options.url !== undefined && carriesPassword(options.url)) {
    progress.say('A password in the arguments stands in the process list; use PGPASSWORD or a passfile.');
  }
  const temporary = options.profile === undefined ? await temporaryProfile('diagnose', logger) : null;
  try {
    const engine = await openCliEngine({
      profile: options.profile ?? temporary?.path,
      door: 'diagnose',
      logger,
      background: options.from === undefined && options.capture === undefined,
    });
    try {
      if (options.capture !== undefined) return await captured(engine.client, options.capture, options);
      if (options.from !== undefined) return await stored(engine.client, options.from, options);
      return await live(engine.client, options, progress);
    } finally {
      progress.done();
      await engine.close();
    }
  } finally {
    await temporary?.remove();
  }
}

async function live(client: EngineClient, options: DiagnoseOptions, progress: Progress): Promise<Diagnosed> {
  const { url, minutes, cores, reported, stop } = options;
  if (url === undefined) throw new Error('the command line asks for --url');
  const serverId = await knownServer(client, url, cores === undefined ? {} : { cores });
  const before = value(await client.connections.list({})).find((one) => one.serverId === serverId);
  const wasSampled = value(await client.sampler.status({ serverId }));
  const password = process.env['PGPASSWORD'];
  const server = value(
    await client.connections.connect({ serverId, ...(password ? { password } : {}) }, { signal: stop.signal }),
  );
  try {
    const { host, port, database } = server.settings;
    progress.say(
      `Sampling ${host}:${port}/${database} as ${server.facts?.roleName ?? 'unknown'} once a second. Ctrl-C ends it early and diagnoses what there is.`,
    );
    const { window, sampling } = await sampleLive({ client, server, minutes, progress, signal: stop.signal });
    return await diagnosed(client, server, await incidentIn(client, serverId, window), reported, sampling);
  } finally {
    // The engine may be another process's, which had its own mind about this server.
    await client.sampler.setMode({ serverId, mode: wasSampled.running ? wasSampled.mode : 'background' });
    if (before?.state !== 'connected') await client.connections.disconnect({ serverId });
  }
}

async function stored(client: EngineClient, fromMs: number, options: DiagnoseOptions): Promise<Diagnosed> {
  const server = await storedIn(client, options.url);
  const toMs = options.to ?? Date.now();
  return diagnosed(client, server, { window: { fromMs, toMs }, chosenBy: 'given' }, options.reported, null);
}

/** The part of the capture that was asked for, or its slow stretch. */
async function captured(client: EngineClient, file: string, options: DiagnoseOptions): Promise<Diagnosed> {
  // The engine may be another process with a folder of its own.
  const { serverId, capture } = value(await client.history.openCapture({ file: resolve(file) }));
  const server = value(await client.connections.list({})).find((one) => one.serverId === serverId);
  if (server === undefined) throw new Error('an opened capture is a server');
  const window = { fromMs: options.from ?? capture.fromMs, toMs: options.to ?? capture.toMs };
  const given = options.from !== undefined || options.to !== undefined;
  const chosen = given ? { window, chosenBy: 'given' as const } : await incidentIn(client, serverId, window);
  return diagnosed(client, server, chosen, options.reported, null);
}

async function storedIn(client: EngineClient, url: string | undefined): Promise<ServerSummary> {
  if (url !== undefined) {
    const { settings } = value(await client.connections.parse({ text: url }));
    const found = await storedServer(client, settings);
    if (found !== undefined) return found;
    throw new Failure({
      code: 'not_found',
      message: `The profile has no history of ${settings.host}:${settings.port}/${settings.database} as ${settings.user}.`,
    });
  }
  const servers = value(await client.connections.list({}));
  const [only, ...others] = servers;
  if (only !== undefined && others.length === 0) return only;
  const names = servers.map(({ settings }) => settings.label).join(', ');
  throw new Failure({
    code: 'not_found',
    message:
      only === undefined
        ? 'The profile has no connection yet.'
        : `The profile has several connections (${names}). Say which one with --url.`,
  });
}

const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve())));
