import type { ExecutiveScript, Reach, ServerFacts } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import { readReadableRelations } from '../postgres/queries/readable-relations.ts';
import { qualifiedName } from '../postgres/quote.ts';
import { lookUpRegistry } from './registry/look-up.ts';
import { executiveScript, takeAwayScript } from './scripts/executive-scripts.ts';

/** Of what a role can read besides the stable views, this many are named. */
const mostNamed = 12;

/** Roles for executives: how one is made that reads the stable views alone, and what the connected one can read. */
export class ExecutiveRole {
  readonly #servers: KnownServers;

  constructor(servers: KnownServers) {
    this.#servers = servers;
  }

  /** Throws `not_available` without a stable view, and what reading the registry throws. */
  async script(serverId: string, role: string): Promise<ExecutiveScript> {
    const server = await this.#servers.server(serverId);
    const { models } = await lookUpRegistry(server).catch((error: unknown) => {
      if (isFailure(error) && error.value.code === 'permission_denied') throw builderIsNeeded(server.facts, error);
      throw error;
    });
    const served = models.filter(({ versions }) => versions.some(({ state }) => state === 'current'));
    const database = server.facts.databaseName;
    if (served.length === 0) {
      throw new Failure({
        code: 'not_available',
        message: `There is no stable view in database ${database} yet, so there is nothing that an executive's role could be granted. Build a read model first.`,
      });
    }
    const views = served.map(({ schema, name }) => ({ schema, name }));
    return {
      role,
      views: views.map(({ schema, name }) => qualifiedName(schema, name)),
      script: executiveScript({ database, role, views }),
      takeAway: takeAwayScript({ database, role }),
    };
  }

  async reach(serverId: string): Promise<Reach> {
    const server = await this.#servers.server(serverId);
    const relations = await server.withReadonly((session) => readReadableRelations(session));
    const named = (stable: boolean) =>
      relations.filter((one) => one.stable === stable).map(({ schema, name }) => qualifiedName(schema, name));
    const others = named(false);
    return {
      role: server.facts.roleName,
      stableViews: named(true),
      others: others.slice(0, mostNamed),
      otherCount: others.length,
    };
  }
}

/** Not the advice of the registry, which is a grant that an executive must not have. */
const builderIsNeeded = ({ roleName, databaseName }: ServerFacts, cause: Failure): Failure =>
  new Failure(
    {
      code: 'permission_denied',
      message: `Role ${roleName} cannot read which stable views database ${databaseName} has, and an executive's role should not. The script is printed by a connection that logs in as the role that builds the read models.`,
    },
    { cause },
  );
