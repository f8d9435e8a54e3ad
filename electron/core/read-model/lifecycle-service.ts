import {
  readModelNameSchema,
  type CheckedProposal,
  type Consumer,
  type Plan,
  type Run,
} from '../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers, OpenServer } from '../connections/known-servers.ts';
import type { History } from '../history/history.ts';
import type { Ports } from '../ports.ts';
import { qualifiedDefinition } from '../postgres/queries/catalog-copies.ts';
import {
  listMaterializedViews,
  readMaterializedView,
  type MaterializedView,
} from '../postgres/queries/catalog-materialized-views.ts';
import { qualifiedName } from '../postgres/quote.ts';
import { inOrder } from './plan/dependencies.ts';
import {
  planCreateOrNewVersion,
  planImport,
  planSuspend,
  planUninstall,
  planUpdateRegistry,
  type OnBreaking,
} from './plan-for.ts';
import { propose } from './propose/propose.ts';
import { lookUpRegistry } from './registry/look-up.ts';
import { builtOn } from './registry/read-registry.ts';
import { isAboutDefinition } from './definitions/about-definition.ts';
import type { Proofs } from './proofs.ts';
import { requirePeople } from './require-people.ts';
import { detachScript, uninstallScript } from './scripts/psql-scripts.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly servers: KnownServers;
  readonly proofs: Proofs;
  readonly refresh: (serverId: string, name: string) => Promise<Run>;
}

export interface ImportInput {
  readonly schema: string;
  /** The materialized view. */
  readonly relation: string;
  /** Under which name readers find it; left out: its own. */
  readonly name?: string | undefined;
  readonly question?: string | undefined;
  readonly owner: string;
  /** Left out: those of its first unique index, else what its text tells. */
  readonly keyColumns?: readonly string[] | undefined;
  readonly consumers: readonly Consumer[];
}

export interface ResumeWish {
  /** Left out: that of the version that readers saw last. */
  readonly definitionSql?: string | undefined;
  readonly onBreaking?: OnBreaking;
  /** The person's word for another definition that nothing proves. */
  readonly unproven?: boolean | undefined;
}

/** How read models come in, pause for the ERP's upgrade, and leave again. */
export class ReadModelLifecycle {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async planSuspend(serverId: string, name: string): Promise<Plan> {
    const server = await this.#server(serverId);
    return this.#store(await planSuspend({ server, name, forScript: true, ...this.#stamp() }));
  }

