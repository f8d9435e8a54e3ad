import { create } from 'zustand';

interface MissingDashboard {
  /** The one of the address that was looked at last, of whichever server. */
  readonly seen: string | null;
  /** What is shown instead of one that a link named; `dashboardId` null: the server has none. */
  readonly instead: { readonly serverId: string; readonly dashboardId: string | null } | null;
}

const nothing: MissingDashboard = { seen: null, instead: null };

/** Whether a link led to a dashboard that is not there, until that is dismissed or another one is opened. */
export const useMissingDashboard = create<MissingDashboard>(() => nothing);

export const dismissMissing = (): void => useMissingDashboard.setState({ instead: null });

/** Whoever comes back to the dashboards follows a link again. */
export const forgetMissing = (): void => useMissingDashboard.setState(nothing);

/** The dashboard of the address is there. */
export function dashboardFound(serverId: string, dashboardId: string | null): void {
  useMissingDashboard.setState(({ instead }) => ({
    seen: dashboardId,
    instead: instead?.serverId === serverId && instead.dashboardId === dashboardId ? instead : null,
  }));
}

/** It is not. When the one that was looked at goes, or another server is chosen meanwhile, nobody has followed a link. */
export function dashboardMissing(serverId: string, dashboardId: string, shownId: string | null): void {
  useMissingDashboard.setState(({ seen }) => ({
    instead: seen === dashboardId ? null : { serverId, dashboardId: shownId },
  }));
}
