import { z } from 'zod';
import { findingSchema, gradeSchema } from '../../../shared/model/diagnosis.ts';
import { statementSchema } from '../../../shared/model/statement.ts';
import type { SeenRun, StoredOpenFinding } from './open-finding-store.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

const minuteMs = 60_000;

const bodySchema = z.object({
  statement: statementSchema,
  cure: findingSchema.shape.cure,
  cureText: findingSchema.shape.cureText,
  grade: gradeSchema,
  blameShare: z.number(),
  // Absent in findings of versions that did not write it down.
  prediction: z.object({ meanMs: z.number(), p95Ms: z.number().nullable() }).nullable().default(null),
});

interface FindingRow {
  readonly fingerprint: string;
  readonly found_at_ms: number;
  readonly damage_seconds: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly dismissed: number;
  readonly last_run_at_ms: number | null;
  readonly watched_to_ms: number;
  readonly body: string;
}
interface RunRow {
  readonly fingerprint: string;
  readonly application_name: string;
  readonly role_name: string;
  readonly last_seen_at_ms: number;
}

export function createOpenFindingReader(prepare: Prepare) {
  return {
    /** The most damage first. */
    openFindings(serverId: string): StoredOpenFinding[] {
      return prepare<FindingRow>(
        `select fingerprint, found_at_ms, damage_seconds, from_ms, to_ms, dismissed, last_run_at_ms, watched_to_ms, body
         from open_finding where server_key = ? order by damage_seconds desc, fingerprint`,
      )
        .all(knownServerKey(prepare, serverId))
        .map((row) => ({ row, body: bodySchema.parse(JSON.parse(row.body)) }))
        .map(({ row, body }) => ({
          fingerprint: row.fingerprint,
          ...body,
          statement: { ...body.statement, fingerprint: row.fingerprint },
          damageSeconds: row.damage_seconds,
          window: { fromMs: row.from_ms, toMs: row.to_ms },
          foundAtMs: row.found_at_ms,
          dismissed: row.dismissed === 1,
          lastRunAtMs: row.last_run_at_ms,
          watchedToMs: row.watched_to_ms,
        }));
    },

    /** The latest first. */
    openFindingRuns(serverId: string): SeenRun[] {
      return prepare<RunRow>(
        `select fingerprint, application_name, role_name, last_seen_at_ms from open_finding_run
         where server_key = ? order by last_seen_at_ms desc, application_name, role_name`,
      )
        .all(knownServerKey(prepare, serverId))
        .map((row) => ({
          fingerprint: row.fingerprint,
          applicationName: row.application_name,
          roleName: row.role_name === '' ? null : row.role_name,
          lastSeenAtMs: row.last_seen_at_ms,
        }));
    },

    statementsOf(serverId: string, fingerprints: readonly string[]) {
      return prepare<{ statement_id: number; fingerprint: string; role_name: string | null }>(
        `select statement_id, fingerprint, role_name from statement
         where server_key = ? and fingerprint in (select value from json_each(?)) order by statement_id`,
      )
        .all(knownServerKey(prepare, serverId), JSON.stringify(fingerprints))
        .map((row) => ({
          statementId: String(row.statement_id),
          fingerprint: row.fingerprint,
          roleName: row.role_name,
        }));
    },

    watchedMinutes(serverId: string, afterMs: number): number[] {
      return prepare<{ minute: number }>(
        'select minute from watched_minute where server_key = ? and minute > ? order by minute',
      )
        .all(knownServerKey(prepare, serverId), Math.floor(afterMs / minuteMs))
        .map(({ minute }) => minute);
    },

    watchedMinuteCount(serverId: string, afterMs: number): number {
      const row = prepare<{ minutes: number }>(
        'select count(*) as minutes from watched_minute where server_key = ? and minute > ?',
      ).get(knownServerKey(prepare, serverId), Math.floor(afterMs / minuteMs));
      return row?.minutes ?? 0;
    },
  };
}
