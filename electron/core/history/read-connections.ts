import { connectionSettingsSchema, serverFactsSchema } from '../../../shared/model/connection.ts';
import { knownHoldsSchema, type KnownHolds } from '../../../shared/model/known-holds.ts';
import type { StoredConnection } from './history.ts';
import { openedCaptureOf } from './read-captures.ts';
import type { Prepare } from './prepared.ts';

interface ConnectionRow {
  readonly server_id: string;
  readonly settings: string;
  readonly last_connected_at_ms: number | null;
  readonly last_facts: string | null;
  readonly capture: string | null;
}

const connectionOf = (row: ConnectionRow): StoredConnection => ({
  serverId: row.server_id,
  settings: connectionSettingsSchema.parse(JSON.parse(row.settings)),
  lastConnectedAtMs: row.last_connected_at_ms,
  // Facts are found out again at every connect: those of an older Daybreak may go.
  lastFacts: serverFactsSchema
    .nullable()
    .catch(null)
    .parse(JSON.parse(row.last_facts ?? 'null')),
  ...(row.capture === null ? {} : { capture: openedCaptureOf(row.capture) }),
});

export function createConnectionReader(prepare: Prepare) {
  const select = `select server_id, settings, last_connected_at_ms, last_facts, capture.body as capture
    from connection join server using (server_key) left join capture using (server_key)`;
  return {
    /** In the order in which they were added. */
    connections(): StoredConnection[] {
      return prepare<ConnectionRow>(`${select} order by server_key`).all().map(connectionOf);
    },

    connection(serverId: string): StoredConnection | null {
      const row = prepare<ConnectionRow>(`${select} where server_id = ?`).get(serverId);
      return row === undefined ? null : connectionOf(row);
    },

    knownHolds(serverId: string): KnownHolds | null {
      const row = prepare<{ readonly body: string }>(
        'select body from known_holds join server using (server_key) where server_id = ?',
      ).get(serverId);
      // Those of another Daybreak are asked for again.
      return row === undefined ? null : (knownHoldsSchema.safeParse(JSON.parse(row.body)).data ?? null);
    },
  };
}
