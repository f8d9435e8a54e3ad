import { create } from 'zustand';
import type { ColumnOffer } from '../../shared/model/column-offer.ts';
import type { Dashboard, WidgetData, WidgetDraft, WidgetLayout, WidgetSource } from '../../shared/model/dashboard.ts';
import type { LiveCheck } from '../../shared/model/live-check.ts';
import { client, unwrap } from './client.ts';
import { loadDashboards } from './dashboards.ts';

/** Every function here throws FailureError. The list of dashboards is asked for again before it resolves. */
export async function createDashboard(serverId: string, title: string): Promise<Dashboard> {
  const dashboard = unwrap(await client().dashboards.create({ serverId, title }));
  await loadDashboards(serverId);
  return dashboard;
}

export async function renameDashboard(serverId: string, dashboardId: string, title: string): Promise<void> {
  unwrap(await client().dashboards.rename({ serverId, dashboardId, title }));
  await loadDashboards(serverId);
}

/** null: Daybreak's own. */
export async function setDashboardLocale(serverId: string, dashboardId: string, locale: string | null): Promise<void> {
  unwrap(await client().dashboards.setLocale({ serverId, dashboardId, locale }));
  await loadDashboards(serverId);
}

export async function duplicateDashboard(serverId: string, dashboardId: string): Promise<Dashboard> {
  const { dashboard, note } = unwrap(await client().dashboards.duplicate({ serverId, dashboardId }));
  await loadDashboards(serverId);
  tellSaved(serverId, dashboard.dashboardId, note);
  return dashboard;
}

/** `widgetId` null: a new one. Resolves to its id. */
export async function saveWidget(
  serverId: string,
  dashboardId: string,
  widgetId: string | null,
  widget: WidgetDraft,
): Promise<string> {
  const saved = unwrap(
    widgetId === null
      ? await client().dashboards.addWidget({ serverId, dashboardId, widget })
      : await client().dashboards.updateWidget({ serverId, dashboardId, widgetId, widget }),
  );
  await loadDashboards(serverId);
  tellSaved(serverId, dashboardId, saved.note);
  return saved.widget.widgetId;
}

export async function duplicateWidget(serverId: string, dashboardId: string, widgetId: string): Promise<string> {
  const { widget, note } = unwrap(await client().dashboards.duplicateWidget({ serverId, dashboardId, widgetId }));
  await loadDashboards(serverId);
  tellSaved(serverId, dashboardId, note);
  return widget.widgetId;
}

export async function arrangeWidgets(
  serverId: string,
  dashboardId: string,
  places: readonly { readonly widgetId: string; readonly layout: WidgetLayout }[],
): Promise<void> {
  unwrap(await client().dashboards.arrange({ serverId, dashboardId, places: [...places] }));
  await loadDashboards(serverId);
}

/** Takes a widget off; for as long as nothing else was removed the page offers to put it back. */
export async function removeWidget(serverId: string, dashboardId: string, widgetId: string): Promise<void> {
  const { dashboard, note } = unwrap(await client().dashboards.removeWidget({ serverId, dashboardId, widgetId }));
  await loadDashboards(serverId);
  const title = dashboard.removed?.find((each) => each.widgetId === widgetId)?.title ?? '';
  tellRemoved({ serverId, dashboardId, removed: { kind: 'widget', id: widgetId }, note }, title);
}

export async function restoreWidget(serverId: string, dashboardId: string, widgetId: string): Promise<void> {
  const { note } = unwrap(await client().dashboards.restoreWidget({ serverId, dashboardId, widgetId }));
  await loadDashboards(serverId);
  dismissTold();
  tellSaved(serverId, dashboardId, note);
}

export async function previewWidget(
  serverId: string,
  widget: WidgetDraft,
  signal: AbortSignal,
): Promise<{ data: WidgetData; liveCheck: LiveCheck | null }> {
  return unwrap(await client().dashboards.preview({ serverId, widget }, { signal }));
}

export async function offerColumns(
  serverId: string,
  from: { kind: 'source'; source: WidgetSource } | { kind: 'read_model'; readModel: string },
  signal: AbortSignal,
): Promise<ColumnOffer> {
  return unwrap(await client().dashboards.offer({ serverId, from }, { signal }));
}

/** What the last change of a dashboard has to say, until it is dismissed or overtaken. */
export interface Told {
  readonly serverId: string;
  /** Whose page says it; null: whichever is open. */
  readonly dashboardId: string | null;
  readonly text: string;
  /** What can be put back. */
  readonly removed: { readonly kind: 'widget' | 'dashboard'; readonly id: string } | null;
  readonly note: string | null;
}

export const useDashboardTold = create<{ readonly told: Told | null }>(() => ({ told: null }));

export const dismissTold = (): void => useDashboardTold.setState({ told: null });

/** Only where something could not be done beside it. */
export function tellSaved(serverId: string, dashboardId: string, note: string | null, text = 'Saved.'): void {
  if (note !== null) useDashboardTold.setState({ told: { serverId, dashboardId, text, removed: null, note } });
}

export const tellRemoved = (what: Omit<Told, 'text'>, title: string): void =>
  useDashboardTold.setState({ told: { ...what, text: `“${title}” was removed.` } });

/**
 * Drafts that somebody left without saving or discarding them: to propose a read model, or by choosing another server.
 * The editor takes them up again. By `dashboardId/widgetId`, or `dashboardId/new`.
 */
const parked = new Map<string, WidgetDraft>();

export const parkDraft = (key: string, draft: WidgetDraft): void => void parked.set(key, draft);
export const parkedDraft = (key: string): WidgetDraft | null => parked.get(key) ?? null;
export const forgetDraft = (key: string): void => void parked.delete(key);
