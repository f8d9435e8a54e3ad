import { Drawer, Skeleton, Tabs } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { Finding, Victim } from '../../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { statementsSeen } from '../../../stores/incident.ts';
import { useMornings } from '../../../stores/mornings.ts';
import { statementTabs, type StatementTabId } from '../address.ts';
import { findingOf } from '../explained-by.ts';
import { nameOf } from '../statement-name.ts';
import { ExperimentTab } from './experiment-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { IndexTab } from './index-tab.tsx';
import { PlanTab } from './plan-tab.tsx';
import { WhyFinding } from './why-finding.tsx';
import { WhyStatement } from './why-statement.tsx';
import styles from './drawer.module.css';

export interface StatementDrawerProps {
  readonly server: ServerSummary;
  readonly window: TimeWindow;
  /** null: closed. */
  readonly statementId: string | null;
  readonly tab: StatementTabId;
  readonly onTab: (tab: StatementTabId) => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onClose: () => void;
  readonly onOpen: (statement: Statement) => void;
  readonly onPropose: (statement: Statement) => void;
  /** The class was changed: the verdict over the window is another one now. */
  readonly onClassChanged: () => void;
}

/** A statement and what is known against it or for it. */
export interface Subject {
  readonly statement: Statement;
  /** It is accused, alone or in a group. */
  readonly finding: Finding | null;
  /** It got slower. */
  readonly victim: Victim | null;
}

/** One statement, suspect or victim: why, its history, its plan, an index, an experiment. */
export function StatementDrawer(props: StatementDrawerProps): ReactNode {
  const { statementId, widgetTitles } = props;
  const { subject, missing, problem, retry } = useSubject(props);
  const title = subject === null ? null : nameOf(subject.statement, widgetTitles);
  return (
    <Drawer
      opened={statementId !== null}
      onClose={props.onClose}
      position="right"
      size="min(960px, 94vw)"
      title={title === null ? 'Statement' : <span className={title.isSql ? 'db-mono' : undefined}>{title.name}</span>}
      classNames={{ title: styles.drawerTitle, body: styles.drawerBody }}
      closeButtonProps={{ 'aria-label': 'Close the statement' }}
    >
      {problem !== null && <FailureNotice problem={problem} onRetry={retry} />}
      {missing && (
        <EmptyState title="This statement was not seen in this window">
          Nothing of it was sampled here. Choose a wider window, or open it from a list.
        </EmptyState>
      )}
      {subject === null && !missing && problem === null && (
        <Skeleton className={styles.skeleton} height={320} aria-label="Loading the statement" />
      )}
      {subject !== null && <SubjectTabs key={subject.statement.statementId} {...props} subject={subject} />}
    </Drawer>
  );
}

/** The verdict knows suspects and victims; every other statement is looked up among those that were seen. */
function useSubject({ server, window, statementId }: StatementDrawerProps) {
  const verdict = useMornings((state) => state.verdict);
  const known = useMemo((): Subject | null => {
    if (statementId === null || verdict.value === null) return null;
    const { findings, victims } = verdict.value.verdict;
    const finding = findingOf(findings, statementId);
    const victim = victims.find((one) => one.statement.statementId === statementId) ?? null;
    const statement =
      [finding?.statement, ...(finding?.members ?? []), victim?.statement].find(
        (one) => one?.statementId === statementId,
      ) ?? null;
    return statement === null ? null : { statement, finding, victim };
  }, [statementId, verdict.value]);
  const decided = verdict.value !== null || verdict.problem !== null;
  const asks = statementId !== null && known === null && decided;
  const seen = useAsked(statementsSeen, asks ? { serverId: server.serverId, ...window } : null);
  const other = asks ? seen.value?.find((one) => one.statementId === statementId) : undefined;
  return {
    subject: known ?? (other === undefined ? null : { statement: other, finding: null, victim: null }),
    missing: asks && seen.value !== null && other === undefined,
    problem: asks ? seen.problem : null,
    retry: seen.reload,
  };
}

function SubjectTabs(props: StatementDrawerProps & { readonly subject: Subject }): ReactNode {
  const { subject, tab, onTab } = props;
  const suspects = subject.finding !== null;
  // History and experiment are about a suspect: whether the damage follows it.
  const shown = statementTabs.filter(({ id }) => suspects || (id !== 'history' && id !== 'experiment'));
  const active = shown.some(({ id }) => id === tab) ? tab : 'why';
  return (
    <Tabs
      value={active}
      onChange={(next) => {
        const found = shown.find(({ id }) => id === next);
        if (found !== undefined) onTab(found.id);
      }}
      keepMounted={false}
      classNames={{ panel: styles.panel }}
    >
      <Tabs.List>
        {shown.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="why">
        {subject.finding === null ? <WhyStatement {...props} /> : <WhyFinding {...props} finding={subject.finding} />}
      </Tabs.Panel>
      {subject.finding !== null && (
        <Tabs.Panel value="history">
          <HistoryTab serverId={props.server.serverId} window={props.window} finding={subject.finding} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="plan">
        <PlanTab server={props.server} statement={subject.statement} />
      </Tabs.Panel>
      <Tabs.Panel value="index">
        <IndexTab
          server={props.server}
          window={props.window}
          statement={subject.statement}
          onPropose={props.onPropose}
        />
      </Tabs.Panel>
      {subject.finding !== null && (
        <Tabs.Panel value="experiment">
          <ExperimentTab server={props.server} statement={subject.statement} window={props.window} />
        </Tabs.Panel>
      )}
    </Tabs>
  );
}
