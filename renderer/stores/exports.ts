import { create } from 'zustand';
import type {
  DashboardExportFormat,
  ExportedFile,
  ExportPaper,
  ExportTheme,
  WidgetExportFormat,
} from '../../shared/model/dashboard-export.ts';
import { client, unwrap } from './client.ts';
import { chosenFilters } from './dashboard-filters.ts';

/** Exports under way, by what they are called; each with how it is ended. */
export const useRunningExports = create<{ readonly running: ReadonlyMap<string, AbortController> }>(() => ({
  running: new Map(),
}));

/** Begins an export of this name; null where one is under way. */
export function beginExport(what: string): AbortController | null {
  const { running } = useRunningExports.getState();
  if (running.has(what)) return null;
  const stop = new AbortController();
  useRunningExports.setState({ running: new Map(running).set(what, stop) });
  return stop;
}

export function endExport(what: string): void {
  const running = new Map(useRunningExports.getState().running);
  running.delete(what);
  useRunningExports.setState({ running });
}

export function cancelExports(): void {
  for (const stop of useRunningExports.getState().running.values()) stop.abort();
}

/** How the person who asks looks at the dashboard. */
export interface ExportView {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly theme: ExportTheme;
  readonly timeZone: string;
  readonly paper: ExportPaper;
}

/** The number that is shown, as a file. Throws FailureError. */
export async function exportWidget(
  view: ExportView,
  widgetId: string,
  format: WidgetExportFormat,
  signal: AbortSignal,
): Promise<ExportedFile> {
  return unwrap(
    await client().dashboards.exportWidget(
      { ...view, filters: chosenFilters(view.dashboardId), widgetId, format },
      { signal },
    ),
  );
}

/** All numbers of a dashboard in one file. Throws FailureError. */
export async function exportDashboard(
  view: ExportView,
  format: DashboardExportFormat,
  signal: AbortSignal,
): Promise<ExportedFile> {
  return unwrap(
    await client().dashboards.exportDashboard(
      { ...view, filters: chosenFilters(view.dashboardId), format },
      { signal },
    ),
  );
}
