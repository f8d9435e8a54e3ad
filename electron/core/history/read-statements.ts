import type { StatementKey } from '../../../shared/model/sampling.ts';
import type { StoredStatement } from './history.ts';
import { toHour } from './moments.ts';
import { rememberTexts, type PackedText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';
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
  readonly body: PackedText | null;
}

const columns = `statement_id, database_oid, role_oid, queryid, toplevel, database_name, role_name,
                 statement.fingerprint, text_id, body`;

export function createStatementReader(prepare: Prepare) {
  const textOf = rememberTexts();
  const storedStatement = (row: StatementRow): StoredStatement => ({
    statementId: String(row.statement_id),
    key: keyOf(row),
    databaseName: row.database_name,
    roleName: row.role_name,
    text: row.text_id === null || row.body === null ? null : textOf(row.text_id, row.body),
    fingerprint: row.fingerprint,
  });
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
        `select ${columns} from statement left join text using (text_id)
         where server_key = ? and (last_seen_hour >= ? or last_seen_hour = 0) order by statement_id`,
      )
        .all(knownServerKey(prepare, serverId), Math.max(0, toHour(sinceMs)))
        .map(storedStatement);
    },

    // The plus keeps SQLite from reading all statements of the server to find a few.
    statementsById(serverId: string, statementIds: readonly string[]): StoredStatement[] {
      return prepare<StatementRow>(
        `select ${columns} from statement left join text using (text_id)
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
