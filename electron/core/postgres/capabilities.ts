import type { Capability, CapabilityName, ServerFacts } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { ExtensionState } from './queries/extension.ts';
import type { Rights, ServerIdentity } from './queries/server-facts.ts';
import { quoteIdent } from './quote.ts';

/** What the connection found out about a server, before it is put into words. */
export interface Findings {
  readonly identity: ServerIdentity;
  readonly extension: ExtensionState;
  readonly rights: Rights;
  readonly clockSkewMs: number;
  /** False behind a pooler that hands the backend to others between two statements. */
  readonly sessionState: boolean;
  /** Where the server runs on this very machine; else null. */
  readonly machineCores: number | null;
}

/** The oldest server that can be used; 14 to 18 are tested. */
export const oldestVersionNumber = 130_000;

export function factsOf(findings: Findings): ServerFacts {
  return {
    ...findings.identity,
    clockSkewMs: findings.clockSkewMs,
    statementStatisticsVersion: findings.extension.installed?.version ?? null,
    machineCores: findings.machineCores,
    capabilities: [
      statementStatistics(findings),
      allStatistics(findings),
      registry(findings),
      primary(findings),
      sessionState(findings),
    ],
  };
}

/** Throws `capability_missing` with what mends it, unless the server and the role can do `name`. */
export function requireCapability(facts: ServerFacts, name: CapabilityName): void {
  const found = facts.capabilities.find((capability) => capability.name === name);
  if (found?.present) return;
  throw new Failure({
    code: 'capability_missing',
    message: `Database ${facts.databaseName}, role ${facts.roleName}: ${found?.text ?? `${name} is unknown here`}`,
    detail: { capability: name },
    ...(found?.action == null ? {} : { action: found.action }),
  });
}

/** Throws `unsupported_server` for what is not PostgreSQL 13 or later. */
export function requireSupported({ versionNumber, versionText }: ServerIdentity): void {
  if (versionNumber >= oldestVersionNumber && /^(PostgreSQL|EnterpriseDB)/.test(versionText)) return;
  throw new Failure({
    code: 'unsupported_server',
    message: `The server says that it is ${JSON.stringify(versionText.slice(0, 80))}. Daybreak needs PostgreSQL 13 or later.`,
    detail: { versionNumber },
  });
}

/** Throws `permission_denied` for a role that sees neither the statistics of others nor one table. */
export function requireSight({ identity, rights }: Findings): void {
  if (rights.allStatistics || rights.readsSomeTable) return;
  const role = quoteIdent(identity.roleName);
  const schemas = rights.unreadableSchemas.length === 0 ? ['public'] : rights.unreadableSchemas;
  const grants = [
    `grant pg_read_all_stats to ${role};`,
    ...schemas.flatMap((schema) => [
      `grant usage on schema ${quoteIdent(schema)} to ${role};`,
      `grant select on all tables in schema ${quoteIdent(schema)} to ${role};`,
    ]),
  ];
  throw new Failure({
    code: 'permission_denied',
    message: `Role ${identity.roleName} may see nothing in database ${identity.databaseName}: no statistics of other roles, and not one table. Grant it the statistics, or the tables that it shall read.`,
    action: grants.join('\n'),
  });
}

function capability(name: CapabilityName, present: boolean, text: string, action: string | null): Capability {
  return { name, present, text, action };
}

function statementStatistics({ extension, identity }: Findings): Capability {
  const name = 'statement_statistics';
  const { installed, preloaded, available, executable } = extension;
  const create = 'create extension pg_stat_statements;';
  if (!preloaded) {
    const install = available ? [] : ['-- first install the contrib package of this PostgreSQL version on the server'];
    return capability(
      name,
      false,
      'pg_stat_statements is not loaded by the server. It has to be preloaded, which needs one restart.',
      [
        ...install,
        `alter system set shared_preload_libraries = 'pg_stat_statements'; -- keep the libraries that are there already`,
        '-- restart the server, then:',
        ...(installed === null ? [create] : []),
      ].join('\n'),
    );
  }
  if (installed === null) {
    return capability(
      name,
      false,
      `pg_stat_statements is loaded, but not created in database ${identity.databaseName}.`,
      create,
    );
  }
  if (!executable) {
    const schema = quoteIdent(installed.schema);
    const role = quoteIdent(identity.roleName);
    return capability(
      name,
      false,
      `Role ${identity.roleName} may not read pg_stat_statements in schema ${installed.schema}.`,
      `grant usage on schema ${schema} to ${role};\ngrant execute on function ${schema}.pg_stat_statements(boolean) to ${role};`,
    );
  }
  if (extension.track === 'none' || extension.computeQueryId === 'off') {
    const setting = extension.track === 'none' ? 'pg_stat_statements.track' : 'compute_query_id';
    const value = extension.track === 'none' ? 'top' : 'auto';
    return capability(
      name,
      false,
      `pg_stat_statements counts nothing: ${setting} is switched off.`,
      `alter system set ${setting} = '${value}';\nselect pg_reload_conf();`,
    );
  }
  return capability(name, true, `pg_stat_statements ${installed.version} in schema ${installed.schema}`, null);
}

function allStatistics({ identity, rights }: Findings): Capability {
  return rights.allStatistics
    ? capability('all_statistics', true, 'sees the statements of all roles', null)
    : capability(
        'all_statistics',
        false,
        `Role ${identity.roleName} sees its own statements only: the texts and query ids of all others are hidden, so who slows whom cannot be told.`,
        `grant pg_read_all_stats to ${quoteIdent(identity.roleName)};`,
      );
}

function registry({ identity, rights }: Findings): Capability {
  const name = 'registry';
  if (identity.inRecovery) {
    return capability(name, false, 'A replica cannot hold read models of its own: connect to the primary.', null);
  }
  if (rights.registryUsable || rights.createInDatabase) {
    return capability(name, true, `may build read models in database ${identity.databaseName}`, null);
  }
  return capability(
    name,
    false,
    `Role ${identity.roleName} may not create schemas in database ${identity.databaseName}, so no read models can be built. Looking and diagnosing need no more rights.`,
    `grant create on database ${quoteIdent(identity.databaseName)} to ${quoteIdent(identity.roleName)};`,
  );
}

function primary({ identity }: Findings): Capability {
  return identity.inRecovery
    ? capability('primary', false, 'This is a streaming replica: it can be read, and nothing can be built on it.', null)
    : capability('primary', true, 'primary', null);
}

function sessionState({ sessionState: present }: Findings): Capability {
  return present
    ? capability('session_state', true, 'sessions keep their settings', null)
    : capability(
        'session_state',
        false,
        'A pooler in transaction mode (PgBouncer) stands in between: settings, locks and cancelling do not last from one statement to the next. Reading works, changing does not.',
        "Connect to PostgreSQL's own port, or to a pool with pool_mode = session.",
      );
}
