import type { StatementKey } from '../../../../shared/model/sampling.ts';
import { qualifiedName } from '../quote.ts';
import type { Sql } from '../session.ts';
import type { StatementStatistics } from './extension.ts';

export interface StatementText {
  readonly key: StatementKey;
  readonly text: string;
  readonly databaseName: string | null;
  readonly roleName: string | null;
}

/** Characters kept of one statement. */
export const maxTextChars = 100_000;
/** Bytes fetched by one reading; what is over comes with the next one. */
const maxReadingBytes = 16_000_000;
/** The server loads its whole text file for any reading: 390 ms for 94 MB were measured. Above this, none is asked for. */
export const maxTextFileBytes = 512 * 1024 * 1024;

/**
 * Normalized texts of `keys`. Each call makes the server load its whole text file, so call it rarely, with all keys
 * at once. Keys that are gone, and those over the size limit of one reading, are missing from the result.
 */
export async function readTexts(
  sql: Sql,
  { schema, columns }: StatementStatistics,
  keys: readonly StatementKey[],
): Promise<StatementText[]> {
  if (keys.length === 0) return [];
  const toplevel = columns.has('toplevel') ? 's.toplevel' : 'true';
  const rows = await sql.query<StatementKey & Omit<StatementText, 'key'>>(
    `
    select "databaseOid", "roleOid", queryid, toplevel, text, "databaseName", "roleName"
    from (
      select s.dbid::text as "databaseOid", s.userid::text as "roleOid", s.queryid::text as queryid,
        -- counting characters of all texts took a fifth of the reading: bytes are known
        ${toplevel} as toplevel,
        case when octet_length(s.query) > ${maxTextChars} then left(s.query, ${maxTextChars}) else s.query end as text,
        d.datname::text as "databaseName", r.rolname::text as "roleName",
        sum(least(octet_length(s.query), ${4 * maxTextChars}))
          over (order by s.calls desc, s.queryid, s.dbid, s.userid) as bytes
      from ${qualifiedName(schema, 'pg_stat_statements')}(true) s
        join unnest($1::oid[], $2::oid[], $3::int8[], $4::bool[]) k (dbid, userid, queryid, toplevel)
          on k.dbid = s.dbid and k.userid = s.userid and k.queryid = s.queryid and k.toplevel = ${toplevel}
        left join pg_database d on d.oid = s.dbid
        left join pg_roles r on r.oid = s.userid
      where s.query is not null
    ) t
    where bytes <= ${maxReadingBytes}`,
    [
      keys.map(({ databaseOid }) => databaseOid),
      keys.map(({ roleOid }) => roleOid),
      keys.map(({ queryid }) => queryid),
      keys.map((key) => key.toplevel),
    ],
  );
  return rows.map(({ text, databaseName, roleName, ...key }) => ({ key, text, databaseName, roleName }));
}

/** Size of the server's text file, bytes; null where this role may not ask (pg_stat_file is granted to nobody). */
export async function readTextFileBytes(sql: Sql): Promise<number | null> {
  const [right] = await sql.query<{ allowed: boolean }>(
    `select has_function_privilege('pg_catalog.pg_stat_file(text, boolean)', 'execute') as allowed`,
  );
  if (right?.allowed !== true) return null;
  const [file] = await sql.query<{ bytes: string | null }>(
    `select (pg_stat_file('pg_stat_tmp/pgss_query_texts.stat', true)).size as bytes`,
  );
  return file?.bytes == null ? null : Number(file.bytes);
}