  /**
   * The same definition against the ERP's new schema. Throws `statement_refused` where it does not fit any more, and
   * `unproven` for another one that nothing proves.
   */
  async planResume(serverId: string, name: string, wish: ResumeWish = {}): Promise<Plan> {
    const { definitionSql, onBreaking, unproven = false } = wish;
    const server = await this.#server(serverId);
    const { models } = await lookUpRegistry(server);
    const model = models.find((one) => one.name === name);
    const version = model?.versions.find(({ state }) => state === 'current');
    if (model === undefined || version === undefined) throw noModel(server, name);
    if (model.suspended === null) {
      throw new Failure({
        code: 'statement_refused',
        message: `Read model ${name} is not suspended, so there is nothing to resume.`,
      });
    }
    const proposal = await fitting(name, () =>
      propose({
        server,
        schema: model.schema,
        origin: { kind: 'definition', sql: definitionSql ?? version.definitionSql },
        edits: {
          name,
          question: model.question,
          owner: model.owner,
          keyColumns: [...version.keyColumns],
          consumers: [...model.consumers],
          grantTo: [...model.readers],
          ...(version.period === null ? {} : { period: version.period }),
        },
      }),
    );
    const target = { server, proposal, schema: model.schema, onBreaking, forScript: true };
    const plan = await planCreateOrNewVersion({ ...target, ...this.#stamp() });
    return this.#store(await this.#options.proofs.requireProven(server, plan, unproven));
  }

  /** Materialized views of the database that are no copies of read models. */
  async importable(serverId: string): Promise<MaterializedView[]> {
    const server = await this.#server(serverId);
    const { models } = await lookUpRegistry(server);
    const copies = models.flatMap(({ schema, versions }) =>
      versions.flatMap((version) => version.copies.map(({ copyId }) => qualifiedName(schema, copyId))),
    );
    return server.withReadonly((session) => listMaterializedViews(session, copies));
  }

  async planImport(serverId: string, input: ImportInput): Promise<Plan> {
    const server = await this.#server(serverId);
    const { schema, relation, owner, consumers } = input;
    const name = input.name ?? requireUsableName(schema, relation);
    const { view, definitionSql } = await readImported(server, schema, relation);
    const keyColumns = input.keyColumns ?? view.keyColumns;
    const proposal = await propose({
      server,
      schema,
      origin: { kind: 'definition', sql: definitionSql },
      edits: {
        name,
        question: input.question ?? view.comment ?? `What does ${relation} answer?`,
        owner,
        consumers: [...consumers],
        ...(keyColumns === null ? {} : { keyColumns: [...keyColumns] }),
      },
    });
    requirePeople(proposal.proposal);
    return this.#store(
      await planImport({ server, schema, imports: relation, proposal, forScript: true, ...this.#stamp() }),
    );
  }

  async planUpdateRegistry(serverId: string): Promise<Plan> {
    const server = await this.#server(serverId);
    return this.#store(await planUpdateRegistry({ server, forScript: true, ...this.#stamp() }));
  }

  async planUninstall(serverId: string): Promise<Plan> {
    const server = await this.#server(serverId);
    return this.#store(await planUninstall({ server, forScript: true, ...this.#stamp() }));
  }

  /** For psql. Without names: all read models that readers see and that are not suspended yet. */
  async detachScript(serverId: string, names: readonly string[] | undefined): Promise<{ sql: string }> {
    const server = await this.#server(serverId);
    const { installed, models } = await lookUpRegistry(server);
    const attached = models.filter(
      ({ suspended, versions }) => suspended === null && versions.some(({ state }) => state === 'current'),
    );
    for (const name of names ?? []) {
      if (!models.some((model) => model.name === name)) throw noModel(server, name);
    }
    const wanted = attached.map(({ name }) => name).filter((name) => names?.includes(name) ?? true);
    if (wanted.length === 0) {
      throw new Failure({
        code: 'not_found',
        message: `There is nothing to detach in database ${server.facts.databaseName}: it has no read model, or all of them are suspended.`,
      });
    }
    return { sql: detachScript(targetOf(server), wanted, installed ?? []) };
  }

  async uninstallScript(serverId: string): Promise<{ sql: string }> {
    const server = await this.#server(serverId);
    const { installed } = await lookUpRegistry(server);
    if (installed !== null) return { sql: uninstallScript(targetOf(server)) };
    throw new Failure({
      code: 'not_found',
      message: `There is no registry of Daybreak in database ${server.facts.databaseName}.`,
    });
  }

  /** Refreshes read models and what they are built on, parents first; those that are suspended stay as they are. */
  async refreshInOrder(serverId: string, names: readonly string[] | undefined): Promise<Run[]> {
    const server = await this.#server(serverId);
    const { models } = await lookUpRegistry(server);
    for (const name of names ?? []) {
      if (!models.some((model) => model.name === name)) throw noModel(server, name);
    }
    const live = models.filter(({ versions }) => versions.some(({ state }) => state === 'current'));
    const order = inOrder(names ?? live.map(({ name }) => name), live.map(builtOn));
    const runs: Run[] = [];
    for (const name of order) {
      if (live.find((model) => model.name === name)?.suspended === null) {
        runs.push(await this.#options.refresh(serverId, name));
      }
    }
    return runs;
  }

  #server(serverId: string): Promise<OpenServer> {
    return this.#options.servers.server(serverId);
  }

  async #store(plan: Plan): Promise<Plan> {
    await this.#options.history.plans.save(plan);
    return plan;
  }

  #stamp(): { planId: string; nowMs: number } {
    return { planId: crypto.randomUUID(), nowMs: this.#options.ports.clock.nowMs() };
  }
}

async function fitting(name: string, work: () => Promise<CheckedProposal>): Promise<CheckedProposal> {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error) || !isAboutDefinition(error)) throw error;
    if (error.value.detail?.['missing'] !== undefined) throw withoutItsKey(name, error);
    const message = `${name} cannot be resumed as it is: its definition does not fit the tables of the ERP any more. ${error.message} Its readers keep the rows from before; change its definition in a new version, which resumes it.`;
    throw new Failure({ ...error.value, code: 'statement_refused', message }, { cause: error });
  }
}

/** The definition is sound, and does not bring what identified a row so far. */
const withoutItsKey = (name: string, { value }: Failure): Failure =>
  new Failure({
    ...value,
    code: 'statement_refused',
    message: `${name} cannot be resumed with this definition. ${value.message} Its readers keep the rows from before. Keep the columns of its key in the definition, or build a new version with a key of its own, which resumes it as well.`,
  });

async function readImported(server: OpenServer, schema: string, relation: string) {
  return server.withReadonly(async (session) => {
    const view = await readMaterializedView(session, schema, relation);
    if (view === null) {
      throw new Failure({
        code: 'not_found',
        message: `There is no materialized view ${qualifiedName(schema, relation)} in database ${server.facts.databaseName}.`,
      });
    }
    const definitionSql = await session.snapshot((sql) => qualifiedDefinition(sql, qualifiedName(schema, relation)));
    return { view, definitionSql };
  });
}

/** The name of a materialized view, where it may be that of a read model. Throws `invalid_input`. */
function requireUsableName(schema: string, relation: string): string {
  const parsed = readModelNameSchema.safeParse(relation);
  if (parsed.success) return parsed.data;
  throw new Failure({
    code: 'invalid_input',
    message: `${qualifiedName(schema, relation)} cannot keep its name as a read model: ${parsed.error.issues[0]?.message ?? 'it is too long'}. Say under which name its readers shall find it; the old one stays beside it.`,
  });
}

const targetOf = ({ facts }: OpenServer) => ({ database: facts.databaseName, role: facts.roleName });

const noModel = ({ facts }: OpenServer, name: string): Failure =>
  new Failure({
    code: 'not_found',
    message: `There is no read model ${name} in database ${facts.databaseName}. See the list of read models.`,
  });
