import type { DefinitionDiff, DefinitionFile } from '../../../../shared/model/definitions.ts';
import type { CheckedProposal, Plan, Proposal } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../../connections/known-servers.ts';
import type { History } from '../../history/history.ts';
import type { Ports } from '../../ports.ts';
import { planCreateOrNewVersion, type OnBreaking } from '../plan-for.ts';
import { propose } from '../propose/propose.ts';
import { lookUpRegistry } from '../registry/look-up.ts';
import { isAboutDefinition } from './about-definition.ts';
import { diffDefinitions, type Checked } from './diff.ts';
import { exportFiles, readFolder, type FolderDefinition } from './folder.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
}

/** Read models as files, so that teams keep them in their repository. */
export class ReadModelDefinitions {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async export(serverId: string): Promise<DefinitionFile[]> {
    const { models } = await lookUpRegistry(await this.#options.servers.server(serverId));
    return exportFiles(models);
  }

  async diff(serverId: string, files: readonly DefinitionFile[]): Promise<DefinitionDiff[]> {
    const server = await this.#options.servers.server(serverId);
    const folder = readFolder(files);
    const { models } = await lookUpRegistry(server);
    const checked = new Map<string, Checked>();
    for (const definition of folder) {
      const current = models
        .find(({ name }) => name === definition.name)
        ?.versions.find(({ state }) => state === 'current');
      if (current?.definitionSql === definition.definitionSql) continue;
      checked.set(definition.name, await this.#check(server, definition));
    }
    return diffDefinitions(folder, models, checked);
  }

  /** The plan that brings the server to what the folder says of one read model. */
  async plan(serverId: string, files: readonly DefinitionFile[], name: string, onBreaking?: OnBreaking): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    const definition = readFolder(files).find((one) => one.name === name);
    if (definition === undefined) {
      throw new Failure({ code: 'not_found', message: `The definitions folder does not name a read model ${name}.` });
    }
    const schema = server.settings.readModelSchema;
    const proposal = await proposeDefinition(server, definition);
    const { history, ports } = this.#options;
    const stamp = { planId: crypto.randomUUID(), nowMs: ports.clock.nowMs() };
    const plan = await planCreateOrNewVersion({ server, proposal, schema, onBreaking, forScript: true, ...stamp });
    await history.plans.save(plan);
    return plan;
  }

  async #check(server: OpenServer, definition: FolderDefinition): Promise<Checked> {
    try {
      return { definitionSql: (await proposeDefinition(server, definition)).proposal.definitionSql };
    } catch (error) {
      if (!isFailure(error) || !isAboutDefinition(error)) throw error;
      return { refused: error.message };
    }
  }
}

function proposeDefinition(server: OpenServer, definition: FolderDefinition): Promise<CheckedProposal> {
  const { name, question, owner, keyColumns, period, readers, consumers } = definition;
  const edits: Partial<Proposal> = {
    name,
    question,
    owner,
    keyColumns: [...keyColumns],
    grantTo: [...readers],
    consumers: consumers.map((one) => ({
      consumer: one.consumer,
      owner: one.owner,
      budget: { minutes: one.budgetMinutes },
    })),
    ...(period === undefined ? {} : { period }),
  };
  const origin = { kind: 'sql', sql: definition.definitionSql } as const;
  return propose({ server, schema: server.settings.readModelSchema, origin, edits });
}
