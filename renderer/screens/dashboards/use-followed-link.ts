import { useEffect } from 'react';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { navigate, useRoute } from '../../app/router.ts';
import { dashboardFound, dashboardMissing, useMissingDashboard } from '../../stores/missing-dashboard.ts';
import { dashboardPath } from './address.ts';
import { addressed } from './followed-link.ts';

interface FollowedLink {
  readonly shown: Dashboard | null;
  /** A link named another one, which is not there. */
  readonly missing: boolean;
}

/** The dashboard of the address, or the first, whose address it then becomes. `complete`: there are no others now. */
export function useFollowedLink(serverId: string, dashboards: readonly Dashboard[], complete: boolean): FollowedLink {
  const route = useRoute();
  const { shown, missing } = addressed(dashboards, route);
  const [, dashboardId = null] = route.path;
  const shownId = shown?.dashboardId ?? null;
  const instead = useMissingDashboard((state) => state.instead);

  useEffect(() => {
    if (!complete) return;
    if (missing && dashboardId !== null) {
      dashboardMissing(serverId, dashboardId, shownId);
      navigate(shownId === null ? '/dashboards' : dashboardPath(shownId), {}, { replace: true });
    } else {
      dashboardFound(serverId, dashboardId);
    }
  }, [serverId, complete, missing, dashboardId, shownId]);

  return { shown, missing: instead?.serverId === serverId && instead.dashboardId === shownId };
}
