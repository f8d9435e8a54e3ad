import type { KnownHolds } from '../../../shared/model/known-holds.ts';
import type { StoredConnection } from './history.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

export function createConnectionWriter(prepare: Prepare) {
  return {
    saveConnection({ serverId, settings, lastConnectedAtMs, lastFacts }: StoredConnection): void {
      prepare(
        `insert into connection (server_key, settings, last_connected_at_ms, last_facts) values (?, ?, ?, ?)
         on conflict (server_key) do update set settings = excluded.settings,
           last_connected_at_ms = excluded.last_connected_at_ms, last_facts = excluded.last_facts`,
      ).run(
        serverKeyOf(prepare, serverId),
        JSON.stringify(settings),
        lastConnectedAtMs,
        lastFacts === null ? null : JSON.stringify(lastFacts),
      );
    },

    /** null: nothing is known of it any more. */
    saveKnownHolds(serverId: string, holds: KnownHolds | null): void {
      if (holds === null) {
        prepare('delete from known_holds where server_key in (select server_key from server where server_id = ?)').run(
          serverId,
        );
        return;
      }
      prepare(
        `insert into known_holds (server_key, body) values (?, ?)
         on conflict (server_key) do update set body = excluded.body`,
      ).run(serverKeyOf(prepare, serverId), JSON.stringify(holds));
    },

    /** From here on nobody sees anything of this server; retention deletes the rows in batches. */
    removeConnection(serverId: string): void {
      prepare('delete from connection where server_key in (select server_key from server where server_id = ?)').run(
        serverId,
      );
      // The name is freed, so that a server added again under it begins with nothing.
      prepare(
        `update server set removed = 1, server_id = server_id || ' removed ' || server_key
         where server_id = ? and removed = 0`,
      ).run(serverId);
    },
  };
}
