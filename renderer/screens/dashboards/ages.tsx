import { useMemo, type ReactNode } from 'react';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { useReaderTime } from '../../app/reader-time.ts';
import { useOfSelectedServer } from '../../stores/connections.ts';
import { useDashboards } from '../../stores/dashboards.ts';
import type { WidgetState } from '../../stores/widget-state.ts';
import { dashboardFreshness, shownFreshness } from './dashboard-freshness.ts';

/** Of the server that is looked at: ages are differences on its clock, which an as-of is on. */
const useSkewMs = (): number => useOfSelectedServer((server) => server?.facts?.clockSkewMs ?? 0);

/**
 * What `ageAt` says of the server's clock now. The same object while its words are the same, so that a clock that ticks
 * draws nothing anew.
 */
function useAge(ageAt: (serverNowMs: number) => Freshness | null): Freshness | null {
  const skewMs = useSkewMs();
  const told = useReaderTime(({ nowMs }) => JSON.stringify(ageAt(nowMs + skewMs)));
  return useMemo(() => JSON.parse(told) as Freshness | null, [told]);
}

interface WidgetAgeProps {
  readonly widget: Widget;
  readonly state: WidgetState;
  /** The database is within reach. */
  readonly online: boolean;
}

/** How old a widget's number is; nothing while it has none. */
export function WidgetAge({ widget, state, online }: WidgetAgeProps): ReactNode {
  const freshness = useAge((nowMs) => shownFreshness(widget, state, online, nowMs));
  return freshness === null ? null : <FreshnessLabel freshness={freshness} />;
}

interface DashboardAgeProps {
  readonly dashboard: Dashboard;
  readonly online: boolean;
}

/** How old a dashboard is: its oldest number; where that one is live, all of them are. */
export function DashboardAge({ dashboard, online }: DashboardAgeProps): ReactNode {
  const widgets = useDashboards((state) => state.widgets);
  const freshness = useAge((nowMs) => dashboardFreshness({ dashboard, widgets, online, nowMs }));
  if (freshness === null) return null;
  const plain = freshness.asOf === null || freshness.state === 'live';
  return <FreshnessLabel freshness={freshness} prefix={plain ? '' : 'oldest number: '} />;
}
