import { terminatedSql } from '../../../../shared/format/terminated-sql.ts';
import { readableRelationsSql } from '../../postgres/queries/readable-relations.ts';
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { doBlock } from '../sql/dollar-quote.ts';

interface Executive {
  readonly database: string;
  readonly role: string;
}

/** Of the registry, what a label needs where a stable view has no row to tell its as-of. */
export const labelColumns = {
  version: ['read_model', 'version', 'state', 'live_slot'],
  copy: ['read_model', 'version', 'slot', 'data_as_of'],
} as const;

/** ... and what says why a number stays as old as it is; a registry without schedules has none of it. */
export const holdColumns = {
  calendar: ['name', 'definition'],
  schedule: ['read_model', 'paused_at', 'stopped_at'],
} as const;

const patience = `set local lock_timeout = '5s'`;

/**
 * For psql, run by a superuser: a role that reads the stable views and nothing else. Can be run again, for the views that
 * were added since. A role that is there already and has more rights than that is refused, not curtailed. Pure.
 */
export function executiveScript({
  database,
  role,
  views,
}: Executive & { readonly views: readonly { readonly schema: string; readonly name: string }[] }): string {
  const name = quoteIdent(role);
  const schemas = [...new Set(views.map(({ schema }) => schema))].toSorted();
  return psql(
    database,
    [
      `A role for executives in database ${database}: ${role} reads the stable views below, and what tells how old`,
      'they are and why. No table of the ERP, no copy of a read model, and nothing of the registry besides.',
      'Run it again when read models were added: what is granted already stays granted.',
    ],
    [
      transaction('-- All of it or nothing', [
        doBlock('role', '', ensureRole(role)),
        `grant connect on database ${quoteIdent(database)} to ${name}`,
        ...schemas.map((schema) => `grant usage on schema ${quoteIdent(schema)} to ${name}`),
        ...views.map((view) => `grant select on ${qualifiedName(view.schema, view.name)} to ${name}`),
        `grant usage on schema daybreak to ${name}`,
        ...Object.entries(labelColumns).map(
          ([table, columns]) => `grant select (${columns.join(', ')}) on daybreak.${table} to ${name}`,
        ),
        doBlock('holds', '', grantHolds(name)),
        `insert into daybreak.reader (read_model, role_name) values\n  ${views
          .map((view) => `(${quoteLiteral(view.name)}, ${quoteLiteral(role)})`)
          .join(',\n  ')}\non conflict do nothing`,
        `-- A belt, and no more: any session can take it off again. The grants above decide.\nalter role ${name} set default_transaction_read_only = on`,
      ]),
      [
        '-- What the role can read besides, through PUBLIC or a grant of somebody else. Empty is right.',
        terminatedSql(
          `select format('%I.%I', schema, name) as "reads besides"\nfrom (\n${readableRelationsSql(
            `(select oid from pg_catalog.pg_roles where rolname = ${quoteLiteral(role)})`,
          )}\n) as readable\nwhere not stable`,
        ),
      ].join('\n'),
      comment([`Then give it a password, in psql:  \\password ${name}`]),
    ],
  );
}

/** Takes the grants and the role away. A role that owns something is left alone: its things would go with it. Pure. */
export function takeAwayScript({ database, role }: Executive): string {
  const name = quoteIdent(role);
  const literal = quoteLiteral(role);
  return psql(
    database,
    [`Takes the executives' role ${role} away from database ${database}: its grants, then the role itself.`],
    [
      transaction('-- All of it or nothing', [
        doBlock(
          'owns',
          '',
          `  if exists (select from pg_shdepend where refclassid = 'pg_authid'::regclass and deptype = 'o'
      and refobjid = (select oid from pg_roles where rolname = ${literal})) then
    raise exception 'role % owns something: give that to somebody else first', ${literal};
  end if;`,
        ),
        doBlock(
          'reader',
          '',
          `  if to_regclass('daybreak.reader') is not null then
    delete from daybreak.reader where role_name = ${literal};
  end if;`,
        ),
        `drop owned by ${name} restrict`,
        `drop role ${name}`,
      ]),
    ],
  );
}

const grantHolds = (name: string): string =>
  `  if to_regclass('daybreak.schedule') is not null and to_regclass('daybreak.calendar') is not null then
${Object.entries(holdColumns)
  .map(([table, columns]) => `    grant select (${columns.join(', ')}) on daybreak.${table} to ${name};`)
  .join('\n')}
  end if;`;

const ensureRole = (role: string): string => {
  const literal = quoteLiteral(role);
  return `  if not exists (select from pg_roles where rolname = ${literal}) then
    create role ${quoteIdent(role)} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  elsif exists (select from pg_roles where rolname = ${literal}
      and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls or not rolcanlogin))
    or exists (select from pg_auth_members where member = (select oid from pg_roles where rolname = ${literal})) then
    raise exception 'role % is there already, and can do more than read what it is granted, or cannot log in', ${literal}
      using hint = 'Choose another name for the role.';
  end if;`;
};

function psql(database: string, says: readonly string[], parts: readonly string[]): string {
  const head = [
    comment([...says, `Run it as a superuser:  psql -X -f this-file.sql ${database}`]),
    '\\set ON_ERROR_STOP on',
    'set standard_conforming_strings = on;',
  ];
  return `${[head.join('\n'), ...parts].join('\n\n')}\n`;
}

/** A name may hold anything, also the end of a line, after which it would be a statement. */
const comment = (lines: readonly string[]): string =>
  // oxlint-disable-next-line no-control-regex
  lines.map((line) => `-- ${line.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, ' ')}`).join('\n');

const transaction = (title: string, statements: readonly string[]): string =>
  [title, 'begin;', ...[patience, ...statements].map(terminatedSql), 'commit;'].join('\n');
