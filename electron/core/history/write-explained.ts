import type { Explained } from '../../../shared/model/explain.ts';
import { packText } from './packed-text.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

/** Plans kept of one statement; the oldest goes. */
const kept = 50;

export function createExplainedWriter(prepare: Prepare) {
  return {
    saveExplained(serverId: string, fingerprint: string, explained: Explained): void {
      const serverKey = serverKeyOf(prepare, serverId);
      prepare(
        'insert into explained (explain_id, server_key, fingerprint, taken_at_ms, body) values (?, ?, ?, ?, ?)',
      ).run(explained.explainId, serverKey, fingerprint, explained.takenAtMs, packText(JSON.stringify(explained)));
      prepare(
        `delete from explained where rowid in
           (select rowid from explained where server_key = ? and fingerprint = ?
            order by taken_at_ms desc, rowid desc limit -1 offset ${kept})`,
      ).run(serverKey, fingerprint);
    },
  };
}
