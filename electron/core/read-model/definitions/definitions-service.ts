import type { DefinitionDiff, DefinitionFile } from '../../../../shared/model/definitions.ts';
import type { Plan } from '../../../../shared/model/plan.ts';
import type { AskedOriginal } from '../../../../shared/model/proof.ts';
import type { CheckedProposal, Proposal } from '../../../../shared/model/proposal.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../../connections/known-servers.ts';
import type { History } from '../../history/history.ts';
import type { Ports } from '../../ports.ts';
import { planCreateOrNewVersion, type OnBreaking } from '../plan-for.ts';
import type { Proofs } from '../proofs.ts';
import { propose } from '../propose/propose.ts';
import { lookUpRegistry } from '../registry/look-up.ts';
import { isAboutDefinition } from './about-definition.ts';
import { diffDefinitions, type Checked } from './diff.ts';
import { exportFiles, folderBudget, readFolder, type FolderDefinition } from './folder.ts';
import { readersOf } from './readers-of.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly proofs: Proofs;
}

export interface DefinitionWishes {
  readonly onBreaking?: OnBreaking;
  /** The person's word that it may be built although nothing proves it; left out: what the manifest says. */
  readonly unproven?: boolean | undefined;
}

/** Read models as files, so that teams keep them in their repository. */
export class ReadModelDefinitions {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async export(serverId: string): Promise<DefinitionFile[]> {
    const { models } = await lookUpRegistry(await this.#options.servers.server(serverId));
    return exportFiles(models, readersOf(models, await this.#options.history.plans.list(serverId)));
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

  /**
   * The plan that brings the server to what the folder says of one read model. Throws `unproven` where nothing proves its
   * definition and nobody has given their word.
   */
  async plan(
    serverId: string,
    files: readonly DefinitionFile[],
    name: string,
    { onBreaking, unproven }: DefinitionWishes = {},
  ): Promise<Plan> {
    const server = await this.#options.servers.server(serverId);
    const definition = definitionOf(files, name);
    const schema = server.settings.readModelSchema;
    const proposal = await this.#proposal(server, definition);
    const { history, ports, proofs } = this.#options;
    const stamp = { planId: crypto.randomUUID(), nowMs: ports.clock.nowMs() };
    const plan = await planCreateOrNewVersion({ server, proposal, schema, onBreaking, forScript: true, ...stamp });
    const proven = await proofs.requireProven(server, plan, unproven ?? definition.unproven);
    await history.plans.save(proven);
    return proven;
  }

  /**
   * Compares all that a definition of the folder has to answer for, as this store knows it, with its query over the read
   * model. Empty where there is nothing to compare. Reads only; throws what `Proofs.prove` throws.
   */
  async prove(
    serverId: string,
    files: readonly DefinitionFile[],
    name: string,
    timeoutMs?: number,
  ): Promise<AskedOriginal[]> {
    const server = await this.#options.servers.server(serverId);
    const { proofs } = this.#options;
    const proposal = await this.#proposal(server, definitionOf(files, name));
    const { originals } = await proofs.originals(serverId, proposal);
    for (const { originalId, rewrittenSql, unchanged, proof } of originals) {
      if (rewrittenSql === null || (unchanged && proof === null) || proof?.verdict === 'proven') continue;
      await proofs.prove(serverId, { proposal, originalId, timeoutMs });
    }
    return (await proofs.originals(serverId, proposal)).originals;
  }

  /** The folder's query speaks for the statements that the model was made from; without one, for whoever reads it. */
  async #proposal(server: OpenServer, definition: FolderDefinition): Promise<CheckedProposal> {
    const checked = await proposeDefinition(server, definition);
    const { readerSql } = definition;
    if (readerSql === null) return checked;
    const { originals } = await this.#options.proofs.originals(server.serverId, checked);
    const statements = originals.filter(({ kind }) => kind === 'statement');
    if (statements.length === 0) return { ...checked, readerSql };
    return { ...checked, queries: Object.fromEntries(statements.map(({ originalId }) => [originalId, readerSql])) };
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

function definitionOf(files: readonly DefinitionFile[], name: string): FolderDefinition {
  const definition = readFolder(files).find((one) => one.name === name);
  if (definition !== undefined) return definition;
  throw new Failure({ code: 'not_found', message: `The definitions folder does not name a read model ${name}.` });
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
      budget: folderBudget(one),
    })),
    ...(period === undefined ? {} : { period }),
  };
  const origin = { kind: 'definition', sql: definition.definitionSql } as const;
  return propose({ server, schema: server.settings.readModelSchema, origin, edits });
}
