import type Database from 'better-sqlite3';
import { foreverHour } from './interned.ts';
import { toHour, toUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { referredFingerprints } from './referred-fingerprints.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * How long things are kept. Plans, executions and the activity log stay as long as their connection, and so does
 * everything that was opened from a capture.
 */
export const kept = {
  rawMs: 48 * hourMs,
  minuteMs: 14 * dayMs,
  hourMs: 365 * dayMs,
  /** As long as an hour may name them. */
  unseenStatementMs: 366 * dayMs,
  /** As long as a minute may name them: statements that only passed (docs/decisions/0017). */
  passingStatementMs: 15 * dayMs,
  originMs: 366 * dayMs,
  runMs: 90 * dayMs,
  /** The newest result of each widget stays, however old. */
  widgetResultMs: 90 * dayMs,
  /** So long a dashboard that was removed can be put back. */
  removedDashboardMs: 7 * dayMs,
} as const;

/** Rows per batch: a batch holds the writer for some ten milliseconds, and samples go in between batches. */
const batchParents = 50;
const batchRollups = 200;
const batchStatements = 500;
/** A statement that was first and last seen within so many hours passed. */
const passingHours = 24;
/** What was opened from a capture has no retention. */
const expiring = 'server_key not in (select server_key from capture)';

/** Deletes one batch per call. */
export function createRetention(prepare: Prepare, db: Database.Database) {
  const deleteIntervals = (ids: readonly number[]): void => {
    for (const id of ids) {
      prepare('delete from delta where interval_id = ?').run(id);
      prepare('delete from interval where interval_id = ?').run(id);
    }
  };
  const deleteSamples = (ids: readonly number[]): void => {
    for (const id of ids) {
      prepare('delete from sample_blocker where sample_id = ?').run(id);
      prepare('delete from sample_row where sample_id = ?').run(id);
      prepare('delete from sample where sample_id = ?').run(id);
    }
  };
  const ids = (sql: string, ...values: readonly unknown[]): number[] =>
    prepare<{ id: number }>(sql)
      .all(...values)
      .map((row) => row.id);

  /** Every table that names a server: what is added to the schema goes with its server too. */
  const tablesOfServers = (): string[] =>
    prepare<{ name: string }>(
      `select distinct schema.name from sqlite_schema schema, pragma_foreign_key_list(schema.name) reference
       where schema.type = 'table' and reference."table" = 'server'`,
    )
      .all()
      .map(({ name }) => name);

  const purgeRemoved = (): boolean => {
    const [serverKey] = ids('select server_key as id from server where removed = 1 limit 1');
    if (serverKey === undefined) return false;
    const intervals = ids(
      `select interval_id as id from interval where server_key = ? limit ${batchParents}`,
      serverKey,
    );
    deleteIntervals(intervals);
    const samples = ids(`select sample_id as id from sample where server_key = ? limit ${batchParents}`, serverKey);
    deleteSamples(samples);
    const rollups = prepare(
      `delete from rollup where rollup_id in (select rollup_id from rollup where server_key = ? limit ${batchRollups})`,
    ).run(serverKey);
    const statements = prepare(
      `delete from statement where statement_id in
         (select statement_id from statement where server_key = ? limit ${batchStatements})`,
    ).run(serverKey);
    if (intervals.length + samples.length + rollups.changes + statements.changes > 0) return true;
    prepare('delete from merged_statement where server_key = ?').run(serverKey);
    for (const table of tablesOfServers()) prepare(`delete from ${table} where server_key = ?`).run(serverKey);
    prepare('delete from server where server_key = ?').run(serverKey);
    // Texts and origins of captures were marked as used for good.
    if (prepare('select 1 from capture').get() === undefined) {
      for (const table of ['text', 'origin']) {
        prepare(`update ${table} set last_used_hour = 0 where last_used_hour = ?`).run(foreverHour);
      }
    }
    return true;
  };

  const dropOldSamples = (nowMs: number): boolean => {
    const beforeUs = toUs(nowMs - kept.rawMs);
    let found = false;
    for (const serverKey of ids(`select server_key as id from server where ${expiring}`)) {
      const intervals = ids(
        `select interval_id as id from interval where server_key = ? and to_us < ? order by to_us limit ${batchParents}`,
        serverKey,
        beforeUs,
      );
      deleteIntervals(intervals);
      const samples = ids(
        `select sample_id as id from sample where server_key = ? and at_us < ? order by at_us limit ${batchParents}`,
        serverKey,
        beforeUs,
      );
      deleteSamples(samples);
      found ||= intervals.length + samples.length > 0;
    }
    return found;
  };

  const dropOldRollups = (nowMs: number): boolean => {
    let found = false;
    for (const serverKey of ids(`select server_key as id from server where ${expiring}`)) {
      for (const [minutes, keptMs] of [
        [1, kept.minuteMs],
        [60, kept.hourMs],
      ] as const) {
        const dropped = prepare(
          `delete from rollup where rollup_id in
             (select rollup_id from rollup where server_key = ? and minutes = ? and from_us < ?
              order by from_us limit ${batchRollups})`,
        ).run(serverKey, minutes, toUs(nowMs - keptMs));
        found ||= dropped.changes > 0;
      }
    }
    return found;
  };

  /**
   * Not seen for so long that no hour names them; or they only passed, no minute names them, and they were a considerable
   * part of no stored hour. What a person or a finding refers to stays in any case.
   */
  const dropStatements = (nowMs: number): boolean => {
    const unnamed = toHour(nowMs - kept.unseenStatementMs) - 1;
    const passed = toHour(nowMs - kept.passingStatementMs);
    const referred = JSON.stringify(referredFingerprints(prepare));
    let found = false;
    for (const serverKey of ids(`select server_key as id from server where ${expiring}`)) {
      const candidates = prepare<{ id: number }>(
        `select statement_id as id from statement
         where server_key = @serverKey and last_seen_hour between 1 and @passed
           and (last_seen_hour <= @unnamed
             or (last_seen_hour - first_seen_hour < ${passingHours} and coalesce(mattered_hour, 0) <= @unnamed))
           and fingerprint not in (select value from json_each(@referred))
         limit ${batchStatements}`,
      );
      const gone = candidates.all({ serverKey, passed, unnamed, referred }).map(({ id }) => id);
      const goneIds = JSON.stringify(gone);
      prepare('delete from statement where statement_id in (select value from json_each(?))').run(goneIds);
      prepare('delete from merged_statement where server_key = ? and into_id in (select value from json_each(?))').run(
        serverKey,
        goneIds,
      );
      found ||= gone.length > 0;
    }
    return found;
  };

  /** Only once nothing can refer to them any more: an hour of margin for the hour they are marked with. */
  const dropUnused = (nowMs: number): boolean => {
    const unusedBefore = toHour(nowMs - kept.rawMs) - 1;
    const changes = [
      prepare(
        `delete from text where text_id in
           (select text_id from text where last_used_hour < ?
              and not exists (select 1 from statement where statement.text_id = text.text_id) limit 500)`,
      ).run(unusedBefore),
      prepare(
        'delete from origin where origin_id in (select origin_id from origin where last_used_hour < ? limit 500)',
      ).run(toHour(nowMs - kept.originMs) - 1),
      prepare('delete from run where run_id in (select run_id from run where started_at_ms < ? limit 500)').run(
        nowMs - kept.runMs,
      ),
      prepare(
        `delete from widget_result where result_id in
           (select old.result_id from widget_result old where old.pack = 0 and old.stored_at_ms < ? and exists
              (select 1 from widget_result newer where newer.dashboard_key = old.dashboard_key
                 and newer.widget_id = old.widget_id and newer.result_id > old.result_id) limit 100)`,
      ).run(nowMs - kept.widgetResultMs),
      // One at a time: some megabytes of numbers go with each.
      prepare(
        `delete from dashboard where dashboard_key =
           (select dashboard_key from dashboard where removed_at_ms < ? order by removed_at_ms limit 1)`,
      ).run(nowMs - kept.removedDashboardMs),
    ];
    return changes.some((change) => change.changes > 0);
  };

  /** Pages that retention freed are written again by the next day's samples; only a real surplus goes back. */
  const returnSpace = (): void => {
    const pages = Number(db.pragma('page_count', { simple: true }));
    const free = Number(db.pragma('freelist_count', { simple: true }));
    if (free > 2_000 && free > pages / 4) db.pragma(`incremental_vacuum(${Math.ceil(free / 2)})`);
  };

  return {
    /** What belonged to servers that were removed; true: there is more. */
    purgeRemoved,

    /** What is past its time; true: there is more. */
    retain(nowMs: number): boolean {
      const more =
        purgeRemoved() || dropOldSamples(nowMs) || dropOldRollups(nowMs) || dropStatements(nowMs) || dropUnused(nowMs);
      if (!more) returnSpace();
      return more;
    },
  };
}
