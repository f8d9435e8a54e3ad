import { Button, Skeleton, Tabs, Tooltip } from '@mantine/core';
import { IconLayoutGrid, IconPlus, IconRefresh } from '@tabler/icons-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { CaptureState } from '../../app/capture-state.tsx';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Page } from '../../app/page.tsx';
import { navigate, useRoute } from '../../app/router.ts';
import { WhenIdle } from '../../app/when-idle.tsx';
import { useCommands } from '../../commands/use-commands.ts';
import { useKeys } from '../../commands/use-keys.ts';
import { useConnections, useSelectedServer } from '../../stores/connections.ts';
import {
  loadDashboards,
  refreshWidgets,
  showSavedAgain,
  useDashboards,
  watchDashboardList,
} from '../../stores/dashboards.ts';
import { forgetEarlier } from '../../stores/earlier-results.ts';
import { isExecutive } from '../../stores/executive.ts';
import type { Problem } from '../../stores/failure-error.ts';
import { forgetMissing } from '../../stores/missing-dashboard.ts';
import { watchDashboard } from '../../stores/watch-dashboard.ts';
import { widgetKey } from '../../stores/widget-state.ts';
import { addWidgetTo, arrangeDashboard, editWidget, openDashboard } from './address.ts';
import { DashboardAge } from './ages.tsx';
import { CompareDialog } from './compare/compare-dialog.tsx';
import { isOffline } from './dashboard-freshness.ts';
import { DashboardMenu, NewDashboard } from './dashboard-menu.tsx';
import { DashboardsMenu } from './dashboards-menu.tsx';
import { DashboardExportMenu, useExportCommands } from './export-menu.tsx';
import { FilterBar } from './filters/filter-bar.tsx';
import { useAddressFilters } from './filters/use-address-filters.ts';
import { localizedWidgets } from '../../../shared/model/localized-widgets.ts';
import { LockedBanner } from './locked-banner.tsx';
import { MissingNotice } from './missing-notice.tsx';
import { NoDashboardYet } from './no-dashboard-yet.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { PackBanner } from './pack-banner.tsx';
import { ToldNotice } from './told-notice.tsx';
import { letLeadFirst } from './turns.ts';
import { useFollowedLink } from './use-followed-link.ts';
import { WidgetSlot } from './widget-slot.tsx';
import styles from './dashboards.module.css';

/** Loaded when somebody edits: whoever only reads needs neither the editor nor the grid that can be dragged. */
const EditorPage = lazy(async () => ({ default: (await import('./editor/editor-page.tsx')).EditorPage }));
const ArrangePage = lazy(async () => ({ default: (await import('./arrange/arrange-page.tsx')).ArrangePage }));

/** What executives open: numbers at once, each with its age. */
export default function DashboardsScreen(): ReactNode {
  const server = useSelectedServer();
  const loaded = useConnections((state) => state.servers.value !== null);
  useEffect(() => forgetMissing, []);
  if (server !== null) return <ServerDashboards key={server.serverId} server={server} />;
  return (
    <Page title="Dashboards" actions={<DashboardsMenu server={null} dashboard={null} />}>
      {loaded ? (
        <EmptyState
          title="No server to look at"
          actions={
            <Button variant="filled" onClick={() => navigate('/connections')}>
              Go to Connections
            </Button>
          }
        >
          The demo ERP brings two dashboards; it needs nothing installed. Dashboards that somebody sent you open from
          their file, under “Saved”.
        </EmptyState>
      ) : (
        <p className="db-dim">Loading …</p>
      )}
    </Page>
  );
}

