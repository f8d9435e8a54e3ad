import { create } from 'zustand';
import { type LogPage, mergeNewest } from './activity-pages.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';
import { createLoader, type Loadable, notLoaded } from './loadable.ts';

interface ActivityState {
  readonly serverId: string | null;
  readonly log: Loadable<LogPage>;
}

export const useActivity = create<ActivityState>(() => ({ serverId: null, log: notLoaded }));

const pageSize = 200;
const loader = createLoader<LogPage>(
  () => useActivity.getState().log,
  (log) => useActivity.setState({ log }),
);

/** Shows the activity log of a server, newest first, and keeps it true until the returned function is called. */
export function watchActivity(serverId: string): () => void {
  if (useActivity.getState().serverId !== serverId) {
    useActivity.setState({ serverId });
    loader.reset();
  }
  const reload = () => void refreshActivity(serverId);
  reload();
  return onEngineEvent('activity', (event) => {
    if (event === null || event.serverId === null || event.serverId === serverId) reload();
  });
}

/** Asks for the newest entries again; entries change while they run, so those that are shown are replaced. */
export async function refreshActivity(serverId: string): Promise<void> {
  await loader.load(async () => {
    const shown = useActivity.getState().log.value;
    const limit = Math.min(1000, Math.max(pageSize, shown?.entries.length ?? 0));
    const newest = unwrap(await client().activity.list({ serverId, limit }));
    return shown === null ? newest : mergeNewest(newest, shown);
  });
}

/** Adds the page before the oldest entry that is shown. */
export async function loadOlder(serverId: string): Promise<void> {
  const oldest = useActivity.getState().log.value?.entries.at(-1)?.entryId;
  if (oldest === undefined) return;
  await loader.load(async () => {
    const older = unwrap(await client().activity.list({ serverId, limit: pageSize, beforeEntryId: oldest }));
    const shown = useActivity.getState().log.value?.entries ?? [];
    return { entries: [...shown, ...older.entries], more: older.more };
  });
}
