import { Failure } from '../../../../shared/model/failure.ts';
import type { Plan } from '../../../../shared/model/plan.ts';
import type { Sql } from '../../postgres/session.ts';
import { openWindow } from '../../schedule/decide/skip-windows.ts';
import { readWindows } from './open-windows.ts';

/**
 * Asked as a plan begins, and again right before its switch. Throws `busy` while a calendar of the server lets no other
 * version be switched to; its windows are on the server's clock.
 */
export async function requireSwapAllowed(sql: Sql, { readModel, fromVersion, toVersion }: Plan): Promise<void> {
  const switches = fromVersion !== null && toVersion !== null && fromVersion !== toVersion;
  if (!switches) return;
  const windows = await readWindows(sql);
  const window = windows === null ? null : openWindow(windows, readModel, 'noSwap');
  if (window === null) return;
  throw new Failure({
    code: 'busy',
    message: `No other version of ${readModel} is switched to during ${window.calendar}, until ${new Date(window.toMs).toISOString()}. Run the plan then, or change that calendar.`,
    detail: { calendar: window.calendar, untilMs: window.toMs },
    retryable: true,
  });
}
