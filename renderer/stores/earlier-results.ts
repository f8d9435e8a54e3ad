import { create } from 'zustand';
import type { FilterValues } from '../../shared/model/dashboard-filter.ts';
import type { WidgetData } from '../../shared/model/dashboard.ts';
import type { SavedResult } from '../../shared/model/offline-cache.ts';
import { client, unwrap } from './client.ts';
import { problemOf, type Problem } from './failure-error.ts';
import { widgetKey } from './widget-state.ts';

/** A widget that shows an earlier result instead of its newest. */
export interface EarlierResult {
  /** Newest first. */
  readonly results: readonly SavedResult[];
  /** Which of them is shown; 0 is the newest. */
  readonly at: number;
  /** null while it is read. */
  readonly data: WidgetData | null;
  readonly problem: Problem | null;
}

interface EarlierState {
  /** By `dashboardId/widgetId`; those that show their newest number are not in it. */
  readonly shown: Readonly<Record<string, EarlierResult>>;
  /** Widgets of which there is nothing earlier, said once. */
  readonly nothingEarlier: Readonly<Record<string, true>>;
}

export const useEarlier = create<EarlierState>(() => ({ shown: {}, nothingEarlier: {} }));

export interface Stepping {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widgetId: string;
  /** What was chosen when stepping back began: its steps go through the results under those filters. */
  readonly filters?: FilterValues;
}

const keyOf = ({ dashboardId, widgetId }: Stepping): string => widgetKey(dashboardId, widgetId);

function put(key: string, earlier: EarlierResult | null): void {
  useEarlier.setState(({ shown }) => {
    const { [key]: _before, ...rest } = shown;
    return { shown: earlier === null ? rest : { ...rest, [key]: earlier } };
  });
}

function say(key: string, nothing: boolean): void {
  useEarlier.setState(({ nothingEarlier }) => {
    const { [key]: _before, ...rest } = nothingEarlier;
    return { nothingEarlier: nothing ? { ...rest, [key]: true } : rest };
  });
}

/**
 * Begins stepping back: the result before the one that is on the screen (`asOf`). Never throws: what went wrong stands
 * in the card. Needs no database.
 */
export async function stepBack(widget: Stepping, asOf: string | null): Promise<void> {
  const key = keyOf(widget);
  say(key, false);
  try {
    const results = unwrap(await client().dashboards.results({ ...widget }));
    const newest = results[0];
    const first = newest !== undefined && sameMoment(newest.asOf, asOf) ? 1 : 0;
    if (results[first] === undefined) return say(key, true);
    await show(widget, results, first);
  } catch (error) {
    put(key, { results: [], at: 0, data: null, problem: problemOf(error) });
  }
}

/** One step: 1 is earlier, -1 later. Past the newest it is back to it. */
export async function step(widget: Stepping, by: 1 | -1): Promise<void> {
  const before = useEarlier.getState().shown[keyOf(widget)];
  if (before === undefined) return;
  const at = before.at + by;
  if (at < 0) return backToNewest(widget);
  if (before.results[at] !== undefined) await show(widget, before.results, at);
}

export function backToNewest(widget: Stepping): void {
  put(keyOf(widget), null);
}

/** Of another server, or of a list that was closed. */
export function forgetEarlier(): void {
  useEarlier.setState({ shown: {}, nothingEarlier: {} });
}

async function show(widget: Stepping, results: readonly SavedResult[], at: number): Promise<void> {
  const key = keyOf(widget);
  const { resultId } = results[at] ?? { resultId: '' };
  // The old number stays until this one is here.
  const data = useEarlier.getState().shown[key]?.data ?? null;
  put(key, { results, at, data, problem: null });
  const isShown = (): boolean => {
    const now = useEarlier.getState().shown[key];
    return now?.results[now.at]?.resultId === resultId;
  };
  try {
    const read = unwrap(await client().dashboards.result({ ...widget, resultId }));
    if (isShown()) put(key, { results, at, data: read, problem: null });
  } catch (error) {
    if (isShown()) put(key, { results, at, data, problem: problemOf(error) });
  }
}

const sameMoment = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
