import { fingerprint } from './fingerprint.ts';
import type { Prepare } from './prepared.ts';

/**
 * Statements that something else than history refers to: a person's word on their class, an open finding, an experiment,
 * a stored plan, or a widget. Of all servers: what belongs to one connection of an instance may lie under another.
 */
export function referredFingerprints(prepare: Prepare): string[] {
  const stored = prepare<{ fingerprint: string }>(
    `select fingerprint from class_override
     union select fingerprint from open_finding
     union select fingerprint from explained
     union select body ->> '$.statement.fingerprint' from experiment`,
  );
  const widgets = prepare<{ sql: string }>(
    `select widget.value ->> '$.liveSql' as sql from dashboard, json_each(dashboard.body, '$.widgets') widget
     where sql is not null`,
  );
  return [...stored.all().map((row) => row.fingerprint), ...widgets.all().map(({ sql }) => fingerprint(sql))];
}
