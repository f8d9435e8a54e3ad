import type { StatementKey } from '../../../shared/model/sampling.ts';
import { unpackTraits } from '../sql-text/packed-traits.ts';
import type { StoredStatement } from './history.ts';
import { toHour } from './moments.ts';
import { rememberTexts, type PackedText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';
import type { Later } from './read-sample-rows.ts';
import { knownServerKey } from './servers.ts';

interface KeyRow {
  readonly database_oid: string;
  readonly role_oid: string;
  readonly queryid: string | null;
  readonly toplevel: number;
}
interface StatementRow extends KeyRow {
  readonly statement_id: number;
  readonly database_name: string | null;
  readonly role_name: string | null;
  readonly fingerprint: string;
  readonly text_id: number | null;
  readonly traits: string | null;
}

const columns = `statement_id, database_oid, role_oid, queryid, toplevel, database_name, role_name,
                 statement.fingerprint, text_id, traits`;
/** Of all servers: those of a program with many, and what it is compared with. */
const mostKept = 20_000;

export function createStatementReader(prepare: Prepare, later: Later) {
  const textOf = rememberTexts();
  // The same object while nothing of it changed: what was read out of a text is kept with it.
  const kept = new Map<number, { readonly row: StatementRow; readonly stored: StoredStatement }>();
  const storedStatement = (row: StatementRow): StoredStatement => {
    const before = kept.get(row.statement_id);
    if (before !== undefined && isSame(before.row, row)) return before.stored;
    let text: string | null = null;
    const stored: StoredStatement = {
      statementId: String(row.statement_id),
      key: keyOf(row),
      databaseName: row.database_name,
      roleName: row.role_name,
      // Few questions look at the texts of all statements: each is read when it is asked for.
      get text() {
        text ??= row.text_id === null ? null : later(() => textOfId(row.text_id ?? 0));
        return text;
      },
      traits: unpackTraits(row.traits),
      fingerprint: row.fingerprint,
    };
    if (kept.size >= mostKept) kept.clear();
    kept.set(row.statement_id, { row, stored });
    return stored;
  };
  const textOfId = (textId: number): string | null => {
    const row = prepare<{ body: PackedText }>('select body from text where text_id = ?').get(textId);
    return row === undefined ? null : textOf(textId, row.body);
  };
  return {
    keysWithoutText(serverId: string): StatementKey[] {
      return prepare<KeyRow>(
        `select database_oid, role_oid, queryid, toplevel from statement
         where server_key = ? and normalized = 0 and queryid is not null order by statement_id`,
      )
        .all(knownServerKey(prepare, serverId))
        .flatMap((row) => keyOf(row) ?? []);
    },

    /** With background processes, which have no hour in which they were last seen. */
    statements(serverId: string, sinceMs: number): StoredStatement[] {
      return prepare<StatementRow>(
        `select ${columns} from statement
         where server_key = ? and (last_seen_hour >= ? or last_seen_hour = 0) order by statement_id`,
      )
        .all(knownServerKey(prepare, serverId), Math.max(0, toHour(sinceMs)))
        .map(storedStatement);
    },

    // The plus keeps SQLite from reading all statements of the server to find a few.
    statementsById(serverId: string, statementIds: readonly string[]): StoredStatement[] {
      return prepare<StatementRow>(
        `select ${columns} from statement
         where statement_id in (select cast(value as integer) from json_each(?)) and +server_key = ?
         order by statement_id`,
      )
        .all(JSON.stringify(statementIds), knownServerKey(prepare, serverId))
        .map(storedStatement);
    },

    statementCount(serverId: string): number {
      const row = prepare<{ count: number }>('select count(*) as count from statement where server_key = ?').get(
        knownServerKey(prepare, serverId),
      );
      return row?.count ?? 0;
    },
  };
}

function keyOf(row: KeyRow): StatementKey | null {
  if (row.queryid === null) return null;
  return {
    databaseOid: row.database_oid,
    roleOid: row.role_oid,
    queryid: row.queryid,
    toplevel: row.toplevel === 1,
  };
}

const isSame = (a: StatementRow, b: StatementRow): boolean =>
  a.text_id === b.text_id &&
  a.traits === b.traits &&
  a.fingerprint === b.fingerprint &&
  a.queryid === b.queryid &&
  a.role_name === b.role_name &&
  a.database_name === b.database_name &&
  a.role_oid === b.role_oid &&
  a.database_oid === b.database_oid &&
  a.toplevel === b.toplevel;
