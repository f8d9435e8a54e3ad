/** An identifier as PostgreSQL writes it, alone or behind a schema. */
const ident = '(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)';
const created = new RegExp(`^\\s*create (schema|table|materialized view|view) (${ident}(?:\\.${ident})?)(?=[\\s(;]|$)`);

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Gives to `role` what the statements create, in their order: a schema first, because the owner of a relation has to be
 * allowed to create in its schema. A view that is replaced keeps its owner.
 */
export const handOverSql = (sql: readonly string[], role: string): string[] =>
  sql.flatMap((statement) => {
    const [, kind, name] = created.exec(statement) ?? [];
    return kind === undefined || name === undefined ? [] : [`alter ${kind} ${name} owner to ${quoted(role)}`];
  });

/** Fails where the session may not act for `role`, and changes nothing. */
export const setRoleAndBack = (role: string): string[] => [`set role ${quoted(role)};`, 'reset role;'];
