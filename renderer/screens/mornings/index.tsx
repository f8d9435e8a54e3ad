import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { defaultLocale } from '../../../shared/format/number-formats.ts';
import { dateTimeFormat } from '../../../shared/format/zoned-time.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { CaptureState } from '../../app/capture-state.tsx';
import { Page } from '../../app/page.tsx';
import { navigate, useRoute } from '../../app/router.ts';
import { parseRoute } from '../../app/route.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { localTimeZone, useLocalTimeZone } from '../../app/local-time-zone.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { useConnections, useSelectedServer } from '../../stores/connections.ts';
import { loadDashboards, useWidgetTitles } from '../../stores/dashboards.ts';
import { diagnose, forgetVerdict, lookAtMornings, useMornings } from '../../stores/mornings.ts';
import { noFilter, readAddress, writeAddress, type MorningsAddress } from './address.ts';
import { ComparePage } from './compare/compare-page.tsx';
import { StatementDrawer } from './drawer/statement-drawer.tsx';
import { FilterBar } from './filter-bar.tsx';
import { HistoryMenu } from './history/history-menu.tsx';
import { IncidentTabs } from './incident-tabs.tsx';
import { NoServer } from './no-server.tsx';
import { RangeBar } from './range-bar.tsx';
import { NotSampling, SamplerCard } from './sampler-card.tsx';
import { TimelineCard } from './timeline-card.tsx';
import { useSuggestion } from './use-suggestion.ts';
import { endOfRange, useTimeline } from './use-timeline.ts';
import { useWatchLive } from './use-watch-live.ts';
import { useZoom } from './use-zoom.ts';
import { VerdictCard } from './verdict-card.tsx';
import { ranges, storedOf, viewFor, type RangeId } from './view.ts';
import styles from './mornings.module.css';

/** Home of the person who has to find out who made the invoices slow. */
export default function MorningsScreen(): ReactNode {
  const server = useSelectedServer();
  const loaded = useConnections((state) => state.servers.value !== null);
  if (server?.capture?.contents === 'dashboards') {
    return <CaptureState title="Mornings">Mornings are made of samples, and a pack holds none.</CaptureState>;
  }
  if (server !== null) return <OneServer key={server.serverId} server={server} />;
  return <Page title="Mornings">{loaded ? <NoServer /> : <p className="db-dim">Loading …</p>}</Page>;
}

/** The address is the only place in which a choice is kept: whoever opens it sees the same. */
function useAddress() {
  const route = useRoute();
  const address = useMemo(() => readAddress(route.path, route.params), [route]);
  const go = useCallback((next: Partial<MorningsAddress>, replace = false) => {
    // From the address of now, not of the last rendering: two changes in one moment must not undo each other.
    const now = parseRoute(location.hash);
    const { path, params } = writeAddress({ ...readAddress(now.path, now.params), ...next });
    navigate(path, params, { replace });
  }, []);
  return { address, go };
}

type Go = ReturnType<typeof useAddress>['go'];

const propose = ({ statementId, widgetId }: Statement): void =>
  navigate('/read-models/propose', widgetId === null ? { statement: statementId } : { widget: widgetId });

function OneServer({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId } = server;
  const { address, go } = useAddress();
  const widgetTitles = useWidgetTitles();
  useEffect(() => {
    lookAtMornings(serverId);
    void loadDashboards(serverId);
  }, [serverId]);
  // Effects of what is shown below run before this one's: it would forget what they have just asked for.
  const looking = useMornings((state) => state.serverId === serverId);
  if (!looking) return null;
  if (address.comparing && address.window !== null) {
    return (
      <ComparePage
        server={server}
        window={address.window}
        other={address.other}
        widgetTitles={widgetTitles}
        onOther={(other) => go({ other }, true)}
        onOpen={({ statementId }) => go({ comparing: false, statementId })}
        onBack={() => go({ comparing: false })}
      />
    );
  }
  return <Morning server={server} address={address} go={go} widgetTitles={widgetTitles} />;
}

interface MorningProps {
  readonly server: ServerSummary;
  readonly address: MorningsAddress;
  readonly go: Go;
  readonly widgetTitles: ReadonlyMap<string, string>;
}

