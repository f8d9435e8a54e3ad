import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import type { Problem } from './failure-error.ts';

/** What a card shows. The old number stays while a new one loads, and when loading fails. */
export interface WidgetState {
  readonly data: WidgetData | null;
  /** `data` is a saved number, put there until the first answer. */
  readonly saved: boolean;
  readonly loading: boolean;
  /** It has been loading for longer than a blink. */
  readonly awaited: boolean;
  readonly problem: Problem | null;
  readonly askedAtMs: number | null;
  /** Asks in a row that failed. */
  readonly failures: number;
  /** `sourceKey` of the widget and its filters when it was asked for. */
  readonly askedFor: string | null;
  /** The same of `data`: other filters may be chosen by now. */
  readonly shownFor: string | null;
}

export const notAsked: WidgetState = {
  data: null,
  saved: false,
  loading: false,
  awaited: false,
  problem: null,
  askedAtMs: null,
  failures: 0,
  askedFor: null,
  shownFor: null,
};

export const widgetKey = (dashboardId: string, widgetId: string): string => `${dashboardId}/${widgetId}`;

/** A number read this long ago need not be read again because a dashboard is opened. */
const againMs = 20_000;

/** What is asked for a widget. `filters`: `filtersText` of what is chosen. */
export const sourceKey = (widget: Widget, filters = ''): string =>
  filters === '' ? JSON.stringify(widget.source) : JSON.stringify([widget.source, filters]);

/**
 * Whether an opened dashboard asks for a widget at once. A number that was read a moment ago from the same source is
 * good enough: a list that changed elsewhere, or a look at another screen, must not run every query again.
 */
export function needsAsking(widget: Widget, state: WidgetState | undefined, nowMs: number, filters = ''): boolean {
  if (state?.data == null || state.askedAtMs === null) return true;
  if (state.data.freshness.source === 'cache' || state.askedFor !== sourceKey(widget, filters)) return true;
  return nowMs - state.askedAtMs > againMs;
}
