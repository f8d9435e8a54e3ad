import type { ActivityRow, StatementKey } from '../../../shared/model/sampling.ts';
import { packTraits } from '../sql-text/packed-traits.ts';
import { returned, type InternedText } from './interned.ts';
import type { Prepare } from './prepared.ts';

/** A statement as the writer holds it in memory. */
export interface IndexedStatement {
  readonly statementId: number;
  readonly databaseOid: string;
  readonly roleOid: string;
  readonly queryid: string | null;
  readonly toplevel: boolean;
  textId: number | null;
  normalized: boolean;
  fingerprint: string;
  lastSeenHour: number;
}

/**
 * Which statement is meant: one id for (server, database, role, queryid, toplevel), whoever saw it first. Activity
 * shows the queryid of the top-level statement only, so its key has toplevel = true. Activity without a queryid
 * (PostgreSQL 13, missing rights) is known by the fingerprint of its text.
 */
export interface StatementIndex {
  byKey(key: StatementKey, hour: number): IndexedStatement;
  byFingerprint(row: ActivityRow, fingerprint: string, hour: number): IndexedStatement;
  /** Takes over a text; `normalized` when it is the one of pg_stat_statements. */
  setText(statement: IndexedStatement, text: InternedText & { readonly whole: string }, normalized: boolean): void;
  setNames(statement: IndexedStatement, databaseName: string | null, roleName: string | null): void;
}

/** Until a text is known, the queryid stands for it. */
export const unseenFingerprint = (queryid: string): string => `unseen${queryid}`;

interface StatementRow {
  readonly statement_id: number;
  readonly database_oid: string;
  readonly role_oid: string;
  readonly queryid: string | null;
  readonly toplevel: number;
  readonly text_id: number | null;
  readonly normalized: number;
  readonly fingerprint: string;
  readonly last_seen_hour: number;
}

