import type { ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatPercent, formatTimes } from '../../../../shared/format/ratio.ts';
import type { Victim } from '../../../../shared/model/diagnosis.ts';
import { Button } from '@mantine/core';
import { Tag } from '../../../app/tag.tsx';
import { useMornings } from '../../../stores/mornings.ts';
import { StatementLabel } from '../statement-label.tsx';
import { ClassChoice } from './class-choice.tsx';
import { Fact, StatementText, WhoTags } from './parts.tsx';
import type { StatementDrawerProps, Subject } from './statement-drawer.tsx';
import styles from './drawer.module.css';

/** From this ratio of blocks per call on, the victim itself did more work and its slowness is its own. */
const doesMoreWork = 1.2;

/** A statement that nobody accuses: a victim, with who made it wait, or one that was only there. */
export function WhyStatement(props: StatementDrawerProps & { readonly subject: Subject }): ReactNode {
  const { server, subject, widgetTitles, onOpen, onClassChanged } = props;
  const { statement, victim } = subject;
  const findings = useMornings((state) => state.verdict.value?.verdict.findings ?? none);
  const accused = findings.filter(({ grade }) => grade !== 'D').slice(0, 5);
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        <Tag tone={victim === null ? 'neutral' : 'warning'}>{victim === null ? 'not accused' : 'victim'}</Tag>
        <WhoTags statement={statement} />
      </div>
      {victim === null ? (
        <p className={styles.meaning}>It was seen in this window; nobody accuses it, and it did not get slower.</p>
      ) : (
        <>
          <p className={styles.meaning}>{victimText(victim)}</p>
          <dl className={styles.facts}>
            <Fact name="damage">{formatDuration(victim.damageSeconds * 1000)}</Fact>
            <Fact name="calls">{formatCount(victim.calls)}</Fact>
            <Fact name="when quiet">{formatDuration(victim.baselineMs)}</Fact>
            <Fact name="in the window">{formatDuration(victim.meanMs)}</Fact>
            <Fact name="work per call">{victim.workRatio === null ? '–' : formatTimes(victim.workRatio)}</Fact>
          </dl>
        </>
      )}
      {victim !== null && accused.length > 0 && (
        <section aria-label="Who made it wait">
          <h3>Who made the victims wait</h3>
          <ul className={styles.members}>
            {accused.map((finding) => (
              <li key={finding.findingId}>
                <span className="db-number">{formatPercent(finding.blameShare)}</span>
                <StatementLabel statement={finding.statement} widgetTitles={widgetTitles} />
                <Button size="compact-xs" onClick={() => onOpen(finding.statement)}>
                  Open
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <StatementText statement={statement} />
      <section aria-label="Class of the statement">
        <ClassChoice serverId={server.serverId} statement={statement} onChanged={onClassChanged} />
      </section>
    </div>
  );
}

const none: readonly never[] = [];

function victimText({ baselineMs, meanMs, workRatio }: Victim): string {
  const slower =
    baselineMs > 0 ? `${formatTimes(meanMs / baselineMs)} as long as when it is quiet` : 'longer than usual';
  return workRatio !== null && workRatio > doesMoreWork
    ? `A call took ${slower}, but it also touched ${formatTimes(workRatio)} as many blocks: it did more itself. Look at its plan.`
    : `A call took ${slower}, for the same work: it waited for others.`;
}
