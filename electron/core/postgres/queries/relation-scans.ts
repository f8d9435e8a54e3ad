import type { Sql } from '../session.ts';

export interface RelationScans {
  readonly relation: string;
  /** Scans of it and of its indexes since the statistics began. */
  readonly scans: number;
  /** ISO 8601; null before PostgreSQL 16, and where it was never read. */
  readonly lastReadAt: string | null;
}

/** From here on the server keeps when a relation was read last. */
const lastScanVersion = 160_000;

/** How often relations were read, by pg_stat. Sessions report their reads up to a minute late. */
export async function readScans(
  sql: Sql,
  schema: string,
  relations: readonly string[],
  versionNumber: number,
): Promise<RelationScans[]> {
  const last =
    versionNumber >= lastScanVersion
      ? `to_char(greatest(last_seq_scan, last_idx_scan) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
      : 'null::text';
  return sql.query<RelationScans>(
    `select relname::text as relation, (coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::float8 as scans,
      ${last} as "lastReadAt"
    from pg_stat_all_tables where schemaname = $1 and relname = any ($2::text[])`,
    [schema, relations],
  );
}
