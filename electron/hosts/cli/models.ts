import { createInterface } from 'node:readline/promises';
import type { DefinitionFile } from '../../../shared/model/definitions.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Plan } from '../../../shared/model/read-model.ts';
import { stderrLogger } from '../node-ports.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { openCliEngine } from './cli-engine.ts';
import { readDefinitions, writeDefinitions } from './definitions-folder.ts';
import { knownServer, value } from './known-server.ts';
import { diffText, planText } from './models-text.ts';
import { carriesPassword } from './password-in-arguments.ts';
import type { Stop } from './stop.ts';

interface ServerOptions {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  readonly logLevel: string;
  readonly stop: Stop;
}

export interface ModelsOptions extends ServerOptions {
  readonly dir: string;
  /** Names of read models whose plans run without being asked for. */
  readonly yes?: readonly string[] | undefined;
}

/**
 * `daybreak models export|diff|apply`: read models as files. Exit code 0 where server and folder agree (afterwards), 1
 * where something differs, could not be built, or was left out.
 */
export async function models(what: 'export' | 'diff' | 'apply', options: ModelsOptions): Promise<number> {
  const files = what === 'export' ? [] : await readDefinitions(options.dir);
  return onServer(options, async (client, serverId) => {
    if (what === 'export') return exportTo(client, serverId, options.dir);
    if (what === 'diff') return diff(client, serverId, files);
    return apply(client, serverId, files, options);
  });
}

/** `daybreak models detach-script|uninstall-script`: SQL for psql on standard output and nothing else. */
export function modelsScript(
  what: 'detach' | 'uninstall',
  names: readonly string[],
  options: ServerOptions,
): Promise<number> {
  return onServer(options, async (client, serverId) => {
    const asked = names.length === 0 ? {} : { names: [...names] };
    const { sql } = value(
      what === 'detach'
        ? await client.readModels.detachScript({ serverId, ...asked })
        : await client.readModels.uninstallScript({ serverId }),
    );
    process.stdout.write(sql);
    return 0;
  });
}

async function onServer(
  options: ServerOptions,
  work: (client: EngineClient, serverId: string) => Promise<number>,
): Promise<number> {
  const logger = stderrLogger(options.logLevel);
  if (options.url !== undefined && carriesPassword(options.url) && process.env['DAYBREAK_URL'] !== options.url) {
    logger.warn({}, 'a password in the arguments stands in the process list; use PGPASSWORD or a passfile');
  }
  const engine = await openCliEngine({ profile: options.profile, door: 'command line', logger, background: false });
  try {
    const { client } = engine;
    const serverId = await serverOf(client, options.url);
    const password = process.env['PGPASSWORD'];
    value(
      await client.connections.connect(
        { serverId, ...(password ? { password } : {}) },
        { signal: options.stop.signal },
      ),
    );
    return await work(client, serverId);
  } finally {
    await engine.close();
  }
}

async function exportTo(client: EngineClient, serverId: string, dir: string): Promise<number> {
  const written = await writeDefinitions(dir, value(await client.readModels.exportDefinitions({ serverId })));
  say(written.length === 0 ? `${dir} is as the server is.` : `Written to ${dir}: ${written.join(', ')}.`);
  return 0;
}

async function diff(client: EngineClient, serverId: string, files: DefinitionFile[]): Promise<number> {
  const found = value(await client.readModels.diffDefinitions({ serverId, files }));
  for (const one of found) say(diffText(one));
  return found.some(({ state }) => state !== 'same' && state !== 'only_on_server') ? 1 : 0;
}

async function apply(
  client: EngineClient,
  serverId: string,
  files: DefinitionFile[],
  options: ModelsOptions,
): Promise<number> {
  const found = value(await client.readModels.diffDefinitions({ serverId, files }));
  const unknown = (options.yes ?? []).filter((name) => !found.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new Failure({
      code: 'invalid_input',
      message: `--yes names ${unknown.join(', ')}, which neither the folder nor the server has. Nothing was run.`,
    });
  }
  let left = found.filter(({ state }) => state === 'refused').length;
  for (const one of found.filter(({ state }) => state === 'refused')) say(diffText(one));
  for (const one of found) {
    if (one.state !== 'new' && one.state !== 'changed') continue;
    say(diffText(one));
    const planned = await client.readModels.planDefinition({ serverId, files, name: one.name });
    if (!planned.ok) {
      say(`  ${planned.error.message}`);
      left += 1;
      continue;
    }
    if (!(await runPlan(client, planned.value, options))) left += 1;
  }
  say(
    left === 0
      ? 'The server is as the folder says.'
      : `${left} of the folder's read models are not on the server as it says.`,
  );
  return left === 0 ? 0 : 1;
}

/** Shows the plan, asks, runs it. False where it did not come to its end. */
async function runPlan(client: EngineClient, plan: Plan, options: ModelsOptions): Promise<boolean> {
  say(planText(plan));
  if (plan.scriptOnly !== undefined) {
    say(
      `  It can only be run by somebody else: ${plan.scriptOnly.message}${plan.scriptOnly.action === null ? '' : `\n    ${plan.scriptOnly.action}`}`,
    );
    return false;
  }
  const confirm = options.yes?.includes(plan.confirmWith) ? plan.confirmWith : await typedName(plan, options.stop);
  if (confirm !== plan.confirmWith) {
    say(`  Not run: type ${plan.confirmWith}, or say --yes ${plan.confirmWith}.`);
    return false;
  }
  const { serverId, planId, planHash } = plan;
  const ran = await client.readModels.apply({ serverId, planId, planHash, confirm });
  say(ran.ok ? `  Done: ${plan.schema}.${plan.readModel} serves version ${plan.toVersion}.` : `  ${ran.error.message}`);
  return ran.ok;
}

/** What a person typed; null without a terminal, where nobody could. */
async function typedName(plan: Plan, stop: Stop): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (
      await lines.question(`Type ${plan.confirmWith} to run it, Enter leaves it out: `, { signal: stop.signal })
    ).trim();
  } finally {
    lines.close();
  }
}

async function serverOf(client: EngineClient, url: string | undefined): Promise<string> {
  if (url !== undefined) return knownServer(client, url);
  const servers = value(await client.connections.list({})).filter(({ capture }) => capture === null);
  const [only, ...others] = servers;
  if (only !== undefined && others.length === 0) return only.serverId;
  const names = servers.map(({ settings }) => settings.label).join(', ');
  throw new Failure({
    code: 'not_found',
    message:
      only === undefined
        ? 'The profile has no connection yet. Say which server with --url.'
        : `The profile has several connections (${names}). Say which one with --url.`,
  });
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
