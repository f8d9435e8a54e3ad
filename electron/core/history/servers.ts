import { returned } from './interned.ts';
import type { Prepare } from './prepared.ts';

/** The writer's key of a server; made when a server is first written about. */
export function serverKeyOf(prepare: Prepare, serverId: string): number {
  return (
    knownServerKey(prepare, serverId) ??
    returned(
      prepare<{ server_key: number }>('insert into server (server_id) values (?) returning server_key').get(serverId),
    ).server_key
  );
}

/** null when nothing is stored about the server. */
export function knownServerKey(prepare: Prepare, serverId: string): number | null {
  const row = prepare<{ server_key: number }>('select server_key from server where server_id = ? and removed = 0').get(
    serverId,
  );
  return row?.server_key ?? null;
}
