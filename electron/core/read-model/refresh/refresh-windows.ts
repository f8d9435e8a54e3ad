import { isoMoment } from '../../../../shared/format/civil-day.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { SkipWindow } from '../../../../shared/model/schedule.ts';
import type { Sql } from '../../postgres/session.ts';
import { nextWindow, openWindow } from '../../schedule/decide/skip-windows.ts';
import { readWindows } from '../registry/open-windows.ts';

/**
 * Asked before a refresh by hand begins; one of a schedule was claimed for a time outside of all windows. Resolves to how
 * long it may take until the next no-refresh window opens, ms; Infinity: none is in sight. Throws `busy` in a window.
 */
export async function requireRefreshAllowed(sql: Sql, readModel: string): Promise<number> {
  const windows = await readWindows(sql);
  if (windows === null) return Infinity;
  const window = openWindow(windows, readModel, 'noRefresh');
  if (window === null) return (nextWindow(windows, readModel, 'noRefresh')?.fromMs ?? Infinity) - windows.nowMs;
  throw new Failure({
    code: 'busy',
    message: `No refresh of ${readModel} runs during ${window.calendar}, until ${isoMoment(window.toMs)}; its old rows are still served. Refresh it then, or change that calendar.`,
    detail: { calendar: window.calendar, untilMs: window.toMs },
    retryable: true,
  });
}

/** The no-refresh window that is open now; null: none. */
export async function refreshWindow(sql: Sql, readModel: string): Promise<SkipWindow | null> {
  const windows = await readWindows(sql);
  return windows === null ? null : openWindow(windows, readModel, 'noRefresh');
}

export const endedByWindow = (readModel: string, { calendar, toMs }: SkipWindow, cause: unknown): Failure =>
  new Failure(
    {
      code: 'cancelled',
      message: `The refresh of ${readModel} was cancelled, because ${calendar} opened: no refresh runs until ${isoMoment(toMs)}. Its old rows are still served. Refresh it then, or change that calendar.`,
      detail: { calendar, untilMs: toMs },
    },
    { cause },
  );
