import { useMemo, useState, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatClockSeconds } from '../../../../shared/format/zoned-time.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import type { SeenTransaction } from '../../../../shared/model/transactions.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { momentExact } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { slowTransactions } from '../../../stores/incident.ts';
import { useAsked } from '../../../stores/asked.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { HiddenByFilter } from '../hidden-by-filter.tsx';
import { passing, transactionPasses, type Origins } from '../origin-filter.ts';
import { condensed } from '../statement-name.ts';
import { AskedTable } from './asked-table.tsx';
import { TransactionDrawer } from './transaction-drawer.tsx';
import styles from './tabs.module.css';

interface TransactionsTabProps {
  readonly serverId: string;
  readonly window: TimeWindow;
  readonly filter: Origins;
  readonly onClearFilter: () => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOpenStatement: (statement: Statement) => void;
}

const keyOf = ({ pid, startedAtMs }: SeenTransaction): string => `${pid} ${startedAtMs}`;

/** The longest transactions of the window, as samples saw them: at work, idle, or waiting for a lock. */
export function TransactionsTab(props: TransactionsTabProps): ReactNode {
  const { serverId, window, filter } = props;
  const answer = useAsked(slowTransactions, { serverId, ...window });
  const [openKey, setOpenKey] = useState<string | null>(null);
  const columns = useMemo(() => transactionColumns(), []);
  const seen = answer.value?.transactions;
  const { shown, hidden } = useMemo(() => passing(seen ?? [], filter, transactionPasses), [seen, filter]);
  return (
    <AskedTable answer={answer} what="the slow transactions">
      {() => (
        <>
          <HiddenByFilter count={hidden} what={['transaction', 'transactions']} onClear={props.onClearFilter} />
          <DataTable
            label="Slow transactions"
            columns={columns}
            rows={shown}
            rowKey={keyOf}
            onOpen={(transaction) => setOpenKey(keyOf(transaction))}
            initialSort={{ column: 'duration', descending: true }}
            selectedKey={openKey}
            {...(shown.length > 30 ? { height: 'max(360px, calc(100vh - 320px))', estimatedRowPx: 50 } : {})}
            empty={
              hidden > 0
                ? 'The filter hides every transaction.'
                : 'No transaction was seen in two samples of this window: all of them were short.'
            }
          />
          <TransactionDrawer
            transaction={shown.find((one) => keyOf(one) === openKey) ?? null}
            widgetTitles={props.widgetTitles}
            onOpenStatement={props.onOpenStatement}
            onClose={() => setOpenKey(null)}
          />
        </>
      )}
    </AskedTable>
  );
}

function transactionColumns(): readonly TableColumn<SeenTransaction>[] {
  const seconds = (value: number) => (value <= 0 ? '–' : formatDuration(value * 1000));
  return [
    {
      id: 'who',
      header: 'who, last statement',
      width: 'minmax(220px, 4fr)',
      cell: ({ applicationName, roleName, pid, open, statements }) => (
        <div className={styles.two}>
          <span>
            {applicationName === '' ? '(no name)' : applicationName}
            <small>
              {' '}
              · {roleName ?? 'role hidden'} · pid {pid}
            </small>
            {open && <Tag tone="warning">still open</Tag>}
          </span>
          <small className="db-mono">{condensed(statements.at(-1)?.text ?? '')}</small>
        </div>
      ),
      sortValue: ({ applicationName }) => applicationName,
    },
    {
      id: 'started',
      header: 'began',
      width: '84px',
      cell: ({ startedAtMs }) => (
        <span title={momentExact(startedAtMs)}>{formatClockSeconds(startedAtMs, localTimeZone())}</span>
      ),
      sortValue: ({ startedAtMs }) => startedAtMs,
    },
    {
      id: 'duration',
      header: 'lasted',
      hint: 'As samples saw it: the true length lies within one sampling distance',
      align: 'right',
      width: '90px',
      cell: ({ durationSeconds }) => seconds(durationSeconds),
      sortValue: ({ durationSeconds }) => durationSeconds,
    },
    {
      id: 'spent',
      header: 'work, idle, lock',
      hint: 'At work, idle in transaction, waiting for a lock',
      width: 'minmax(110px, 1fr)',
      cell: (transaction) => <Spent {...transaction} />,
    },
    {
      id: 'idle',
      header: 'idle',
      hint: 'Idle in transaction: it holds its locks and its snapshot, and does nothing',
      align: 'right',
      width: '80px',
      cell: ({ idleSeconds }) => seconds(idleSeconds),
      sortValue: ({ idleSeconds }) => idleSeconds,
    },
    {
      id: 'lock',
      header: 'waited',
      hint: 'Waited for a lock',
      align: 'right',
      width: '80px',
      cell: ({ lockWaitSeconds }) => seconds(lockWaitSeconds),
      sortValue: ({ lockWaitSeconds }) => lockWaitSeconds,
    },
    {
      id: 'blocked',
      header: 'kept others',
      hint: 'Seconds that others waited with this one at the root of their queue',
      align: 'right',
      width: '92px',
      cell: ({ blockedOthersSeconds }) => seconds(blockedOthersSeconds),
      sortValue: ({ blockedOthersSeconds }) => blockedOthersSeconds,
    },
    {
      id: 'xmin',
      header: 'xmin age',
      hint: 'Transactions that vacuum had to spare because of this one',
      align: 'right',
      width: '82px',
      cell: ({ xminAge }) => (xminAge === null ? '–' : formatCount(xminAge)),
      sortValue: ({ xminAge }) => xminAge,
    },
  ];
}

function Spent({
  activeSeconds,
  idleSeconds,
  lockWaitSeconds,
}: Pick<SeenTransaction, 'activeSeconds' | 'idleSeconds' | 'lockWaitSeconds'>): ReactNode {
  const parts = [
    ['work', 'at work', activeSeconds],
    ['idle', 'idle in transaction', idleSeconds],
    ['lock', 'waiting for a lock', lockWaitSeconds],
  ] as const;
  const label = parts.map(([, name, value]) => `${name} ${formatDuration(value * 1000)}`).join(', ');
  return (
    <div className={styles.spent} role="img" aria-label={label} title={label}>
      {parts.map(([part, , value]) => value > 0 && <div key={part} data-part={part} style={{ flexGrow: value }} />)}
    </div>
  );
}