function ServerDashboards({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId } = server;
  const { value, loading, problem } = useDashboards((state) => state.dashboards);
  const route = useRoute();
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState(false);

  useEffect(() => {
    void loadDashboards(serverId).then(() => setAsked(true));
    return watchDashboardList(serverId);
  }, [serverId]);

  const complete = asked && !loading && problem === null && value !== null;
  const { shown: open, missing } = useFollowedLink(serverId, value ?? [], complete);
  useCommands('dashboards', [
    ...(value ?? []).map(({ dashboardId, title }) => ({
      id: `dashboard-${dashboardId}`,
      title: `Open ${title}`,
      group: 'Dashboards',
      run: () => openDashboard(dashboardId),
    })),
    ...(value?.length === 0
      ? [{ id: 'dashboard-first', title: 'New dashboard', group: 'Dashboards', run: () => setMaking(true) }]
      : []),
  ]);

  if (server.capture !== null && server.capture.contents !== 'dashboards') {
    return (
      <CaptureState title="Dashboards">
        Dashboards ask a server or keep its last answers, and a capture holds only what was sampled.
      </CaptureState>
    );
  }
  const [, openId, doing, widgetId = null] = route.path;
  if (open !== null && open.dashboardId === openId && (doing === 'new' || doing === 'edit' || doing === 'arrange')) {
    return (
      <Suspense fallback={<Page title={open.title}>{null}</Page>}>
        {doing === 'arrange' ? (
          <ArrangePage server={server} dashboard={open} />
        ) : (
          <EditorPage server={server} dashboard={open} widgetId={doing === 'edit' ? widgetId : null} />
        )}
      </Suspense>
    );
  }
  if (open !== null) {
    return (
      <OpenDashboard server={server} dashboard={open} all={value ?? []}>
        {missing && <MissingNotice shown={open.title} />}
        {problem !== null && <FailureNotice problem={problem} onRetry={() => void loadDashboards(serverId)} />}
      </OpenDashboard>
    );
  }
  return (
    <Page title="Dashboards" actions={<DashboardsMenu server={server} dashboard={null} />}>
      {missing && <MissingNotice shown={null} />}
      {problem !== null && <FailureNotice problem={problem} onRetry={() => void loadDashboards(serverId)} />}
      {problem === null && loading && <Skeleton height={280} aria-label="Loading the dashboards" />}
      {value !== null && value.length === 0 && isExecutive(server) && <NoDashboardYet server={server} />}
      {value !== null && value.length === 0 && !isExecutive(server) && (
        <EmptyState
          title="No dashboards for this server"
          actions={
            <>
              <Button onClick={() => navigate('/read-models')}>Go to Read models</Button>
              <Button variant="filled" onClick={() => setMaking(true)}>
                New dashboard
              </Button>
            </>
          }
        >
          A dashboard shows numbers of {server.settings.label}, from read models or from small live queries. The demo
          ERP brings two dashboards that show what they can look like.
        </EmptyState>
      )}
      <ToldNotice serverId={serverId} dashboardId={null} />
      <NewDashboard serverId={serverId} opened={making} onClose={() => setMaking(false)} />
    </Page>
  );
}

/** Of so many, cards that nobody can see wait until they are scrolled to. */
const manyWidgets = 24;

/** The other cards of a dashboard that opens wait for its first number, which is there sooner out of the cache. */
const leadPatienceMs = 400;

/** The one at the top left. */
const leading = (widgets: readonly Widget[]): string | undefined =>
  widgets.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x)[0]?.widgetId;

interface OpenDashboardProps {
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
  readonly all: readonly Dashboard[];
  readonly children: ReactNode;
}

