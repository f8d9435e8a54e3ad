import { create } from 'zustand';
import type { ServerSummary } from '../../shared/model/connection.ts';
import { useConnections, useOfSelectedServer } from './connections.ts';

/** Whether a connection is shown as an executive sees it: the dashboards, and nothing else. */
export const isExecutive = (server: Pick<ServerSummary, 'settings'> | null): boolean =>
  server?.settings.executive === true;

/** Whether this window is in executive mode: its connection is. */
export const useExecutive = (): boolean => useOfSelectedServer(isExecutive);

/** Whether it is known yet which connection, and so which mode, this window is in. A list comes before a choice from it. */
export function useModeKnown(): boolean {
  const chosen = useOfSelectedServer((server) => server !== null);
  return useConnections(({ servers }) => chosen || servers.value?.length === 0 || servers.problem !== null);
}

interface LeaveDialog {
  readonly opened: boolean;
}

export const useLeaveExecutive = create<LeaveDialog>(() => ({ opened: false }));
export const askToLeaveExecutive = (): void => useLeaveExecutive.setState({ opened: true });
export const closeLeaveExecutive = (): void => useLeaveExecutive.setState({ opened: false });

interface PasswordDialog {
  /** null: nothing is asked. */
  readonly serverId: string | null;
}

/** In executive mode there is no screen of connections, so the password is asked for where the person is. */
export const usePasswordDialog = create<PasswordDialog>(() => ({ serverId: null }));
export const askPassword = (serverId: string): void => usePasswordDialog.setState({ serverId });
export const closePasswordDialog = (): void => usePasswordDialog.setState({ serverId: null });
