import { Button, Drawer, Skeleton } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatPercentRange } from '../../../shared/format/ratio.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { SqlEditor } from '../../app/sql-editor.tsx';
import { Tag } from '../../app/tag.tsx';
import { HistoryChart } from '../../charts/history-chart.tsx';
import type { TimeWindow } from '../../charts/time-window.ts';
import { isTyping } from '../../commands/use-shortcuts.ts';
import { loadFinding, useMornings, type FindingAnswer } from '../../stores/mornings.ts';
import { BlockedTable } from './blocked-table.tsx';
import { ClassChoice } from './class-choice.tsx';
import { nameOf } from './statement-name.ts';
import { classSourceWords, classWords, cureWords, evidenceWords, gradeWords } from './words.ts';
import styles from './mornings.module.css';

interface FindingDrawerProps {
  readonly serverId: string;
  readonly window: TimeWindow;
  readonly statementId: string | null;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onClose: () => void;
  readonly onPropose: (statementId: string, widgetId: string | null) => void;
  /** The class was changed: the verdict over the window is another one now. */
  readonly onClassChanged: () => void;
}

/** One finding: the statement, its history, the evidence, and what can be done. */
export function FindingDrawer(props: FindingDrawerProps): ReactNode {
  const { serverId, statementId, widgetTitles } = props;
  const { fromMs, toMs } = props.window;
  const { value, problem, loading } = useMornings((state) => state.finding);

  useEffect(() => {
    if (statementId !== null) void loadFinding(serverId, { fromMs, toMs }, statementId);
  }, [serverId, fromMs, toMs, statementId]);

  const reload = () => {
    if (statementId !== null) void loadFinding(serverId, { fromMs, toMs }, statementId);
  };
  const title = value === null ? 'Finding' : nameOf(value.finding.statement, widgetTitles);
  return (
    <Drawer
      opened={statementId !== null}
      onClose={props.onClose}
      position="right"
      size="min(860px, 94vw)"
      title={
        typeof title === 'string' ? title : <span className={title.isSql ? 'db-mono' : undefined}>{title.name}</span>
      }
      classNames={{ title: styles.drawerTitle }}
      closeButtonProps={{ 'aria-label': 'Close the finding' }}
    >
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      {value === null && loading && (
        <Skeleton className={styles.skeleton} height={320} aria-label="Loading the finding" />
      )}
      {value !== null && <FindingBody answer={value} reload={reload} {...props} />}
    </Drawer>
  );
}

function FindingBody(
  props: FindingDrawerProps & { readonly answer: FindingAnswer; readonly reload: () => void },
): ReactNode {
  const { answer, serverId, window, onPropose, onClassChanged, reload, widgetTitles } = props;
  const { finding, history, blocked } = answer;
  const { statement } = finding;
  const grade = gradeWords[finding.grade];
  const proposes = finding.cure === 'read_model';
  useProposeKey(proposes ? () => onPropose(statement.statementId, statement.widgetId) : null);
  return (
    <div className={styles.finding}>
      <div className={styles.findingHead}>
        <Tag tone={finding.grade === 'A' || finding.grade === 'B' ? 'accent' : 'neutral'}>{grade.short}</Tag>
        <Tag>
          {classWords[statement.class]}, {classSourceWords[statement.classSource]}
        </Tag>
        {statement.databaseName !== null && <Tag>database {statement.databaseName}</Tag>}
        {statement.roleName !== null && <Tag>role {statement.roleName}</Tag>}
        {finding.runBy.length > 0 && <Tag>run by {finding.runBy.join(', ')}</Tag>}
        <FreshnessLabel freshness={answer.freshness} />
      </div>
      <p className={styles.gradeMeaning}>{grade.meaning}</p>

      <dl className={styles.facts}>
        <Fact name="of the damage">
          {formatPercent(finding.blameShare)} <small>{formatPercentRange(finding.blameInterval)}</small>
        </Fact>
        <Fact name="damage">{formatDuration(finding.damageSeconds * 1000)}</Fact>
        <Fact name="runs">{formatCount(finding.calls)}</Fact>
        <Fact name="mean">{finding.meanMs === null ? '–' : formatDuration(finding.meanMs)}</Fact>
        <Fact name="rows a run">{finding.rowsPerCall === null ? '–' : formatCount(finding.rowsPerCall)}</Fact>
        <Fact name="blocks a run">{finding.blocksPerCall === null ? '–' : formatCount(finding.blocksPerCall)}</Fact>
        <Fact name="active sessions">{finding.averageActiveSessions.toFixed(1)}</Fact>
      </dl>

      <section aria-label="If this were gone" className={styles.ifGone}>
        <div>
          <strong>If this were gone</strong>
          <p>{ifGoneText(finding.ifGoneMeanMs)}</p>
        </div>
        {proposes ? (
          <Button variant="filled" onClick={() => onPropose(statement.statementId, statement.widgetId)}>
            Propose a read model
          </Button>
        ) : (
          <span className="db-dim">What would help: {cureWords[finding.cure]}</span>
        )}
      </section>

      <section aria-label="Evidence">
        <h3>Evidence</h3>
        {finding.evidence.length === 0 && <p className="db-dim">Nothing beyond its share was found.</p>}
        <ul className={styles.evidence}>
          {finding.evidence.map((piece) => (
            <li key={piece.kind}>
              <Tag>{evidenceWords[piece.kind]}</Tag>
              <span>{piece.text}</span>
              <span className="db-number db-dim">{formatDuration(piece.damageSeconds * 1000)} of damage</span>
            </li>
          ))}
        </ul>
      </section>

      <section aria-label="History">
        <h3>Its activity against OLTP latency</h3>
        <HistoryChart {...history} incident={window} height={190} />
      </section>

      <section aria-label="Statement">
        <div className={styles.sectionHead}>
          <h3>Statement</h3>
          {statement.text !== null && <CopyButton text={statement.text} what="the statement" />}
        </div>
        {statement.text === null ? (
          <p className="db-dim">
            Its text has not been seen yet: texts are fetched every 10 minutes, and only for roles that may read them.
          </p>
        ) : (
          <SqlEditor value={statement.text} label="Statement text" maxHeight={320} />
        )}
      </section>

      {blocked.length > 0 && (
        <section aria-label="Blocked statements">
          <h3>Waited behind its locks</h3>
          <BlockedTable blocked={blocked} widgetTitles={widgetTitles} />
        </section>
      )}

      <section aria-label="Class of the statement">
        <ClassChoice
          serverId={serverId}
          statement={statement}
          onChanged={(changed) => {
            // OLTP is never a suspect: its finding is gone, and what is shown stays so that the word can be taken back.
            if (changed.class !== 'oltp') reload();
            onClassChanged();
          }}
        />
      </section>
    </div>
  );
}

/** P, as on a row of the findings. */
function useProposeKey(propose: (() => void) | null): void {
  const latest = useRef(propose);
  useEffect(() => {
    latest.current = propose;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented || isTyping(event.target) || latest.current === null) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** A prediction, and said as one. */
function ifGoneText(ifGoneMeanMs: number | null): string {
  return ifGoneMeanMs === null
    ? 'What the victims’ mean would have been cannot be said from this window.'
    : `The victims’ mean would have been about ${formatDuration(ifGoneMeanMs)}.`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
