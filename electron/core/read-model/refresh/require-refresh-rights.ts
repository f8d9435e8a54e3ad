import { Failure } from '../../../../shared/model/failure.ts';
import type { RefreshMode } from '../../../../shared/model/read-model.ts';
import { qualifiedName, quoteIdent } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import type { RefreshTarget } from './refresh-target.ts';

interface Rights {
  readonly role: string;
  /** Owner of the stable view. */
  readonly owner: string;
  readonly ownsView: boolean;
  readonly ownsCopy: boolean;
  readonly readsCopy: boolean;
  readonly writesCopy: boolean;
  readonly writesRegistry: boolean;
  /** PostgreSQL 17 and later; false before. */
  readonly maintainsCopy: boolean;
  /** A second copy can be made beside. */
  readonly createsInSchema: boolean;
}

/**
 * Throws `permission_denied` with the exact GRANT where this role may not do what a refresh in this mode does, before
 * anything of it is begun. From PostgreSQL 17 on MAINTAIN is enough in place; before, only the owner may refresh.
 *
 * @param instead Why this mode has to follow one that did not do; left out where it is the first.
 */
export async function requireRefreshRights(
  sql: Sql,
  { model, live, hidden, cutByPeriod }: RefreshTarget,
  mode: RefreshMode,
  versionNumber: number,
  instead?: string,
): Promise<void> {
  const view = qualifiedName(model.schema, model.name);
  const copy = qualifiedName(model.schema, live.copy);
  const maintain = versionNumber >= 170_000 ? `has_table_privilege(c.oid, 'maintain')` : 'false';
  const [rights] = await sql.query<Rights>(
    `select current_user::text as role, pg_get_userbyid(v.relowner)::text as owner,
      pg_has_role(v.relowner, 'usage') as "ownsView", pg_has_role(c.relowner, 'usage') as "ownsCopy",
      has_table_privilege(c.oid, 'select') as "readsCopy",
      has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete') as "writesCopy",
      (select bool_and(has_table_privilege(t.oid, 'select') and has_table_privilege(t.oid, 'insert') and has_table_privilege(t.oid, 'update'))
        from pg_class t where t.relnamespace = 'daybreak'::regnamespace and t.relkind = 'r') as "writesRegistry",
      has_schema_privilege(v.relnamespace, 'create') as "createsInSchema", ${maintain} as "maintainsCopy"
    from pg_class v, pg_class c where v.oid = $1::text::regclass and c.oid = $2::text::regclass`,
    [view, copy],
  );
  if (rights === undefined) return; // gone meanwhile: the refresh itself says so
  const problem =
    obstacle(rights, mode, versionNumber, copy) ??
    (mode === 'side_by_side' && !rights.createsInSchema && (cutByPeriod || !hidden.exists)
      ? {
          why: `side by side needs a second copy, and it may not create one in schema ${model.schema}`,
          action: `grant create on schema ${quoteIdent(model.schema)} to ${quoteIdent(rights.role)};`,
        }
      : null);
  if (problem === null) return;
  const begun = instead === undefined ? ' Nothing was begun, and the old rows are still served.' : '';
  throw new Failure({
    code: 'permission_denied',
    message: `${instead === undefined ? '' : `${instead}. `}Role ${rights.role} may not refresh ${model.name}: ${problem.why}.${begun}`,
    action: problem.action,
  });
}

function obstacle(
  rights: Rights,
  mode: RefreshMode,
  versionNumber: number,
  copy: string,
): { readonly why: string; readonly action: string } | null {
  const { role, owner } = rights;
  const membership = `grant ${quoteIdent(owner)} to ${quoteIdent(role)};`;
  if (!rights.writesRegistry) {
    return { why: "it may not write Daybreak's registry in schema daybreak", action: membership };
  }
  if (mode === 'side_by_side') {
    return rights.ownsView
      ? null
      : { why: `side by side needs role ${owner}, which owns its view`, action: membership };
  }
  if (mode === 'by_period') {
    const allowed = rights.writesCopy && rights.readsCopy;
    const action = `grant select, insert, update, delete on ${copy} to ${quoteIdent(role)};`;
    return allowed ? null : { why: `it may not write ${copy}, which belongs to role ${owner}`, action };
  }
  if (rights.ownsCopy || (rights.maintainsCopy && rights.readsCopy)) return null;
  return versionNumber >= 170_000
    ? {
        why: `it has no MAINTAIN on ${copy}, which belongs to role ${owner}`,
        action: `grant maintain, select on ${copy} to ${quoteIdent(role)};`,
      }
    : { why: `up to PostgreSQL 16 only role ${owner}, which owns ${copy}, may do that`, action: membership };
}
