import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { ImportedRollup, OpenedCapture } from './capture-store.ts';
import type { StoredConnection, StoredOrigin } from './history.ts';
import { foreverHour, type Interned } from './interned.ts';
import { toUs } from './moments.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';
import type { createConnectionWriter } from './write-connections.ts';
import type { RollupWriter } from './write-rollups.ts';

/** As whom a capture is written until it is whole. No connection has this id, so nobody sees it. */
const hiddenId = (captureId: string): string => `importing ${captureId}`;

export function createCaptureWriter(
  prepare: Prepare,
  {
    connections,
    rollups,
    interned,
  }: {
    readonly connections: ReturnType<typeof createConnectionWriter>;
    readonly rollups: RollupWriter;
    readonly interned: () => Interned;
  },
) {
  const abandon = (captureId: string): void => {
    // The key of the capture is unique: the next try must be able to take it.
    prepare(
      `delete from capture where capture_id = ? and server_key in
         (select server_key from server where server_id = ? or removed = 1)`,
    ).run(captureId, hiddenId(captureId));
    connections.removeConnection(hiddenId(captureId));
  };
  return {
    beginCapture(opened: OpenedCapture): string {
      abandon(opened.captureId);
      const serverId = hiddenId(opened.captureId);
      // Before anything is stored for it: nothing of a capture expires, and its old samples come first.
      prepare('insert into capture (server_key, capture_id, body) values (?, ?, ?)').run(
        serverKeyOf(prepare, serverId),
        opened.captureId,
        JSON.stringify(opened),
      );
      return serverId;
    },

    saveCapturedRollups(serverId: string, imported: readonly ImportedRollup[]): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const { tier, fromMs, content } of imported) {
        rollups.saveMissing(serverKey, tier === 'minute' ? 1 : 60, toUs(fromMs), content);
      }
    },

    captureOrigins(origins: readonly Omit<StoredOrigin, 'originId'>[]): number[] {
      return origins.map((origin) => interned().origin({ ...noRow, ...origin }, foreverHour));
    },

    finishCapture(captureId: string, connection: StoredConnection): void {
      prepare('update server set server_id = ? where server_id = ?').run(connection.serverId, hiddenId(captureId));
      connections.saveConnection(connection);
    },

    abandonCapture: abandon,

    /** What an engine that was killed left in the middle of an import. */
    abandonCaptures(): void {
      for (const { captureId } of prepare<{ captureId: string }>(
        `select capture_id as "captureId" from capture join server using (server_key)
         where server_id = 'importing ' || capture_id`,
      ).all()) {
        abandon(captureId);
      }
    },
  };
}

const noRow: ActivityRow = {
  pid: 0,
  leaderPid: null,
  databaseName: null,
  databaseOid: null,
  roleName: null,
  roleOid: null,
  applicationName: '',
  backendType: '',
  state: null,
  waitEventType: null,
  waitEvent: null,
  queryid: null,
  query: '',
  queryStartMs: null,
  xactStartMs: null,
  backendXminAge: null,
  blockedByPids: [],
};
