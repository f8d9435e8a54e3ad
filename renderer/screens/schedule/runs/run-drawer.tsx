import { Button, Drawer, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { GuardRecord, RecordedRun } from '../../../../shared/model/schedule-view.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { momentExact } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import { modeWords } from '../../../i18n/words.ts';
import { decisionWords, outcomeWords, spoken } from '../words.ts';
import { runsText } from './runs-csv.ts';
import styles from '../schedule.module.css';

interface RunDrawerProps {
  /** Null: closed. */
  readonly run: RecordedRun | null;
  /** What the load guard decided about it, newest first. */
  readonly decisions: readonly GuardRecord[];
  readonly onClose: () => void;
  readonly onCancel: (run: RecordedRun) => void;
  readonly busy: boolean;
}

/** One run in full, with what the load guard decided about it and by which numbers. */
export function RunDrawer({ run, decisions, onClose, onCancel, busy }: RunDrawerProps): ReactNode {
  return (
    <Drawer
      opened={run !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={run === null ? '' : `Refresh of ${run.readModel}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {run !== null && (
        <Stack gap="md">
          <dl className={styles.facts}>
            {factsOf(run).map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Group gap="xs">
            {(run.state === 'running' || run.state === 'queued') && run.cancelAsked === null && run.epoch !== null && (
              <Button loading={busy} onClick={() => onCancel(run)}>
                Cancel the refresh
              </Button>
            )}
            <CopyButton text={runsText([run])} what="the run" />
          </Group>
          <h3 className={styles.section}>What the load guard decided</h3>
          {decisions.length === 0 ? (
            <span className="db-dim">Nothing about this run.</span>
          ) : (
            <ol className={styles.decisions}>
              {decisions.map(({ decidedAtMs, decision, reason }) => (
                <li key={`${decidedAtMs} ${decision}`}>
                  <span className={styles.tags}>
                    <Tag tone={decisionWords[decision].tone}>{decisionWords[decision].text}</Tag>
                    <span className="db-dim">{momentExact(decidedAtMs)}</span>
                  </span>
                  {reason.text}
                </li>
              ))}
            </ol>
          )}
        </Stack>
      )}
    </Drawer>
  );
}

/** Name and value of all that is known; what was never measured is left out. */
function factsOf(run: RecordedRun): readonly (readonly [string, ReactNode])[] {
  const { cost } = run;
  const fact = <T,>(name: string, value: T | null, show: (value: T) => ReactNode): (readonly [string, ReactNode])[] =>
    value === null ? [] : [[name, show(value)]];
  const { text, tone } = outcomeWords[run.state];
  return [
    [
      'outcome',
      <Tag key="outcome" tone={tone}>
        {text}
      </Tag>,
    ],
    ...fact('why', run.why, (why) => spoken(why.text)),
    ...fact('asked to cancel', run.cancelAsked, ({ by, atMs }) => `${by}, ${momentExact(atMs)}`),
    // Whoever cancelled it wanted that: nothing is wrong.
    ...fact(run.state === 'cancelled' ? 'what happened' : 'error', run.error, (error) =>
      run.state === 'cancelled' ? error : <span className={styles.bad}>{error}</span>,
    ),
    ...fact('SQLSTATE', run.sqlstate, (code) => <code>{code}</code>),
    ...fact('due', run.dueMs, momentExact),
    ...fact('queued', run.queuedAtMs, momentExact),
    ['started', momentExact(run.startedAtMs)],
    ...fact('ended', run.endedAtMs, momentExact),
    ...fact('took', run.endedAtMs, (endedAtMs) => formatDuration(endedAtMs - run.startedAtMs)),
    ...fact('held back until', run.untilMs, momentExact),
    ...fact('as of', run.asOfMs, momentExact),
    ...fact('how', run.mode, (mode) => modeWords[mode]),
    ...fact('why so', run.modeReason, (reason) => reason),
    ['version', `${run.version}${run.slot === null ? '' : `, copy ${run.slot}`}`],
    ...fact('rows', run.rows, formatRows),
    ...fact('inserted', cost.rowsInserted, formatRows),
    ...fact('updated', cost.rowsUpdated, formatRows),
    ...fact('deleted', cost.rowsDeleted, formatRows),
    ...fact('WAL', cost.walBytes, (bytes) => formatBytes(bytes)),
    ...fact('temporary files', cost.tempBytes, (bytes) => formatBytes(bytes)),
    ...fact('waited for locks', run.lockWaitMs, (ms) => formatDuration(ms)),
    ...fact('attempt', run.attempt, (attempt) => String(attempt)),
    ...fact('tried again since', run.retryReason, (reason) => reason),
    ['runner', run.runner],
    ...fact('epoch', run.epoch, (epoch) => String(epoch)),
    ['run', <code key="run">{run.runId}</code>],
  ];
}

const formatRows = (count: number): string => formatCount(count);