function Morning({ server, address, go, widgetTitles }: MorningProps): ReactNode {
  const { serverId } = server;
  const { range, window, zoom: zoomedTo, statementId, filter, saidSeconds } = address;
  const sampler = useConnections((state) => state.samplers[serverId] ?? null);
  const watching = sampler?.mode === 'incident';
  const nowMs = useNow(60_000);
  const reloadTimeline = useTimeline(server, { range, window, zoom: zoomedTo, filter }, watching);

  const inView = (candidate: TimeWindow, inRange: RangeId) => {
    const endMs = endOfRange(server);
    return endMs === null || viewFor(inRange, candidate, endMs).following;
  };
  const suggestion = useSuggestion(
    serverId,
    window,
    // Nobody's open finding is taken away because the damage goes on.
    (candidate) => statementId === null && zoomedTo === null && inView(candidate, range),
    (next) => {
      // While the next screen still loads this one lives on unseen: it must not call the person back.
      if (parseRoute(location.hash).path[0] === 'mornings') go({ window: next, statementId: null }, true);
    },
  );

  const timeZone = useLocalTimeZone();
  const fromMs = window?.fromMs ?? null;
  const toMs = window?.toMs ?? null;
  const diagnoseNow = useCallback(() => {
    if (fromMs === null || toMs === null) forgetVerdict();
    else void diagnose(serverId, { fromMs, toMs }, saidSeconds, timeZone);
  }, [serverId, fromMs, toMs, saidSeconds, timeZone]);
  useEffect(diagnoseNow, [diagnoseNow]);

  const chooseRange = (next: RangeId) => {
    const keeps = window !== null && inView(window, next);
    if (!keeps) suggestion.release();
    go({ range: next, zoom: null, window: keeps ? window : null, statementId: null });
  };
  const zoom = useZoom(zoomedTo, window, (next) => go({ zoom: next }, true));
  const open = (statement: Statement) => go({ statementId: statement.statementId, statementTab: 'why' });
  const clearFilter = () => go({ filter: noFilter }, true);
  const shown = useMornings((state) => state.timeline.value?.timeline ?? null);
  const live = useWatchLive(server, watching);
  const isCapture = server.capture !== null;

  useCommands('mornings', [
    ...(isCapture ? [] : [{ id: 'watch-live', title: live.label, group: 'Mornings', run: live.toggle }]),
    ...ranges.map(({ id, label }) => ({
      id: `range-${id}`,
      title: id === 'all' ? 'Show all that is stored' : `Show the last ${label}`,
      group: 'Mornings',
      run: () => chooseRange(id),
    })),
    ...(window === null
      ? []
      : [
          { id: 'clear-window', title: 'Clear the window', group: 'Mornings', run: () => suggestion.choose(null) },
          { id: 'zoom-window', title: 'Zoom to the window', group: 'Mornings', run: zoom.toWindow },
          { id: 'compare', title: 'Compare mornings', group: 'Mornings', run: () => go({ comparing: true }) },
        ]),
    { id: 'zoom-in', title: 'Zoom in', group: 'Mornings', run: zoom.in },
    { id: 'zoom-out', title: 'Zoom out', group: 'Mornings', run: zoom.out },
    { id: 'clear-filter', title: 'Clear the filter', group: 'Mornings', run: clearFilter },
  ]);

  return (
    <Page
      title="Mornings"
      tags={
        <>
          <Tag>{dayText(window?.fromMs ?? shown?.toMs ?? nowMs)}</Tag>
          {isCapture && <Tag tone="accent">capture</Tag>}
          {!isCapture && server.state !== 'connected' && <Tag tone="warning">from stored samples</Tag>}
          <SamplerCard server={server} />
        </>
      }
      actions={
        <>
          <HistoryMenu server={server} toSend={window ?? shown} stored={storedOf(shown)} />
          <Tooltip label="Choose a window first" disabled={window !== null}>
            <Button disabled={window === null} onClick={() => go({ comparing: true })}>
              Compare
            </Button>
          </Tooltip>
          {!isCapture && (
            <Tooltip label={live.why}>
              <Button
                variant={watching ? 'default' : 'filled'}
                leftSection={
                  watching ? <IconPlayerPause size={15} aria-hidden /> : <IconPlayerPlay size={15} aria-hidden />
                }
                loading={live.busy}
                disabled={live.disabled}
                onClick={live.toggle}
              >
                {live.label}
              </Button>
            </Tooltip>
          )}
        </>
      }
    >
      {live.problem !== null && <FailureNotice problem={live.problem} title="Watching live did not start" />}
      <NotSampling server={server} />
      <div className={styles.toolbar}>
        <FilterBar filter={filter} onChange={(next) => go({ filter: next }, true)} />
        <RangeBar range={range} zoom={zoom} onRange={chooseRange} />
      </div>
      <TimelineCard
        serverId={serverId}
        window={window}
        zoom={zoomedTo}
        onSelect={suggestion.choose}
        onZoom={zoom.step}
        onRetry={reloadTimeline}
      />
      {window !== null && (
        <VerdictCard
          saidSeconds={saidSeconds}
          onSaid={(seconds) => go({ saidSeconds: seconds }, true)}
          onRetry={diagnoseNow}
          onClear={() => suggestion.choose(null)}
        />
      )}
      {shown !== null && shown.storedFromMs !== null && (
        <IncidentTabs
          server={server}
          window={window}
          filter={filter}
          tab={address.tab}
          openStatementId={statementId}
          widgetTitles={widgetTitles}
          onTab={(tab) => go({ tab }, true)}
          onOpen={open}
          onOpenIn={(where, statement) => {
            suggestion.choose(where);
            go({ window: where, zoom: null, tab: 'findings', statementId: statement.statementId, statementTab: 'why' });
          }}
          onPropose={propose}
          onClearFilter={clearFilter}
          onClassChanged={diagnoseNow}
        />
      )}
      {window !== null && (
        <StatementDrawer
          server={server}
          window={window}
          statementId={statementId}
          tab={address.statementTab}
          onTab={(statementTab) => go({ statementTab }, true)}
          widgetTitles={widgetTitles}
          onClose={() => go({ statementId: null })}
          onOpen={open}
          onPropose={propose}
          onClassChanged={diagnoseNow}
        />
      )}
    </Page>
  );
}

/** "Thu 19 Nov 2026": the day of the window, or today. */
const dayText = (atMs: number): string =>
  dateTimeFormat(defaultLocale, {
    timeZone: localTimeZone(),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(atMs);
