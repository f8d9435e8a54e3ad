import type { DashboardPack } from '../../shared/model/dashboard-pack.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';
import { refreshConnections } from './connections.ts';
import { sendFile } from './send-file.ts';
import { useServerSelection } from './server-selection.ts';

/** Packs in the profile's folder, newest first. */
export const packs = createAsked(
  async (_: Readonly<Record<never, never>>, signal): Promise<readonly DashboardPack[]> =>
    unwrap(await client().dashboards.packs({}, { signal })).packs,
);

/** Writes dashboards with their saved numbers to one file on the engine's machine. Throws FailureError. */
export async function exportPack(serverId: string, dashboardIds: readonly string[] | null): Promise<DashboardPack> {
  const some = dashboardIds === null ? {} : { dashboardIds: [...dashboardIds] };
  return unwrap(await client().dashboards.exportPack({ serverId, ...some }));
}

/** Brings a file of this window's machine to the engine, and opens it. Throws FailureError. */
export async function openPackFile(file: Blob, onSent: (share: number) => void): Promise<DashboardPack> {
  const path = await sendFile(file, onSent, async (part) => unwrap(await client().dashboards.receivePack(part)));
  return openPack(path);
}

/** Opens a pack as a server of its own, and looks at it. Throws FailureError. */
export async function openPack(file: string): Promise<DashboardPack> {
  const { serverId, pack } = unwrap(await client().dashboards.openPack({ file }));
  useServerSelection.getState().select(serverId);
  await refreshConnections();
  return pack;
}
