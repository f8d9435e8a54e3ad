import { useMemo, type ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { GuardRecord, RecordedRun } from '../../../../shared/model/schedule-view.ts';
import { momentExact, momentShort } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { modeWords } from '../../../i18n/words.ts';
import { useServerNow } from '../use-server-now.ts';
import { askedToCancel, decisionWords, outcomeWords, roughly, spoken } from '../words.ts';
import styles from '../schedule.module.css';

interface RunsTableProps {
  readonly runs: readonly RecordedRun[];
  readonly decisions: readonly GuardRecord[];
  readonly openId: string | null;
  /** Whether they are of one read model, whose name need not stand in each row. */
  readonly ofOne: boolean;
  readonly onOpen: (run: RecordedRun) => void;
}

/** Newest first; what the load guard decided stands beside its run. */
export function RunsTable({ runs, decisions, openId, ofOne, onOpen }: RunsTableProps): ReactNode {
  const nowMs = useServerNow(60_000);
  const byRun = useMemo(() => Map.groupBy(decisions, ({ runId }) => runId ?? ''), [decisions]);
  const columns = useMemo(
    () => columnsOf(nowMs, byRun).filter(({ id }) => !ofOne || id !== 'model'),
    [nowMs, byRun, ofOne],
  );
  return (
    <DataTable
      label="Runs"
      columns={columns}
      rows={runs}
      rowKey={({ runId }) => runId}
      onOpen={onOpen}
      selectedKey={openId}
      initialSort={{ column: 'started', descending: true }}
      height={ofOne ? 'calc(100vh - 410px)' : 'calc(100vh - 270px)'}
      estimatedRowPx={44}
      dense
      empty="No run of this time has that outcome."
    />
  );
}

const number = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);

const columnsOf = (
  nowMs: number,
  decisions: ReadonlyMap<string, readonly GuardRecord[]>,
): readonly TableColumn<RecordedRun>[] => [
  {
    id: 'started',
    header: 'started',
    width: '96px',
    cell: ({ startedAtMs }) => <span title={momentExact(startedAtMs)}>{momentShort(startedAtMs, nowMs)}</span>,
    sortValue: ({ startedAtMs }) => startedAtMs,
  },
  {
    id: 'model',
    header: 'read model',
    width: 'minmax(136px, 1.2fr)',
    wrap: true,
    cell: ({ readModel }) => readModel,
    sortValue: ({ readModel }) => readModel,
  },
  {
    id: 'outcome',
    header: 'outcome',
    width: 'minmax(224px, 2fr)',
    wrap: true,
    cell: (run) => <Outcome run={run} decisions={decisions.get(run.runId) ?? []} nowMs={nowMs} />,
    sortValue: ({ state }) => state,
  },
  {
    id: 'took',
    header: 'took',
    hint: 'From its start to its end',
    width: '76px',
    align: 'right',
    cell: (run) => number(tookMs(run), shortDuration),
    sortValue: tookMs,
  },
  {
    id: 'waited',
    header: 'waited',
    hint: 'In the queue, from when it was due or asked for until it began',
    width: '78px',
    align: 'right',
    cell: (run) => number(waitedMs(run), shortDuration),
    sortValue: waitedMs,
  },
  {
    id: 'as-of',
    header: 'as of',
    hint: 'When the source data was read',
    width: '96px',
    cell: ({ asOfMs }) =>
      asOfMs === null ? '–' : <span title={momentExact(asOfMs)}>{momentShort(asOfMs, nowMs)}</span>,
    sortValue: ({ asOfMs }) => asOfMs,
  },
  {
    id: 'mode',
    header: 'how',
    width: '88px',
    cell: ({ mode, modeReason }) =>
      mode === null ? '–' : <span title={modeReason ?? undefined}>{modeWords[mode]}</span>,
    sortValue: ({ mode }) => mode,
  },
  {
    id: 'rows',
    header: 'rows',
    hint: 'Inserted, updated, deleted, in this order',
    width: '84px',
    align: 'right',
    cell: ({ cost }) =>
      cost.rowsInserted === null
        ? '–'
        : [cost.rowsInserted, cost.rowsUpdated, cost.rowsDeleted].map((value) => number(value, formatCount)).join(' '),
    sortValue: ({ cost }) => cost.rowsInserted,
  },
  {
    id: 'wal',
    header: 'WAL',
    width: '64px',
    align: 'right',
    cell: ({ cost }) => number(cost.walBytes, formatBytes),
    sortValue: ({ cost }) => cost.walBytes,
  },
  {
    id: 'temp',
    header: 'temp',
    width: '70px',
    align: 'right',
    cell: ({ cost }) => number(cost.tempBytes, formatBytes),
    sortValue: ({ cost }) => cost.tempBytes,
  },
  {
    id: 'locks',
    header: 'lock wait',
    width: '70px',
    align: 'right',
    cell: ({ lockWaitMs }) => number(lockWaitMs, formatDuration),
    sortValue: ({ lockWaitMs }) => lockWaitMs,
  },
  {
    id: 'attempt',
    header: 'try',
    hint: 'Which attempt for this due time',
    width: '46px',
    align: 'right',
    cell: ({ attempt, retryReason }) => <span title={retryReason ?? undefined}>{number(attempt, String)}</span>,
    sortValue: ({ attempt }) => attempt,
  },
  {
    id: 'runner',
    header: 'runner',
    width: 'minmax(90px, 1fr)',
    cell: ({ runner, epoch }) => <span title={`${runner}${epoch === null ? '' : `, epoch ${epoch}`}`}>{runner}</span>,
    sortValue: ({ runner }) => runner,
  },
];

