import type { Sql } from '../../postgres/session.ts';

/** The server's counters at one moment, bytes; null where they cannot be told. */
export interface CostCounters {
  readonly walBytes: number | null;
  readonly tempBytes: number | null;
}

/** From here on a backend's own write-ahead log is counted (pg_stat_get_backend_wal). */
const backendWalVersion = 180_000;
/** From here on a session can have its counters collected at once; before, they come up to a second late. */
const forcedFlushVersion = 150_000;

/**
 * Write-ahead log and temporary files so far. The log is the backend's own where the server counts it by backend, else
 * the position of the whole server's: pg_stat_statements has it by statement, but not for REFRESH where track_utility is
 * off, not without the extension, and an entry may be evicted in the middle. Temporary files come from
 * pg_stat_database for the same reasons; it counts parallel workers, too. Never throws: a refresh does not fail for this.
 */
export async function readCostCounters(sql: Sql, versionNumber: number): Promise<CostCounters> {
  const none = { walBytes: null, tempBytes: null };
  const wal =
    versionNumber >= backendWalVersion
      ? '(select wal_bytes from pg_stat_get_backend_wal(pg_backend_pid()))'
      : `pg_current_wal_insert_lsn() - '0/0'::pg_lsn`;
  const temp =
    versionNumber >= forcedFlushVersion
      ? '(select temp_bytes from pg_stat_database where datname = current_database())'
      : 'null';
  try {
    if (versionNumber >= forcedFlushVersion) await sql.query('select pg_stat_force_next_flush()');
    const [row] = await sql.query<CostCounters>(
      `select (${wal})::float8 as "walBytes", (${temp})::float8 as "tempBytes"`,
    );
    return row ?? none;
  } catch {
    return none;
  }
}

/** What came between two readings; a reset of the statistics makes it unknown. */
export const costBetween = (before: CostCounters, after: CostCounters): CostCounters => ({
  walBytes: difference(before.walBytes, after.walBytes),
  tempBytes: difference(before.tempBytes, after.tempBytes),
});

const difference = (before: number | null, after: number | null): number | null =>
  before === null || after === null || after < before ? null : after - before;