function OpenDashboard({ server, dashboard, all, children }: OpenDashboardProps): ReactNode {
  const { serverId } = server;
  const { dashboardId } = dashboard;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [comparing, setComparing] = useState<Widget | null>(null);
  const shownWidgets = useMemo(() => localizedWidgets(dashboard), [dashboard]);
  const lead = leading(dashboard.widgets);
  useEffect(() => letLeadFirst(leadPatienceMs), []);
  const address = useAddressFilters(dashboard);
  const { chosen } = address;
  const online = server.state === 'connected';
  const readOnly = isExecutive(server) || server.capture !== null;
  const onEdit = useCallback((widgetId: string) => editWidget(dashboardId, widgetId), [dashboardId]);

  // Starts again when the database comes or goes: what is out of the cache then is asked for at once.
  // And with other filters: they are handed on by the effect before this one.
  useEffect(() => watchDashboard(serverId, dashboard, online), [serverId, dashboard, online, chosen]);

  useEffect(() => forgetEarlier, [dashboard.dashboardId]);

  // Another dashboard starts at its top, whatever the last one was scrolled to.
  const shownBefore = useRef(dashboard.dashboardId);
  useEffect(() => {
    if (shownBefore.current !== dashboard.dashboardId) document.getElementById('main')?.scrollTo(0, 0);
    shownBefore.current = dashboard.dashboardId;
  }, [dashboard.dashboardId]);

  // What all widgets together say: a number that comes draws its own card anew, and not the dashboard.
  const busy = useDashboards(({ widgets }) =>
    dashboard.widgets.some(({ widgetId }) => widgets[widgetKey(dashboard.dashboardId, widgetId)]?.loading === true),
  );
  const offline = useDashboards(({ widgets }) => isOffline({ dashboard, widgets, online }));
  const locked = useDashboards(({ widgets }) =>
    dashboard.widgets.some(
      ({ widgetId }) => widgets[widgetKey(dashboard.dashboardId, widgetId)]?.data?.unreadable === 'locked',
    ),
  );
  const refreshAll = () => void refreshWidgets(serverId, dashboard);
  const add = () => addWidgetTo(dashboardId);
  const arrange = () => arrangeDashboard(dashboardId);
  const editing = [
    { id: 'add-widget', title: `Add a widget to ${dashboard.title}`, group: 'Dashboards', keys: 'a', run: add },
    { id: 'arrange', title: `Arrange ${dashboard.title}`, group: 'Dashboards', keys: 'e', run: arrange },
    ...dashboard.widgets.map(({ widgetId, title }) => ({
      id: `edit-${widgetId}`,
      title: `Edit ${title}`,
      group: 'Widgets',
      run: () => editWidget(dashboardId, widgetId),
    })),
  ];
  useCommands('dashboard', [
    { id: 'refresh-all', title: 'Refresh all widgets', group: 'Dashboards', run: refreshAll },
    ...(readOnly ? [] : editing),
  ]);
  useKeys(readOnly ? {} : { a: add, e: arrange });
  useExportCommands(dashboard);

  return (
    <Page
      title={dashboard.title}
      tags={<DashboardAge dashboard={dashboard} online={online} />}
      actions={
        <>
          {!readOnly && (
            <>
              <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={add}>
                Add widget
              </Button>
              <Button leftSection={<IconLayoutGrid size={15} aria-hidden />} onClick={arrange}>
                Arrange
              </Button>
            </>
          )}
          <DashboardExportMenu dashboard={dashboard} />
          <DashboardsMenu server={server} dashboard={dashboard} />
          {server.capture === null && (
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
          )}
          {!readOnly && <DashboardMenu serverId={serverId} dashboard={dashboard} onProblem={setProblem} />}
        </>
      }
    >
      {children}
      {problem !== null && <FailureNotice problem={problem} />}
      <ToldNotice serverId={serverId} dashboardId={dashboardId} />
      {all.length > 1 && (
        <Tabs
          value={dashboard.dashboardId}
          onChange={(dashboardId) => {
            if (dashboardId !== null) openDashboard(dashboardId);
          }}
        >
          <Tabs.List aria-label="Dashboards">
            {all.map(({ dashboardId, title }) => (
              <Tabs.Tab
                key={dashboardId}
                value={dashboardId}
                title={title}
                classNames={{ tab: styles.tab, tabLabel: styles.tabLabel }}
              >
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      )}
      {server.capture !== null && <PackBanner pack={server.capture} />}
      {server.capture === null && (!online || offline) && <OfflineBanner server={server} />}
      {locked && <LockedBanner onUnlocked={() => void showSavedAgain(serverId, dashboard)} />}
      <FilterBar serverId={serverId} dashboard={dashboard} online={online} address={address} />
      {dashboard.widgets.length === 0 && (
        <EmptyState
          title="This dashboard has no widgets"
          actions={
            !readOnly && (
              <Button variant="filled" onClick={add}>
                Add widget
              </Button>
            )
          }
        >
          A widget answers one question: a number, a chart or a table, with its age.
        </EmptyState>
      )}
      <div className={styles.grid}>
        {shownWidgets.map((widget) => (
          <WidgetSlot
            key={widget.widgetId}
            serverId={serverId}
            dashboardId={dashboard.dashboardId}
            widget={widget}
            online={online}
            when={widget.widgetId === lead ? 'at once' : dashboard.widgets.length > manyWidgets ? 'near' : 'in turn'}
            chosen={chosen}
            onCompare={setComparing}
            {...(readOnly ? {} : { onEdit })}
          />
        ))}
      </div>
      <WhenIdle>
        <CompareDialog
          serverId={serverId}
          dashboard={dashboard}
          widget={comparing}
          onClose={() => setComparing(null)}
        />
      </WhenIdle>
    </Page>
  );
}
