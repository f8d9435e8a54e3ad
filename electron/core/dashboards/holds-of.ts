import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import type { FreshnessHold } from '../../../shared/model/freshness.ts';
import type { KnownHolds } from '../../../shared/model/known-holds.ts';
import { nextWindow, openWindow, windowsNow } from '../schedule/decide/skip-windows.ts';

/**
 * What holds a read model at a moment of the server's clock, and the window that will freeze it next: whoever shows the
 * number knows when it opens, without asking again.
 */
export function holdsOf({ calendars, models }: KnownHolds, readModel: string, serverNowMs: number): FreshnessHold[] {
  const windows = windowsNow(calendars, serverNowMs);
  const open = openWindow(windows, readModel, 'noRefresh');
  const frozen = open ?? nextWindow(windows, readModel, 'noRefresh');
  const noSwap = openWindow(windows, readModel, 'noSwap');
  const model = models.find((each) => each.readModel === readModel);
  const holds: FreshnessHold[] = [];
  if (frozen !== null) holds.push({ kind: 'frozen', window: frozen });
  // A window that freezes the numbers says enough.
  if (open === null && noSwap !== null) holds.push({ kind: 'no_swap', window: noSwap });
  if (model !== undefined && model.stoppedAtMs !== null) holds.push({ kind: 'stopped', sinceMs: model.stoppedAtMs });
  if (model !== undefined && model.pausedAtMs !== null) holds.push({ kind: 'paused', sinceMs: model.pausedAtMs });
  return holds;
}

/** A widget's number with what holds its read model; base tables are held by nothing. */
export function withHolds(
  data: WidgetData,
  widget: Widget | undefined,
  known: KnownHolds | null,
  serverNowMs: number,
): WidgetData {
  if (known === null || widget?.source.kind !== 'read_model') return data;
  const holds = holdsOf(known, widget.source.readModel, serverNowMs);
  return holds.length === 0 ? data : { ...data, freshness: { ...data.freshness, holds } };
}
