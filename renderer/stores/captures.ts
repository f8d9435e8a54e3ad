import type { Capture, HistoryUsage } from '../../shared/model/history-usage.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';
import { refreshConnections } from './connections.ts';
import type { WindowOf } from './incident.ts';
import { sendFile } from './send-file.ts';
import { useServerSelection } from './server-selection.ts';

/** What is stored of a server, how long it is kept, and how large it is. */
export const historyUsage = createAsked(
  async ({ serverId }: { readonly serverId: string }, signal): Promise<HistoryUsage> =>
    unwrap(await client().history.usage({ serverId }, { signal })),
);

/** Captures in the profile's folder, newest first. */
export const captures = createAsked(
  async (_: Readonly<Record<never, never>>, signal): Promise<readonly Capture[]> =>
    unwrap(await client().history.captures({}, { signal })).captures,
);

/** Writes a window to one file on the engine's machine. Throws FailureError. */
export async function exportCapture({ serverId, fromMs, toMs }: WindowOf): Promise<Capture> {
  return unwrap(await client().history.exportCapture({ serverId, fromMs, toMs }));
}

/** Brings a file of this window's machine to the engine, and opens it. Throws FailureError. */
export async function openCaptureFile(file: Blob, onSent: (share: number) => void): Promise<Capture> {
  const path = await sendFile(file, onSent, async (part) => unwrap(await client().history.receiveCapture(part)));
  return openCapture(path);
}

/** Opens a capture as a server of its own, and looks at it. Throws FailureError. */
export async function openCapture(file: string): Promise<Capture> {
  const { serverId, capture } = unwrap(await client().history.openCapture({ file }));
  useServerSelection.getState().select(serverId);
  await refreshConnections();
  return capture;
}
