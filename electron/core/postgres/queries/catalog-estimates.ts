import type { Sql } from '../session.ts';

export interface RelationBytes {
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** What a relation occupies; null where there is none. */
export async function readRelationBytes(sql: Sql, schema: string, relation: string): Promise<RelationBytes | null> {
  const [row] = await sql.query<RelationBytes>(
    `select pg_table_size(c.oid)::float8 as "tableBytes", pg_indexes_size(c.oid)::float8 as "indexBytes"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [schema, relation],
  );
  return row ?? null;
}

export interface DiskSettings {
  /** Null: no limit. */
  readonly tempFileLimitBytes: number | null;
  /** Null where this role may not see it. */
  readonly dataDirectory: string | null;
}

export async function readDiskSettings(sql: Sql): Promise<DiskSettings> {
  const [row] = await sql.query<DiskSettings>(
    `select (select case when setting::bigint >= 0 then setting::float8 * 1024 end
        from pg_settings where name = 'temp_file_limit') as "tempFileLimitBytes",
      (select setting from pg_settings where name = 'data_directory') as "dataDirectory"`,
  );
  return row ?? { tempFileLimitBytes: null, dataDirectory: null };
}
