import { Button, Tabs } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Finding, OriginFilter } from '../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { Card } from '../../app/page.tsx';
import { saveText } from '../../app/save-text.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { useMornings } from '../../stores/mornings.ts';
import { tabs, type TabId } from './address.ts';
import { FindingsTable } from './findings-table.tsx';
import { findingsCsv, findingsText } from './findings-text.ts';
import { HiddenByFilter } from './hidden-by-filter.tsx';
import { filterVerdict } from './origin-filter.ts';
import { ClassesTab } from './tabs/classes-tab.tsx';
import { LocksTab } from './tabs/locks-tab.tsx';
import { OpenFindingsTab } from './tabs/open-findings-tab.tsx';
import { ReportIndexesTab } from './tabs/report-indexes-tab.tsx';
import { TransactionsTab } from './tabs/transactions-tab.tsx';
import { VictimsTable } from './victims-table.tsx';
import styles from './mornings.module.css';

interface IncidentTabsProps {
  readonly server: ServerSummary;
  readonly window: TimeWindow | null;
  readonly filter: Required<OriginFilter>;
  readonly tab: TabId;
  readonly openStatementId: string | null;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onTab: (tab: TabId) => void;
  readonly onOpen: (statement: Statement) => void;
  readonly onOpenIn: (window: TimeWindow, statement: Statement) => void;
  readonly onPropose: (statement: Statement) => void;
  readonly onClearFilter: () => void;
  readonly onClassChanged: () => void;
}

/** What lies behind the verdict, and what outlives it. */
export function IncidentTabs(props: IncidentTabsProps): ReactNode {
  const { server, window, tab, onTab } = props;
  const shown = useFiltered(props.filter);
  const counts: Partial<Record<TabId, number>> =
    shown === null || window === null ? {} : { findings: shown.findings.length, victims: shown.victims.length };
  useCommands(
    'mornings-tabs',
    tabs.map(({ id, label }) => ({
      id: `tab-${id}`,
      title: `Show: ${label}`,
      group: 'Mornings',
      run: () => onTab(id),
    })),
  );
  return (
    <Card fill className={styles.tables}>
      <Tabs
        value={tab}
        onChange={(next) => {
          const found = tabs.find(({ id }) => id === next);
          if (found !== undefined) onTab(found.id);
        }}
        keepMounted={false}
      >
        <Tabs.List aria-label="What lies behind the verdict" className={styles.tabList}>
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {counts[id] === undefined ? label : `${label} ${formatCount(counts[id])}`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className={styles.tabPanel}>
          <Panel {...props} serverId={server.serverId} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}

function Panel(props: IncidentTabsProps & { readonly serverId: string }): ReactNode {
  const { tab, window, serverId, widgetTitles } = props;
  if (tab === 'open') {
    return (
      <OpenFindingsTab
        serverId={serverId}
        filter={props.filter}
        onClearFilter={props.onClearFilter}
        widgetTitles={widgetTitles}
        onOpen={props.onOpenIn}
        // A capture has no server on which a read model could be built.
        onPropose={props.server.capture === null ? props.onPropose : null}
      />
    );
  }
  if (tab === 'classes') {
    return <ClassesTab {...props} onOpen={props.onOpen} />;
  }
  if (window === null) return <BrushHint />;
  switch (tab) {
    case 'findings':
      return <Findings {...props} />;
    case 'victims':
      return <Victims {...props} />;
    case 'transactions':
      return <TransactionsTab {...props} window={window} onOpenStatement={props.onOpen} />;
    case 'locks':
      return <LocksTab {...props} window={window} onOpenStatement={props.onOpen} />;
    case 'indexes':
      return <ReportIndexesTab {...props} window={window} />;
  }
}

function BrushHint(): ReactNode {
  return (
    <p className={styles.brushHint}>
      Drag over the timeline to choose a window, or focus it and press Enter: Daybreak says who made whom wait in it.
    </p>
  );
}

function useFiltered(filter: Required<OriginFilter>) {
  const verdict = useMornings((state) => state.verdict.value?.verdict ?? null);
  return useMemo(() => (verdict === null ? null : { verdict, ...filterVerdict(verdict, filter) }), [verdict, filter]);
}

function Findings(props: IncidentTabsProps): ReactNode {
  const { server, filter, widgetTitles, onOpen, onPropose } = props;
  const isCapture = server.capture !== null;
  const shown = useFiltered(filter);
  const proposeFinding = useMemo(
    () => (isCapture ? null : ({ statement }: Finding) => onPropose(statement)),
    [isCapture, onPropose],
  );
  const exportCsv = () => {
    if (shown !== null) saveText('findings.csv', findingsCsv(shown.verdict, shown.findings, widgetTitles), 'text/csv');
  };
  const any = shown !== null && shown.verdict.findings.length > 0;
  useCommands(
    'mornings-findings',
    any ? [{ id: 'findings-csv', title: 'Export the findings as CSV', group: 'Mornings', run: exportCsv }] : [],
  );
  if (shown === null) return null;
  return (
    <>
      <div className={styles.tabTools}>
        <HiddenByFilter count={shown.hiddenFindings} what={['finding', 'findings']} onClear={props.onClearFilter} />
        {any && (
          <div className={styles.tabButtons}>
            <CopyButton text={findingsText(shown.verdict, shown.findings, widgetTitles)} what="the findings as text" />
            <Button size="compact-sm" leftSection={<IconDownload size={14} aria-hidden />} onClick={exportCsv}>
              CSV
            </Button>
          </div>
        )}
      </div>
      <FindingsTable
        verdict={shown.verdict}
        findings={shown.findings}
        widgetTitles={widgetTitles}
        openStatementId={props.openStatementId}
        onOpen={({ statement }) => onOpen(statement)}
        onPropose={proposeFinding}
      />
    </>
  );
}

function Victims(props: IncidentTabsProps & { readonly serverId: string }): ReactNode {
  const shown = useFiltered(props.filter);
  if (shown === null) return null;
  return (
    <>
      <HiddenByFilter count={shown.hiddenVictims} what={['victim', 'victims']} onClear={props.onClearFilter} />
      <VictimsTable
        serverId={props.serverId}
        victims={shown.victims}
        hidden={shown.hiddenVictims}
        more={shown.verdict.moreVictims ?? 0}
        widgetTitles={props.widgetTitles}
        openStatementId={props.openStatementId}
        onOpen={props.onOpen}
        onClassChanged={props.onClassChanged}
      />
    </>
  );
}
