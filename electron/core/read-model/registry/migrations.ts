import { Failure } from '../../../../shared/model/failure.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { doBlock } from '../sql/dollar-quote.ts';
import { installLockKey, takeXactLock } from '../sql/locks.ts';
import { registry } from './migrations/0001-registry.ts';
import { periodsAndCosts } from './migrations/0002-periods-and-costs.ts';
import { suspension } from './migrations/0010-suspension.ts';
import { nightly } from './migrations/0030-nightly.ts';
import { schedules } from './migrations/0040-schedules.ts';
import { alerts } from './migrations/0050-alerts.ts';

/** One numbered step of the schema `daybreak` in the target database. Never edited once released; add the next. */
export interface RegistryMigration {
  readonly migration: number;
  readonly name: string;
  /** True when a Daybreak that does not know this step must not work with the registry. */
  readonly breaking: boolean;
  readonly statements: readonly string[];
  /** Body of a plpgsql block that takes the step back where nothing depends on it yet; the schema may have to stay. */
  readonly undo: (keepSchema: boolean) => string;
}

export const registryMigrations: readonly RegistryMigration[] = [
  registry,
  periodsAndCosts,
  suspension,
  nightly,
  schedules,
  alerts,
];

export interface MigrationScript {
  readonly migration: number;
  readonly name: string;
  readonly sql: readonly string[];
  readonly undoSql: readonly string[];
}

/**
 * A migration as one transaction. The lock makes installers take turns, and the one that comes second fails at once
 * with a known SQLSTATE: 42P06 or 42P07 where the schema or its first table is there already, 23505 on its own row,
 * which every later migration therefore inserts first. `inSchema`: an administrator has made the schema for us.
 */
export function migrationScript(
  { migration, name, breaking, statements, undo }: RegistryMigration,
  inSchema: boolean,
): MigrationScript {
  const row = `insert into daybreak.migration (migration, name, breaking) values (${migration}, ${quoteLiteral(name)}, ${breaking})`;
  // The first one makes the schema, and the table that its own row goes into.
  const [createSchema = '', createMigration = '', ...rest] = statements;
  const first = [...(inSchema ? [] : [createSchema]), createMigration, row, ...rest];
  return {
    migration,
    name,
    sql: [takeXactLock(installLockKey), ...(migration === 1 ? first : [row, ...statements])],
    undoSql: [takeXactLock(installLockKey), doBlock('undo', '', `  ${undo(inSchema)}`)],
  };
}

/** Scripts that bring a registry up to date; all of them where none is installed. */
export const missingMigrations = (installed: readonly number[], inSchema: boolean): MigrationScript[] =>
  registryMigrations
    .filter(({ migration }) => !installed.includes(migration))
    .map((migration) => migrationScript(migration, inSchema));

/**
 * Of a registry that lacks a step. A window offers the plan that brings it up to date; `action` makes that plan where no
 * window is at hand.
 */
export const olderRegistry = (serverId: string, message: string): Failure =>
  new Failure({
    code: 'capability_missing',
    message,
    detail: { olderRegistry: serverId },
    action: `daybreak call readModels.planUpdateRegistry '${JSON.stringify({ serverId })}'`,
  });

/** What is installed; null without a registry. Throws `permission_denied` where this role may not read it. */
export async function installedMigrations(sql: Sql): Promise<number[] | null> {
  const [found] = await sql.query<{ readable: boolean; owner: string; role: string }>(
    `select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable,
      quote_ident(pg_get_userbyid(n.nspowner)) as owner, quote_ident(current_user) as role
    from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'migration'
    where n.nspname = 'daybreak'`,
  );
  if (found === undefined) return null;
  if (!found.readable) {
    throw new Failure({
      code: 'permission_denied',
      message: `The registry in schema daybreak belongs to role ${found.owner}, and this role may not read it. Connect as ${found.owner}, or become a member of it.`,
      action: `grant ${found.owner} to ${found.role};`,
    });
  }
  const rows = await sql.query<{ migration: number; name: string; breaking: boolean }>(
    'select migration, name, breaking from daybreak.migration order by migration',
  );
  const known = new Set(registryMigrations.map(({ migration }) => migration));
  const newer = rows.find(({ migration, breaking }) => breaking && !known.has(migration));
  if (newer !== undefined) {
    throw new Failure({
      code: 'capability_missing',
      message: `The registry in schema daybreak was changed by a newer Daybreak (step ${newer.migration}, ${newer.name}), and this one does not understand it. Update Daybreak.`,
    });
  }
  return rows.map(({ migration }) => migration);
}
