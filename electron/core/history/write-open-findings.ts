import type { DiagnosedFinding, Watched } from './open-finding-store.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;
/** A sampler that looks for a quarter of an hour a day has 24 hours after this time. */
const keptMinutesMs = 96 * dayMs;
/** Who ran a statement this long before the last look at it has stopped. */
const keptRunsMs = keptMinutesMs;

export function createOpenFindingWriter(prepare: Prepare) {
  return {
    /** True where something is new: another finding, a worse window, or the worst one judged anew. */
    saveOpenFindings(serverId: string, findings: readonly DiagnosedFinding[], nowMs: number): boolean {
      const serverKey = serverKeyOf(prepare, serverId);
      let changed = false;
      for (const { fingerprint, damageSeconds, window, ...body } of findings) {
        const { changes } = prepare(
          `insert into open_finding (server_key, fingerprint, found_at_ms, damage_seconds, from_ms, to_ms,
             watched_to_ms, body)
           values (@serverKey, @fingerprint, @nowMs, @damageSeconds, @fromMs, @toMs, @fromMs, @body)
           on conflict (server_key, fingerprint) do update set damage_seconds = excluded.damage_seconds,
             from_ms = excluded.from_ms, to_ms = excluded.to_ms, body = excluded.body,
             watched_to_ms = min(watched_to_ms, excluded.watched_to_ms)
           where (excluded.damage_seconds > damage_seconds or (from_ms = excluded.from_ms and to_ms = excluded.to_ms))
             and (damage_seconds, from_ms, to_ms, body)
               is not (excluded.damage_seconds, excluded.from_ms, excluded.to_ms, excluded.body)`,
        ).run({ serverKey, fingerprint, nowMs, damageSeconds, ...window, body: JSON.stringify(body) });
        changed ||= changes > 0;
      }
      return changed;
    },

    /**
     * A statement that was first known by its sampled text, which the server cuts, gets another fingerprint with its
     * whole text: its finding goes with it, or into the one that is already there.
     */
    followFingerprints(serverId: string): void {
      const serverKey = serverKeyOf(prepare, serverId);
      const moved = prepare<{ before: string; after: string }>(
        `select finding.fingerprint as before, statement.fingerprint as after
         from open_finding finding
           left join merged_statement merged on merged.server_key = finding.server_key
             and merged.statement_id = cast(finding.body ->> '$.statement.statementId' as integer)
           join statement on statement.server_key = finding.server_key
             and statement.statement_id =
               coalesce(merged.into_id, cast(finding.body ->> '$.statement.statementId' as integer))
         where finding.server_key = ? and statement.fingerprint <> finding.fingerprint`,
      ).all(serverKey);
      for (const { before, after } of moved) {
        for (const table of ['open_finding', 'open_finding_run']) {
          prepare(`update or ignore ${table} set fingerprint = ? where server_key = ? and fingerprint = ?`).run(
            after,
            serverKey,
            before,
          );
          prepare(`delete from ${table} where server_key = ? and fingerprint = ?`).run(serverKey, before);
        }
      }
    },

    setFindingDismissed(serverId: string, fingerprint: string, dismissed: boolean): void {
      prepare('update open_finding set dismissed = ? where server_key = ? and fingerprint = ?').run(
        Number(dismissed),
        serverKeyOf(prepare, serverId),
        fingerprint,
      );
    },

    saveWatched(serverId: string, { watchedToMs, minutes, lastRuns, runs }: Watched): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const minute of minutes) {
        prepare('insert into watched_minute (server_key, minute) values (?, ?) on conflict do nothing').run(
          serverKey,
          minute,
        );
      }
      for (const { fingerprint, lastRunAtMs } of lastRuns) {
        prepare(
          `update open_finding set last_run_at_ms = max(coalesce(last_run_at_ms, 0), ?)
           where server_key = ? and fingerprint = ?`,
        ).run(lastRunAtMs, serverKey, fingerprint);
      }
      for (const { fingerprint, applicationName, roleName, lastSeenAtMs } of runs) {
        prepare(
          `insert into open_finding_run (server_key, fingerprint, application_name, role_name, last_seen_at_ms)
           values (?, ?, ?, ?, ?) on conflict do update set
             last_seen_at_ms = max(last_seen_at_ms, excluded.last_seen_at_ms)`,
        ).run(serverKey, fingerprint, applicationName, roleName ?? '', lastSeenAtMs);
      }
      prepare('update open_finding set watched_to_ms = max(watched_to_ms, ?) where server_key = ?').run(
        watchedToMs,
        serverKey,
      );
      prepare('delete from watched_minute where server_key = ? and minute < ?').run(
        serverKey,
        Math.floor((watchedToMs - keptMinutesMs) / minuteMs),
      );
      prepare('delete from open_finding_run where server_key = ? and last_seen_at_ms < ?').run(
        serverKey,
        watchedToMs - keptRunsMs,
      );
    },
  };
}
