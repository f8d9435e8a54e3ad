import { Button } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatPercent, formatPercentRange } from '../../../../shared/format/ratio.ts';
import type { Finding } from '../../../../shared/model/diagnosis.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../../app/freshness-label.tsx';
import { Tag } from '../../../app/tag.tsx';
import { isTyping } from '../../../commands/use-shortcuts.ts';
import { useMornings } from '../../../stores/mornings.ts';
import { StatementLabel } from '../statement-label.tsx';
import { caveatWords, cureWords, evidenceMeanings, evidenceWords, gradeWords } from '../words.ts';
import { BlockedTable } from './blocked-table.tsx';
import { ClassChoice } from './class-choice.tsx';
import { Fact, StatementText, WhoTags } from './parts.tsx';
import type { StatementDrawerProps, Subject } from './statement-drawer.tsx';
import { ifGoneText } from './if-gone-text.ts';
import { useFindingDetail } from './use-finding-detail.ts';
import styles from './drawer.module.css';

type WhyFindingProps = StatementDrawerProps & { readonly subject: Subject; readonly finding: Finding };

/** Why a statement is accused, how sure that is, what weakens it, and what would help. */
export function WhyFinding(props: WhyFindingProps): ReactNode {
  const { server, subject, finding, widgetTitles, onOpen, onPropose, onClassChanged } = props;
  const { statement } = subject;
  const { blocked, freshness, problem, reload } = useFindingDetail(server.serverId, props.window, finding);
  const verdict = useMornings((state) => state.verdict.value?.verdict ?? null);
  const grade = gradeWords[finding.grade];
  const proposes = finding.cure === 'read_model' && server.capture === null;
  useProposeKey(proposes ? () => onPropose(statement) : null);
  const others = [finding.statement, ...finding.members].filter((one) => one.statementId !== statement.statementId);
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        <Tag tone={finding.grade === 'A' || finding.grade === 'B' ? 'accent' : 'neutral'}>{grade.short}</Tag>
        <WhoTags statement={statement} runBy={finding.runBy} />
        {freshness !== null && <FreshnessLabel freshness={freshness} />}
      </div>
      <p className={styles.meaning}>{grade.meaning}</p>

      <dl className={styles.facts}>
        <Fact name={others.length === 0 ? 'of the damage' : 'the group’s share'}>
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
          <p>{ifGoneText(finding, verdict)}</p>
          <p>
            What would help:{' '}
            {finding.cureText ?? (
              <>
                <strong>{cureWords[finding.cure].short}</strong>. {cureWords[finding.cure].reason}
              </>
            )}
          </p>
        </div>
        {proposes && (
          <Button flex="none" variant="filled" onClick={() => onPropose(statement)}>
            Propose a read model
          </Button>
        )}
      </section>

      {finding.caveats.length > 0 && (
        <section aria-label="What weakens it">
          <h3>What weakens it</h3>
          <ul className={styles.evidence}>
            {finding.caveats.map(({ kind, text }) => (
              <li key={kind}>
                <Tag tone="warning">{caveatWords[kind]}</Tag>
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </section>
      )}

      <section aria-label="Evidence">
        <h3>Evidence</h3>
        {finding.evidence.length === 0 && <p className="db-dim">Nothing beyond its share was found.</p>}
        <ul className={styles.evidence}>
          {finding.evidence.map((piece) => (
            <li key={piece.kind}>
              <Tag title={evidenceMeanings[piece.kind]}>{evidenceWords[piece.kind]}</Tag>
              <span>{piece.text}</span>
              <span className="db-number db-dim">{formatDuration(piece.damageSeconds * 1000)} of damage</span>
            </li>
          ))}
        </ul>
      </section>

      {others.length > 0 && (
        <section aria-label="Blamed together with">
          <h3>Blamed together with, because they cannot be told apart</h3>
          <ul className={styles.members}>
            {others.map((member) => (
              <li key={member.statementId}>
                <StatementLabel statement={member} widgetTitles={widgetTitles} />
                <Button size="compact-xs" onClick={() => onOpen(member)}>
                  Open
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}

      {problem !== null && <FailureNotice problem={problem} onRetry={reload} title="More about it cannot be read" />}
      {blocked.length > 0 && (
        <section aria-label="Blocked statements">
          <h3>Waited behind its locks</h3>
          <BlockedTable blocked={blocked} widgetTitles={widgetTitles} />
        </section>
      )}

      <StatementText statement={statement} />

      <section aria-label="Class of the statement">
        <ClassChoice serverId={server.serverId} statement={statement} onChanged={onClassChanged} />
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
