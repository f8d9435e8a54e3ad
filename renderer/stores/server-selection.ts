import { create } from 'zustand';

const selectionKey = 'daybreak-server';

interface ServerSelection {
  /** The server that all screens look at; null while none is known. */
  readonly serverId: string | null;
  select(serverId: string | null): void;
}

export const useServerSelection = create<ServerSelection>((set) => ({
  serverId: localStorage.getItem(selectionKey),
  select: (serverId) => {
    if (serverId === null) localStorage.removeItem(selectionKey);
    else localStorage.setItem(selectionKey, serverId);
    set({ serverId });
  },
}));
