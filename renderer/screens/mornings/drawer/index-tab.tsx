import { Button, Skeleton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount, formatCountShort } from '../../../../shared/format/count.ts';
import { formatTimes } from '../../../../shared/format/ratio.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { IndexCandidate } from '../../../../shared/model/index-advice.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { Tag } from '../../../app/tag.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { indexAdvice } from '../../../stores/indexes.ts';
import { cureWords } from '../words.ts';
import { Fact } from './parts.tsx';
import { ValuesForm } from '../../../app/values-form.tsx';
import styles from './drawer.module.css';

interface IndexTabProps {
  readonly server: ServerSummary;
  readonly window: TimeWindow;
  readonly statement: Statement;
  readonly onPropose: (statement: Statement) => void;
}

const methods = {
  hypopg: 'the planner was asked with a hypothetical index (HypoPG)',
  selectivity: 'estimated from pg_stats: the server has no HypoPG',
} as const;

/** Indexes for statements that are truly OLTP; a report is refused, and told what helps it. */
export function IndexTab({ server, window, statement, onPropose }: IndexTabProps): ReactNode {
  const connected = server.state === 'connected';
  const { serverId } = server;
  const { statementId } = statement;
  const { fromMs, toMs } = window;
  const [values, setValues] = useState<Readonly<Record<string, string>> | null>(null);
  const [asking, setAsking] = useState(true);
  const { value, problem, loading, reload } = useAsked(
    indexAdvice,
    connected ? { serverId, statementId, fromMs, toMs, ...(values === null ? {} : { values }) } : null,
  );
  return (
    <section aria-label="Index advice" className={styles.body}>
      {!connected && (
        <EmptyState title={server.capture === null ? 'The server is not connected' : 'This is a capture'}>
          Index advice asks the planner and the catalog, so it needs the server.
        </EmptyState>
      )}
      {/* Values that the server refuses would be refused again: the form is shown once more. */}
      {problem !== null && (
        <FailureNotice problem={problem} onRetry={values === null ? reload : () => setValues(null)} />
      )}
      {value === null && loading && (
        <Skeleton className={styles.skeleton} height={200} aria-label="Looking for an index" />
      )}
      {value?.kind === 'none' && (
        <EmptyState
          title={value.instead === 'read_model' ? 'No index: this belongs in a read model' : 'No index to advise'}
          actions={
            value.instead === 'read_model' && (
              <Button variant="filled" onClick={() => onPropose(statement)}>
                Propose a read model
              </Button>
            )
          }
        >
          {value.reason}
          {value.instead !== 'read_model' && ` What helps: ${cureWords[value.instead].short}.`}
        </EmptyState>
      )}
      {value?.kind === 'values_needed' &&
        (asking ? (
          <ValuesForm
            missing={value.missing}
            submitLabel="Look for an index with these"
            onSubmit={(given) => setValues({ ...values, ...given })}
            onClose={() => setAsking(false)}
          />
        ) : (
          <EmptyState
            title="Values are needed"
            actions={<Button onClick={() => setAsking(true)}>Give the values …</Button>}
          >
            The server cannot plan this statement before it knows them.
          </EmptyState>
        ))}
      {value?.kind === 'candidates' && (
        <>
          {value.candidates.map((candidate) => (
            <Candidate key={candidate.createSql} candidate={candidate} />
          ))}
          {value.notes.length > 0 && (
            <ul className={styles.notes}>
              {value.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
          <p className="db-dim">Nothing was created. Copy the statement, and keep its undo.</p>
        </>
      )}
    </section>
  );
}

function Candidate({ candidate }: { readonly candidate: IndexCandidate }): ReactNode {
  const { schema, table, columns, costBefore, costAfter, sizeBytes, writeCost } = candidate;
  return (
    <section aria-label={`Index on ${schema}.${table}`} className={styles.candidate}>
      <div className={styles.sectionHead}>
        <h3>
          {schema}.{table} ({columns.join(', ')})
        </h3>
        <Tag title={methods[candidate.method]}>{candidate.method === 'hypopg' ? 'HypoPG' : 'estimated'}</Tag>
      </div>
      <p>{candidate.reason}</p>
      <dl className={styles.facts}>
        <Fact name="cost">
          {formatCountShort(costBefore)} → {formatCountShort(costAfter)}
        </Fact>
        <Fact name="cheaper">{costAfter > 0 ? formatTimes(costBefore / costAfter) : '–'}</Fact>
        <Fact name="size">{sizeBytes === null ? '–' : formatBytes(sizeBytes)}</Fact>
        <Fact name="writes an hour">
          {writeCost.writesPerHour === null ? '–' : formatCount(writeCost.writesPerHour)}
        </Fact>
      </dl>
      <p>
        {writeCost.hotUpdatesLost && <Tag tone="warning">heap-only updates are lost</Tag>}{' '}
        <strong>What every write pays:</strong> {writeCost.text}
      </p>
      <pre className={styles.sql} tabIndex={0}>
        {candidate.createSql}
      </pre>
      <div className={styles.formButtons}>
        <CopyButton text={candidate.createSql} what="the index" label="Copy" />
        <CopyButton text={candidate.undoSql} what="the undo of the index" label="Copy undo" />
      </div>
    </section>
  );
}
