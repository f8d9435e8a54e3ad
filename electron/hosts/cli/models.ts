import { createInterface } from 'node:readline/promises';
import type { DefinitionDiff, DefinitionFile } from '../../../shared/model/definitions.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { EngineClient } from '../profile/engine-client.ts';
import { readDefinitions, writeDefinitions } from './definitions-folder.ts';
import { value } from './known-server.ts';
import { diffText, planText } from './models-text.ts';
import { onServer, type ServerOptions } from './on-server.ts';
import type { Stop } from './stop.ts';

interface Confirmed extends ServerOptions {
  /** Names whose plans run without being asked for. */
  readonly yes?: readonly string[] | undefined;
}

export interface ModelsOptions extends Confirmed {
  readonly dir: string;
  /** Names that are built although nothing proves them, beside those whose manifest says so. */
  readonly unproven?: readonly string[] | undefined;
  /** Left out: a change that readers would break on is refused. */
  readonly onBreaking?: 'replace' | undefined;
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

/**
 * `daybreak models update-registry`: shows the steps that the registry lacks, and runs them once the database's name is
 * typed, or given with --yes. Exit code 0 where it is up to date (afterwards).
 */
export const updateRegistry = (options: Confirmed): Promise<number> =>
  onServer(options, async (client, serverId) => {
    const planned = await client.readModels.planUpdateRegistry({ serverId });
    if (!planned.ok && planned.error.code === 'statement_refused') {
      say(planned.error.message);
      return 0;
    }
    return (await runPlan(client, value(planned), options)) ? 0 : 1;
  });

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
  requireKnown('--yes', options.yes, found);
  requireKnown('--unproven', options.unproven, found);
  let left = found.filter(({ state }) => state === 'refused').length;
  for (const one of found.filter(({ state }) => state === 'refused')) say(diffText(one));
  for (const one of found) {
    if (one.state !== 'new' && one.state !== 'changed') continue;
    say(diffText(one));
    const done = one.needsPlan
      ? await planAndRun(client, serverId, files, one.name, options)
      : await isConfirmed(one.name, options);
    if (!done || !(await setMode(client, serverId, one))) left += 1;
  }
  say(
    left === 0
      ? 'The server is as the folder says.'
      : `${left} of the folder's read models are not on the server as it says.`,
  );
  return left === 0 ? 0 : 1;
}

function requireKnown(option: string, names: readonly string[] = [], found: readonly DefinitionDiff[]): void {
  const unknown = names.filter((name) => !found.some((one) => one.name === name));
  if (unknown.length === 0) return;
  throw new Failure({
    code: 'invalid_input',
    message: `${option} names ${unknown.join(', ')}, which neither the folder nor the server has. Nothing was run.`,
  });
}

/** Proves what can be proven, plans, runs. False where it did not come to its end; why has been said. */
async function planAndRun(
  client: EngineClient,
  serverId: string,
  files: DefinitionFile[],
  name: string,
  options: ModelsOptions,
): Promise<boolean> {
  const proven = await client.readModels.proveDefinition({ serverId, files, name });
  // What cannot be proven is planned by the person's word, or refused with the reason.
  if (!proven.ok) say(`  Not proven: ${proven.error.message}`);
  const unproven = options.unproven?.includes(name) ? { unproven: true } : {};
  const { onBreaking } = options;
  const planned = await client.readModels.planDefinition({ serverId, files, name, onBreaking, ...unproven });
  if (planned.ok) return runPlan(client, planned.value, options);
  say(`  ${planned.error.message}`);
  if (planned.error.detail !== undefined && 'mayReplace' in planned.error.detail) {
    say('  The last of these: --on-breaking replace.');
  }
  if (planned.error.code === 'unproven') {
    say(`  Your word for it: --unproven ${name}, or "unproven": true in the manifest.`);
  }
  return false;
}

/** How the server shall refresh it, where the folder says something else. */
async function setMode(
  client: EngineClient,
  serverId: string,
  { name, refreshMode }: DefinitionDiff,
): Promise<boolean> {
  if (refreshMode === undefined) return true;
  const set = await client.readModels.setRefreshMode({ serverId, name, mode: refreshMode });
  say(set.ok ? `  ${name} is refreshed ${refreshMode.replaceAll('_', ' ')} from now on.` : `  ${set.error.message}`);
  return set.ok;
}

/** Shows the plan, asks, runs it. False where it did not come to its end. */
async function runPlan(client: EngineClient, plan: Plan, options: Confirmed): Promise<boolean> {
  say(planText(plan));
  if (plan.scriptOnly !== undefined) {
    say(
      `  It can only be run by somebody else: ${plan.scriptOnly.message}${plan.scriptOnly.action === null ? '' : `\n    ${plan.scriptOnly.action}`}`,
    );
    return false;
  }
  if (!(await isConfirmed(plan.confirmWith, options))) return false;
  const { serverId, planId, planHash } = plan;
  const ran = await client.readModels.apply({ serverId, planId, planHash, confirm: plan.confirmWith });
  say(ran.ok ? `  Done: ${doneText(plan)}.` : `  ${ran.error.message}`);
  return ran.ok;
}

const doneText = (plan: Plan): string =>
  plan.kind === 'update_registry'
    ? 'the registry is up to date'
    : `${plan.schema}.${plan.readModel} serves version ${plan.toVersion}`;

/** By --yes, or typed; says what would do where it is neither. */
async function isConfirmed(name: string, options: Confirmed): Promise<boolean> {
  if (options.yes?.includes(name) || (await typedName(name, options.stop)) === name) return true;
  say(`  Not run: type ${name}, or say --yes ${name}.`);
  return false;
}

/** What a person typed; null without a terminal, where nobody could. */
async function typedName(name: string, stop: Stop): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`Type ${name} to run it, Enter leaves it out: `, { signal: stop.signal })).trim();
  } finally {
    lines.close();
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
