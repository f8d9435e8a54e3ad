import { useMemo, type ReactNode } from 'react';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatClockSeconds } from '../../../../shared/format/zoned-time.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { Tag } from '../../../app/tag.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { lockQueues } from '../../../stores/incident.ts';
import { TreeTable, type TreeColumn } from '../../../tables/tree-table.tsx';
import { HiddenByFilter } from '../hidden-by-filter.tsx';
import { passing, queuePasses, type Origins } from '../origin-filter.ts';
import { condensed, nameOf } from '../statement-name.ts';
import { AskedTable } from './asked-table.tsx';
import { lockNodes, stateText, type LockRow } from './lock-tree.ts';
import { TimeStrip } from './time-strip.tsx';
import styles from './tabs.module.css';

interface LocksTabProps {
  readonly serverId: string;
  readonly window: TimeWindow;
  readonly filter: Origins;
  readonly onClearFilter: () => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOpenStatement: (statement: Statement) => void;
}

/** Who waited behind whom: one tree a queue, the session that held everybody up at its root. */
export function LocksTab(props: LocksTabProps): ReactNode {
  const { serverId, window, filter, widgetTitles, onOpenStatement } = props;
  const answer = useAsked(lockQueues, { serverId, ...window });
  const { fromMs, toMs } = window;
  const columns = useMemo(() => lockColumns({ fromMs, toMs }, widgetTitles), [fromMs, toMs, widgetTitles]);
  return (
    <AskedTable answer={answer} what="the lock queues">
      {({ trees }) => {
        const { shown, hidden } = passing(trees, filter, queuePasses);
        const nodes = lockNodes(shown);
        return (
          <>
            <HiddenByFilter count={hidden} what={['queue', 'queues']} onClear={props.onClearFilter} />
            <TreeTable
              // Another set of queues begins with its first one open.
              key={shown.map((tree) => tree.fromMs).join(' ')}
              label="Lock queues"
              columns={columns}
              nodes={nodes}
              initiallyCollapsed={nodes.slice(3).map(({ id }) => id)}
              mark={({ queue }) => (queue === null ? null : { tone: 'root' })}
              onOpen={({ session }) => session.statement !== null && onOpenStatement(session.statement)}
              empty={
                hidden > 0 ? 'The filter hides every queue.' : 'Nobody was seen waiting for a lock in this window.'
              }
            />
          </>
        );
      }}
    </AskedTable>
  );
}

function lockColumns(window: TimeWindow, widgetTitles: ReadonlyMap<string, string>): readonly TreeColumn<LockRow>[] {
  const clock = (atMs: number) => formatClockSeconds(atMs, localTimeZone());
  return [
    {
      id: 'session',
      header: 'session, its statement',
      width: 'minmax(280px, 5fr)',
      cell: ({ session, queue }) => {
        const named = session.statement === null ? null : nameOf(session.statement, widgetTitles);
        const name = named === null || named.isSql ? condensed(session.text) : named.name;
        return (
          <div className={styles.two}>
            <span>
              {queue !== null && <Tag tone="bad">root</Tag>}{' '}
              {session.applicationName === '' ? '(no name)' : session.applicationName}
              <small>
                {' '}
                · {session.roleName ?? 'role hidden'} · pid {session.pid}
              </small>
            </span>
            <small className={named?.isSql === false ? undefined : 'db-mono'} title={session.text.slice(0, 1000)}>
              {name === '' ? 'no statement seen' : name}
            </small>
          </div>
        );
      },
    },
    { id: 'state', header: 'state', width: 'minmax(130px, 1fr)', cell: stateText },
    {
      id: 'waited',
      header: 'waited',
      hint: 'What this session waited; at the root: what all behind it waited together',
      align: 'right',
      width: 'minmax(100px, max-content)',
      cell: ({ session, queue }) =>
        queue === null
          ? formatDuration(session.waitedSeconds * 1000)
          : `${formatDuration(queue.waitedSeconds * 1000)} in all`,
    },
    {
      id: 'most',
      header: 'behind it',
      hint: 'Sessions that waited behind it at the worst moment',
      align: 'right',
      width: 'minmax(72px, max-content)',
      cell: ({ session, queue }) => (queue === null ? session.waiters.length || '–' : queue.mostWaiting),
    },
    {
      id: 'when',
      header: 'when',
      width: 'minmax(120px, 2fr)',
      cell: ({ queue }) =>
        queue !== null && (
          <div className={styles.two}>
            <TimeStrip
              span={queue}
              within={window}
              tone="lock"
              label={`from ${clock(queue.fromMs)} to ${clock(queue.toMs)}`}
            />
            <small>
              {clock(queue.fromMs)} – {clock(queue.toMs)}
            </small>
          </div>
        ),
    },
  ];
}
