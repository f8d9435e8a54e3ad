import { Button, Skeleton, Tabs, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { CaptureState } from '../../app/capture-state.tsx';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { Page } from '../../app/page.tsx';
import { navigate, useRoute } from '../../app/router.ts';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { useConnections, useSelectedServer } from '../../stores/connections.ts';
import {
  loadDashboards,
  refreshWidget,
  refreshWidgets,
  useDashboards,
  watchDashboard,
  watchDashboardList,
} from '../../stores/dashboards.ts';
import { widgetKey } from '../../stores/widget-state.ts';
import { dashboardFreshness, isOffline } from './dashboard-freshness.ts';
import { OfflineBanner } from './offline-banner.tsx';
import { isRemovable, RemoveWidget } from './remove-widget.tsx';
import { WidgetCard } from './widget-card.tsx';
import styles from './dashboards.module.css';

/** What executives open: numbers at once, each with its age. */
export default function DashboardsScreen(): ReactNode {
  const server = useSelectedServer();
  const loaded = useConnections((state) => state.servers.value !== null);
  if (server !== null) return <ServerDashboards key={server.serverId} server={server} />;
  return (
    <Page title="Dashboards">
      {loaded && (
        <EmptyState
          title="No server to look at"
          actions={
            <Button variant="filled" onClick={() => navigate('/connections')}>
              Go to Connections
            </Button>
          }
        >
          The demo ERP brings two dashboards; it needs nothing installed.
        </EmptyState>
      )}
    </Page>
  );
}

function ServerDashboards({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId } = server;
  const { value, loading, problem } = useDashboards((state) => state.dashboards);
  const route = useRoute();

  useEffect(() => {
    void loadDashboards(serverId);
    return watchDashboardList(serverId);
  }, [serverId]);

  const open = value?.find(({ dashboardId }) => dashboardId === route.path[1]) ?? value?.[0] ?? null;
  useCommands(
    'dashboards',
    (value ?? []).map(({ dashboardId, title }) => ({
      id: `dashboard-${dashboardId}`,
      title: `Open ${title}`,
      group: 'Dashboards',
      run: () => openDashboard(dashboardId),
    })),
  );

  if (server.capture !== null) {
    return (
      <CaptureState title="Dashboards">
        Dashboards ask a server or keep its last answers, and a capture holds only what was sampled.
      </CaptureState>
    );
  }
  if (open !== null) {
    return (
      <OpenDashboard server={server} dashboard={open} all={value ?? []}>
        {problem !== null && <FailureNotice problem={problem} onRetry={() => void loadDashboards(serverId)} />}
      </OpenDashboard>
    );
  }
  return (
    <Page title="Dashboards">
      {problem !== null && <FailureNotice problem={problem} onRetry={() => void loadDashboards(serverId)} />}
      {problem === null && loading && <Skeleton height={280} aria-label="Loading the dashboards" />}
      {value !== null && value.length === 0 && (
        <EmptyState
          title="No dashboards for this server"
          actions={
            <Button variant="filled" onClick={() => navigate('/read-models')}>
              Go to Read models
            </Button>
          }
        >
          A dashboard is made of read models: open one of {server.settings.label} and press “Put on a dashboard”. The
          demo ERP brings two dashboards that show what they can look like.
        </EmptyState>
      )}
    </Page>
  );
}

const openDashboard = (dashboardId: string): void => navigate(`/dashboards/${encodeURIComponent(dashboardId)}`);

interface OpenDashboardProps {
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
  readonly all: readonly Dashboard[];
  readonly children: ReactNode;
}

function OpenDashboard({ server, dashboard, all, children }: OpenDashboardProps): ReactNode {
  const { serverId } = server;
  const widgets = useDashboards((state) => state.widgets);
  const [removing, setRemoving] = useState<Widget | null>(null);
  const online = server.state === 'connected';

  // Starts again when the database comes or goes: what is out of the cache then is asked for at once.
  useEffect(() => watchDashboard(serverId, dashboard), [serverId, dashboard, online]);

  // Another dashboard starts at its top, whatever the last one was scrolled to.
  useEffect(() => {
    document.getElementById('main')?.scrollTo(0, 0);
  }, [dashboard.dashboardId]);

  const nowMs = useNow(15_000) + (server.facts?.clockSkewMs ?? 0);
  const shown = { dashboard, widgets, online, nowMs };
  const freshness = dashboardFreshness(shown);
  const stateOf = (widgetId: string) => widgets[widgetKey(dashboard.dashboardId, widgetId)];
  const busy = dashboard.widgets.some(({ widgetId }) => stateOf(widgetId)?.loading === true);
  const refreshAll = () => void refreshWidgets(serverId, dashboard);
  useCommands('dashboard', [{ id: 'refresh-all', title: 'Refresh all widgets', group: 'Dashboards', run: refreshAll }]);

  return (
    <Page
      title={dashboard.title}
      tags={freshness !== null && <FreshnessLabel freshness={freshness} prefix="oldest number: " />}
      actions={
        <Tooltip label={online ? 'Asks every widget again, two at a time' : 'The database is out of reach'}>
          <Button
            leftSection={<IconRefresh size={15} aria-hidden />}
            loading={busy && online}
            data-disabled={!online || undefined}
            aria-disabled={!online}
            onClick={() => {
              if (online) refreshAll();
            }}
          >
            Refresh now
          </Button>
        </Tooltip>
      }
    >
      {children}
      {all.length > 1 && (
        <Tabs
          value={dashboard.dashboardId}
          onChange={(dashboardId) => {
            if (dashboardId !== null) openDashboard(dashboardId);
          }}
        >
          <Tabs.List aria-label="Dashboards">
            {all.map(({ dashboardId, title }) => (
              <Tabs.Tab key={dashboardId} value={dashboardId}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      )}
      {(!online || isOffline(shown)) && <OfflineBanner server={server} />}
      {dashboard.widgets.length === 0 && <EmptyState title="This dashboard has no widgets" />}
      <div className={styles.grid}>
        {dashboard.widgets.map((widget) => (
          <WidgetCard
            key={widget.widgetId}
            widget={widget}
            state={stateOf(widget.widgetId)}
            online={online}
            nowMs={nowMs}
            onRefresh={() => void refreshWidget(serverId, dashboard.dashboardId, widget)}
            {...(isRemovable(dashboard, widget) ? { onRemove: () => setRemoving(widget) } : {})}
          />
        ))}
      </div>
      <RemoveWidget serverId={serverId} dashboard={dashboard} widget={removing} onClose={() => setRemoving(null)} />
    </Page>
  );
}
