import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useEffect, type ReactNode } from 'react';
import { defaultLocale } from '../../../shared/format/number-formats.ts';
import { dateTimeFormat } from '../../../shared/format/zoned-time.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Finding } from '../../../shared/model/diagnosis.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { ActionToCopy, FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { Page } from '../../app/page.tsx';
import { navigate, useRoute } from '../../app/router.ts';
import { parseRoute } from '../../app/route.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { localTimeZone } from '../../app/local-time-zone.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { useConnections, useSelectedServer } from '../../stores/connections.ts';
import { loadDashboards, useWidgetTitles } from '../../stores/dashboards.ts';
import { diagnose, forgetVerdict, lookAtMornings, useMornings } from '../../stores/mornings.ts';
import { FindingDrawer } from './finding-drawer.tsx';
import { TimelineCard } from './timeline-card.tsx';
import { useSuggestion } from './use-suggestion.ts';
import { endOfRange, useTimeline } from './use-timeline.ts';
import { useWatchLive } from './use-watch-live.ts';
import { VerdictCards } from './verdict-card.tsx';
import { ranges, readAddress, viewFor, type RangeId } from './view.ts';
import styles from './mornings.module.css';

/** Home of the person who has to find out who made the invoices slow. */
export default function MorningsScreen(): ReactNode {
  const server = useSelectedServer();
  const loaded = useConnections((state) => state.servers.value !== null);
  if (server !== null) return <Mornings key={server.serverId} server={server} />;
  return (
    <Page title="Mornings">
      {loaded && (
        <EmptyState
          title="No server to look at"
          actions={
            <Button variant="filled" onClick={() => navigate('/connections')}>
              Go to Connections
            </Button>
          }
        >
          Connect your ERP’s PostgreSQL, or open the demo ERP: it needs nothing installed.
        </EmptyState>
      )}
    </Page>
  );
}

function Mornings({ server }: { readonly server: ServerSummary }): ReactNode {
  const { serverId } = server;
  const route = useRoute();
  const { range, window, statementId } = readAddress(route.path, route.params);
  const sampler = useConnections((state) => state.samplers[serverId] ?? null);
  const watching = sampler?.mode === 'incident';
  const widgetTitles = useWidgetTitles();
  const nowMs = useNow(60_000);

  useEffect(() => {
    lookAtMornings(serverId);
    void loadDashboards(serverId);
  }, [serverId]);

  const reloadTimeline = useTimeline(server, range, window, watching);
  const go = useCallback(
    (next: { range?: RangeId; window?: TimeWindow | null; statementId?: string | null }, replace = false) => {
      const to = { range, window, statementId, ...next };
      navigate(
        to.statementId === null ? '/mornings' : '/mornings/finding',
        {
          statement: to.statementId,
          range: to.range === '1h' ? null : to.range,
          from: to.window?.fromMs,
          to: to.window?.toMs,
        },
        { replace },
      );
    },
    [range, window, statementId],
  );

  const inView = (candidate: TimeWindow, inRange: RangeId) => {
    const endMs = endOfRange(server);
    return endMs === null || viewFor(inRange, candidate, endMs).following;
  };
  const suggestion = useSuggestion(
    serverId,
    window,
    // Nobody's open finding is taken away because the damage goes on.
    (candidate) => statementId === null && inView(candidate, range),
    (next) => {
      // While the next screen still loads this one lives on unseen: it must not call the person back.
      if (parseRoute(location.hash).path[0] === 'mornings') go({ window: next, statementId: null }, true);
    },
  );

  const fromMs = window?.fromMs ?? null;
  const toMs = window?.toMs ?? null;
  const diagnoseNow = useCallback(() => {
    if (fromMs === null || toMs === null) forgetVerdict();
    else void diagnose(serverId, { fromMs, toMs });
  }, [serverId, fromMs, toMs]);
  useEffect(diagnoseNow, [diagnoseNow]);

  const chooseRange = (next: RangeId) => {
    const keeps = window !== null && inView(window, next);
    if (!keeps) suggestion.release();
    go({ range: next, window: keeps ? window : null, statementId: null });
  };
  const propose = (id: string, widgetId: string | null) =>
    navigate('/read-models/propose', widgetId === null ? { statement: id } : { widget: widgetId });
  const proposeFinding = ({ statement }: Finding) => propose(statement.statementId, statement.widgetId);
  const live = useWatchLive(server, watching);

  useCommands('mornings', [
    { id: 'watch-live', title: live.label, group: 'Mornings', run: live.toggle },
    ...ranges.map(({ id, label }) => ({
      id: `range-${id}`,
      title: `Show the last ${label}`,
      group: 'Mornings',
      run: () => chooseRange(id),
    })),
    { id: 'clear-window', title: 'Clear the window', group: 'Mornings', run: () => suggestion.choose(null) },
  ]);

  return (
    <Page
      title="Mornings"
      tags={
        <>
          <Tag>{dayText(window?.fromMs ?? nowMs)}</Tag>
          {watching && (
            <Tag tone="accent">
              <span className={styles.pulse} aria-hidden /> watching live · a sample every second
            </Tag>
          )}
          {server.state !== 'connected' && <Tag tone="warning">from stored samples</Tag>}
        </>
      }
      actions={
        <>
          <SegmentedControl
            size="xs"
            withItemsBorders={false}
            className={styles.range}
            aria-label="Range of the timeline"
            data={ranges.map(({ id, label }) => ({ value: id, label }))}
            value={range}
            onChange={(next) => {
              const found = ranges.find(({ id }) => id === next);
              if (found !== undefined) chooseRange(found.id);
            }}
          />
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
        </>
      }
    >
      {live.problem !== null && <FailureNotice problem={live.problem} title="Watching live did not start" />}
      <MissingCapabilities server={server} />
      <TimelineCard serverId={serverId} window={window} onSelect={suggestion.choose} onRetry={reloadTimeline} />
      {window !== null && (
        <VerdictCards
          serverId={serverId}
          widgetTitles={widgetTitles}
          openStatementId={statementId}
          onOpen={({ statement }) => go({ statementId: statement.statementId })}
          onPropose={proposeFinding}
          onRetry={diagnoseNow}
          onClear={() => suggestion.choose(null)}
          onClassChanged={diagnoseNow}
        />
      )}
      {window === null && <BrushHint />}
      {window !== null && (
        <FindingDrawer
          serverId={serverId}
          window={window}
          statementId={statementId}
          widgetTitles={widgetTitles}
          onClose={() => go({ statementId: null })}
          onPropose={propose}
          onClassChanged={diagnoseNow}
        />
      )}
    </Page>
  );
}

/** A hint where there is something to brush; an empty timeline says its own. */
function BrushHint(): ReactNode {
  const stored = useMornings((state) => (state.timeline.value?.timeline.buckets.length ?? 0) > 0);
  if (!stored) return null;
  return (
    <p className={styles.hint}>
      Drag over the timeline to choose a window, or focus it and press Enter: Daybreak says who made whom wait in it.
    </p>
  );
}

/** What this server lacks for a full diagnosis, with the statement that mends it. */
function MissingCapabilities({ server }: { readonly server: ServerSummary }): ReactNode {
  const missing = (server.facts?.capabilities ?? []).filter(
    ({ name, present }) => !present && (name === 'statement_statistics' || name === 'all_statistics'),
  );
  return missing.map(({ name, text, action }) => (
    <Notice key={name} tone="warning" title="The diagnosis is weaker than it could be">
      <p className={styles.noticeText}>{text}</p>
      {action !== null && (
        <details>
          <summary>What mends it</summary>
          <ActionToCopy action={action} />
        </details>
      )}
    </Notice>
  ));
}

/** "Thu 19 Nov 2026": the day of the window, or today. */
const dayText = (atMs: number): string =>
  dateTimeFormat(defaultLocale, {
    timeZone: localTimeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(atMs);
