import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { dashboardShown } from '../../../shared/model/opening.ts';
import type { Route } from '../../app/route.ts';

/** What an address says among the dashboards of a server. */
export interface Addressed {
  readonly shown: Dashboard | null;
  /** It names one that is not among them. */
  readonly missing: boolean;
}

export function addressed(dashboards: readonly Dashboard[], { path }: Pick<Route, 'path'>): Addressed {
  const dashboardId = path[1] ?? null;
  const shown = dashboardShown(dashboards, dashboardId);
  return { shown, missing: dashboardId !== null && shown?.dashboardId !== dashboardId };
}

/** What the address chooses is meant for the dashboard that it names, and for no other that is shown instead. */
export const paramsFor = (dashboardId: string, { path, params }: Route): URLSearchParams =>
  path[1] === undefined || path[1] === dashboardId ? params : new URLSearchParams();

/** `shown`: the title of what is shown instead; null: there is nothing to show. */
export const missingText = (shown: string | null): string =>
  'The dashboard of this link is gone, or belongs to another connection.' +
  (shown === null ? '' : ` This is “${shown}”.`);
