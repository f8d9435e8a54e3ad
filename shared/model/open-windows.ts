import type { ScheduleOverview } from './schedule-view.ts';

export type ShownWindow = ScheduleOverview['windows'][number];

/** Windows that concern one read model. */
export const windowsOf = (windows: readonly ShownWindow[], readModel: string): readonly ShownWindow[] =>
  windows.filter(({ readModels }) => readModels === null || readModels.includes(readModel));

/** The no-refresh window that holds a read model back at a moment, the one that ends last; null: none does. */
export function windowAt(windows: readonly ShownWindow[], readModel: string, atMs: number): ShownWindow | null {
  return windowsOf(windows, readModel)
    .filter(({ noRefresh, fromMs, toMs }) => noRefresh && fromMs <= atMs && atMs < toMs)
    .reduce<ShownWindow | null>((last, window) => (last === null || window.toMs > last.toMs ? window : last), null);
}