export function loadStatementIndex(prepare: Prepare, serverKey: number): StatementIndex {
  const keyed = new Map<string, IndexedStatement>();
  const printed = new Map<string, IndexedStatement>();
  const named = new Set<number>();

  const keyName = (databaseOid: string, roleOid: string, queryid: string, toplevel: boolean): string =>
    `${databaseOid}/${roleOid}/${queryid}/${toplevel}`;
  const printName = (databaseOid: string, roleOid: string, print: string): string =>
    `${databaseOid}/${roleOid}/${print}`;

  const remember = (statement: IndexedStatement): void => {
    const { databaseOid, roleOid, queryid, toplevel } = statement;
    if (queryid !== null) keyed.set(keyName(databaseOid, roleOid, queryid, toplevel), statement);
    // Rows are read with the unkeyed first, so a keyed statement of the same text wins.
    if (toplevel) printed.set(printName(databaseOid, roleOid, statement.fingerprint), statement);
  };

  for (const row of prepare<StatementRow>(
    `select statement_id, database_oid, role_oid, queryid, toplevel, text_id, normalized, fingerprint, last_seen_hour
     from statement where server_key = ? order by queryid is not null, statement_id`,
  ).all(serverKey)) {
    const statement = {
      statementId: row.statement_id,
      databaseOid: row.database_oid,
      roleOid: row.role_oid,
      queryid: row.queryid,
      toplevel: row.toplevel === 1,
      textId: row.text_id,
      normalized: row.normalized === 1,
      fingerprint: row.fingerprint,
      lastSeenHour: row.last_seen_hour,
    };
    remember(statement);
  }

  const create = (key: Omit<StatementKey, 'queryid'> & { queryid: string | null }, print: string, hour: number) => {
    const { databaseOid, roleOid, queryid, toplevel } = key;
    const row = prepare<{ statement_id: number }>(
      `insert into statement (server_key, database_oid, role_oid, queryid, toplevel, normalized, fingerprint,
                              first_seen_hour, last_seen_hour)
       values (?, ?, ?, ?, ?, 0, ?, ?, ?) returning statement_id`,
    ).get(serverKey, databaseOid, roleOid, queryid, Number(toplevel), print, hour, hour);
    const statement: IndexedStatement = {
      statementId: returned(row).statement_id,
      databaseOid,
      roleOid,
      queryid,
      toplevel,
      textId: null,
      normalized: false,
      fingerprint: print,
      lastSeenHour: hour,
    };
    remember(statement);
    return statement;
  };

  const seen = (statement: IndexedStatement, hour: number): IndexedStatement => {
    if (statement.lastSeenHour < hour) {
      prepare('update statement set last_seen_hour = ? where statement_id = ?').run(hour, statement.statementId);
      statement.lastSeenHour = hour;
    }
    return statement;
  };

  /** What was seen by fingerprint alone becomes the keyed statement of the same text. */
  const mergeUnkeyed = (statement: IndexedStatement, print: string): void => {
    const name = printName(statement.databaseOid, statement.roleOid, print);
    const other = printed.get(name);
    if (other !== undefined && other.queryid === null) {
      prepare('update sample_row set statement_id = ? where statement_id = ?').run(
        statement.statementId,
        other.statementId,
      );
      // Packed values keep the old id: readers follow it.
      prepare('update merged_statement set into_id = ? where into_id = ?').run(
        statement.statementId,
        other.statementId,
      );
      prepare('insert into merged_statement (statement_id, server_key, into_id) values (?, ?, ?)').run(
        other.statementId,
        serverKey,
        statement.statementId,
      );
      prepare(
        `update statement set last_seen_hour = max(last_seen_hour, @otherHour),
           first_seen_hour = min(first_seen_hour, (select first_seen_hour from statement where statement_id = @other))
         where statement_id = @statement`,
      ).run({ statement: statement.statementId, other: other.statementId, otherHour: other.lastSeenHour });
      statement.lastSeenHour = Math.max(statement.lastSeenHour, other.lastSeenHour);
      prepare('delete from statement where statement_id = ?').run(other.statementId);
    }
    printed.set(name, statement);
  };

  return {
    byKey(key, hour) {
      const known = keyed.get(keyName(key.databaseOid, key.roleOid, key.queryid, key.toplevel));
      return known === undefined ? create(key, unseenFingerprint(key.queryid), hour) : seen(known, hour);
    },

    byFingerprint(row, fingerprint, hour) {
      const [databaseOid, roleOid] = [row.databaseOid ?? '', row.roleOid ?? ''];
      const known = printed.get(printName(databaseOid, roleOid, fingerprint));
      if (known !== undefined) return seen(known, hour);
      return create({ databaseOid, roleOid, queryid: null, toplevel: true }, fingerprint, hour);
    },

    setText(statement, text, normalized) {
      const before = statement.fingerprint;
      prepare(
        'update statement set text_id = ?, normalized = ?, fingerprint = ?, traits = ? where statement_id = ?',
      ).run(text.textId, Number(normalized), text.fingerprint, packTraits(text.whole), statement.statementId);
      statement.textId = text.textId;
      statement.normalized = normalized;
      statement.fingerprint = text.fingerprint;
      if (before === text.fingerprint) return;
      // The person's word about this statement stays valid when a better text changes its fingerprint.
      prepare(
        `insert or ignore into class_override (server_key, fingerprint, class)
         select server_key, ?, class from class_override where server_key = ? and fingerprint = ?`,
      ).run(text.fingerprint, serverKey, before);
      if (statement.queryid !== null && statement.toplevel) mergeUnkeyed(statement, text.fingerprint);
    },

    setNames(statement, databaseName, roleName) {
      if (named.has(statement.statementId)) return;
      prepare(
        `update statement set database_name = coalesce(?, database_name), role_name = coalesce(?, role_name)
         where statement_id = ?`,
      ).run(databaseName, roleName, statement.statementId);
      if (databaseName !== null && roleName !== null) named.add(statement.statementId);
    },
  };
}