interface OutcomeProps {
  readonly run: RecordedRun;
  readonly decisions: readonly GuardRecord[];
  readonly nowMs: number;
}

function Outcome({ run, decisions, nowMs }: OutcomeProps): ReactNode {
  const { text, tone } = outcomeWords[run.state];
  const reason = run.error ?? (run.why === null ? null : spoken(run.why.text));
  return (
    <span className={styles.two}>
      <span className={styles.tags}>
        <Tag tone={tone}>{text}</Tag>
        {run.cancelAsked !== null && isUnderWay(run) && (
          <Tag tone="warning" title={askedToCancel(run.cancelAsked, nowMs)}>
            asked to cancel
          </Tag>
        )}
        {run.sqlstate !== null && <code>{run.sqlstate}</code>}
        {[...Map.groupBy(decisions, ({ decision }) => decision)].map(([decision, alike]) => (
          <Tag
            key={decision}
            tone={decisionWords[decision].tone}
            title={alike.map(({ reason: why }) => why.text).join('\n')}
          >
            guard {decisionWords[decision].text}
            {alike.length > 1 && ` · ${alike.length} times`}
          </Tag>
        ))}
      </span>
      {reason !== null && (
        <span className={`db-dim ${styles.oneLine}`} title={reason}>
          {reason}
        </span>
      )}
    </span>
  );
}

/** Above a minute the seconds stand in the drawer. */
const shortDuration = (ms: number): string => (ms < 60_000 ? formatDuration(ms) : roughly(ms));

const isUnderWay = ({ state }: RecordedRun): boolean => state === 'running' || state === 'queued';

const neverBegan = ({ state }: RecordedRun): boolean =>
  state === 'skipped' || state === 'postponed' || state === 'queued';

const tookMs = (run: RecordedRun): number | null =>
  run.endedAtMs === null || neverBegan(run) ? null : run.endedAtMs - run.startedAtMs;

function waitedMs(run: RecordedRun): number | null {
  const sinceMs = run.queuedAtMs ?? run.dueMs;
  return sinceMs === null || neverBegan(run) ? null : Math.max(0, run.startedAtMs - sinceMs);
}
