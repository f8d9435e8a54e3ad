import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { Notice } from '../../app/notice.tsx';
import { Card } from '../../app/page.tsx';
import { Tag } from '../../app/tag.tsx';
import { useMornings } from '../../stores/mornings.ts';
import { emphasized } from './emphasis.ts';
import { FindingsTable } from './findings-table.tsx';
import { VictimsTable } from './victims-table.tsx';
import styles from './mornings.module.css';

interface VerdictProps {
  readonly serverId: string;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly openStatementId: string | null;
  readonly onOpen: (finding: Finding) => void;
  readonly onPropose: (finding: Finding) => void;
  readonly onRetry: () => void;
  readonly onClear: () => void;
  /** The class of a statement was changed: the verdict is another one now. */
  readonly onClassChanged: () => void;
}

/** What the incident's window says: sentence, badges, findings. The last verdict stays while a new one is worked out. */
export function VerdictCards(props: VerdictProps): ReactNode {
  const { value, loading, problem } = useMornings((state) => state.verdict);
  return (
    <>
      {problem !== null && (
        <FailureNotice problem={problem} onRetry={props.onRetry} title="This window cannot be diagnosed" />
      )}
      {value === null && loading && (
        <Card>
          <Skeleton className={styles.skeleton} height={22} width="70%" mb="sm" aria-label="Working out the verdict" />
          <Skeleton className={styles.skeleton} height={14} width="40%" />
        </Card>
      )}
      {value !== null && (
        <>
          <section aria-label="Verdict" aria-live="polite" aria-busy={loading} className={styles.verdict}>
            <div className={styles.verdictHead}>
              <p className={styles.sentence}>
                {emphasized(value.verdict.sentence).map(({ text, strong }, index) =>
                  strong ? <strong key={index}>{text}</strong> : <span key={index}>{text}</span>,
                )}
              </p>
              <Button size="compact-sm" variant="subtle" color="gray" flex="none" onClick={props.onClear}>
                Clear the window
              </Button>
            </div>
            <div className={styles.badges}>
              {value.verdict.badges.map(({ kind, tone, text }) => (
                <Tag key={`${kind} ${text}`} tone={tone}>
                  {text}
                </Tag>
              ))}
              <FreshnessLabel freshness={value.freshness} />
            </div>
          </section>
          <Conclusion verdict={value.verdict} {...props} />
        </>
      )}
    </>
  );
}

function Conclusion({ verdict, ...props }: VerdictProps & { readonly verdict: Verdict }): ReactNode {
  switch (verdict.conclusion) {
    case 'not_enough_data':
      return (
        <Notice title="Not enough data in this window">
          A verdict needs a few minutes of samples in the window, and quiet time before or after it to compare with.
          Choose a wider window, or keep sampling and come back.
        </Notice>
      );
    case 'no_damage':
      return (
        <>
          <Notice title="The database did not make anybody wait here">
            If people waited all the same, look outside of it: the ERP’s own workers, the connection pooler, the
            network.
          </Notice>
          {(verdict.findings.length > 0 || verdict.victims.length > 0) && <Tables verdict={verdict} {...props} />}
        </>
      );
    case 'culprits':
    case 'unexplained':
      return <Tables verdict={verdict} {...props} />;
  }
}

function Tables({ verdict, ...props }: VerdictProps & { readonly verdict: Verdict }): ReactNode {
  const [shown, setShown] = useState<'suspects' | 'victims'>('suspects');
  return (
    <Card fill className={styles.tables}>
      <SegmentedControl
        size="xs"
        withItemsBorders={false}
        aria-label="Findings or victims"
        className={styles.tableSwitch}
        data={[
          { value: 'suspects', label: `Suspects ${verdict.findings.length}` },
          { value: 'victims', label: `Victims ${verdict.victims.length}` },
        ]}
        value={shown}
        onChange={(next) => setShown(next === 'victims' ? 'victims' : 'suspects')}
      />
      {shown === 'suspects' ? (
        <FindingsTable verdict={verdict} {...props} />
      ) : (
        <VictimsTable
          serverId={props.serverId}
          victims={verdict.victims}
          widgetTitles={props.widgetTitles}
          onClassChanged={props.onClassChanged}
        />
      )}
    </Card>
  );
}
