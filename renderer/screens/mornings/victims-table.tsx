import { Button } from '@mantine/core';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { formatCount, formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Victim } from '../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../shared/model/statement.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { problemOf, type Problem } from '../../stores/failure-error.ts';
import { setStatementClass } from '../../stores/mornings.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { StatementLabel } from './statement-label.tsx';
import { nameOf } from './statement-name.ts';
import { classSourceWords, classWords, slowerText } from './words.ts';

/** From this ratio of blocks per call on, the victim itself did more work and its slowness is its own. */
const doesMoreWork = 1.2;

/** From this many rows on only those in sight are drawn. */
const manyRows = 60;

interface VictimsTableProps {
  readonly serverId: string;
  readonly victims: readonly Victim[];
  /** Left out of the verdict, because they suffered less. */
  readonly more: number;
  /** Victims that the filter left out. */
  readonly hidden: number;
  readonly openStatementId: string | null;
  readonly onOpen: (statement: Statement) => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onClassChanged: () => void;
}

/** Who was hurt, and by how much. */
export function VictimsTable(props: VictimsTableProps): ReactNode {
  const { serverId, victims, hidden, widgetTitles, onOpen, onClassChanged } = props;
  const [busyId, setBusyId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const takeBack = useCallback(
    async ({ statementId }: Statement) => {
      setBusyId(statementId);
      setProblem(null);
      try {
        await setStatementClass(serverId, statementId, null);
        onClassChanged();
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setBusyId(null);
      }
    },
    [serverId, onClassChanged],
  );
  const columns = useMemo(
    (): readonly TableColumn<Victim>[] => [
      {
        id: 'statement',
        header: 'statement',
        width: 'minmax(220px, 4fr)',
        cell: ({ statement }) => <StatementLabel statement={statement} widgetTitles={widgetTitles} />,
        sortValue: ({ statement }) => nameOf(statement, widgetTitles).name,
      },
      {
        id: 'damage',
        header: 'damage',
        hint: 'Extra waiting, summed over all its calls',
        align: 'right',
        cell: ({ damageSeconds }) => formatDuration(damageSeconds * 1000),
        sortValue: ({ damageSeconds }) => damageSeconds,
      },
      {
        id: 'calls',
        header: 'calls',
        align: 'right',
        cell: ({ calls }) => formatCount(calls),
        sortValue: ({ calls }) => calls,
      },
      {
        id: 'baseline',
        header: 'when quiet',
        align: 'right',
        cell: ({ baselineMs }) => formatDuration(baselineMs),
        sortValue: ({ baselineMs }) => baselineMs,
      },
      {
        id: 'mean',
        header: 'in the window',
        align: 'right',
        width: 'minmax(108px, 1fr)',
        cell: ({ meanMs }) => formatDuration(meanMs),
        sortValue: ({ meanMs }) => meanMs,
      },
      {
        id: 'slower',
        header: 'slower',
        align: 'right',
        cell: ({ meanMs, baselineMs }) => slowerText(meanMs, baselineMs),
        sortValue: ({ meanMs, baselineMs }) => (baselineMs > 0 ? meanMs / baselineMs : null),
      },
      {
        id: 'work',
        header: 'work per call',
        hint: 'Blocks per call against the quiet time. Above 1.2 the statement itself did more, and nobody is to blame.',
        align: 'right',
        width: 'minmax(132px, 1fr)',
        cell: ({ workRatio }) =>
          workRatio === null ? '–' : `${workRatio.toFixed(2)}${workRatio > doesMoreWork ? ' (does more)' : ''}`,
        sortValue: ({ workRatio }) => workRatio,
      },
      {
        id: 'class',
        header: 'class',
        hint: 'What kind of work it is, and who says so. Your word can be taken back here',
        width: '160px',
        cell: ({ statement }) =>
          statement.classSource === 'override' ? (
            <Button
              size="compact-xs"
              title="Back to what the score says"
              loading={busyId === statement.statementId}
              onClick={() => void takeBack(statement)}
            >
              Undo your word
            </Button>
          ) : (
            <span className="db-dim">
              {classWords[statement.class]}, {classSourceWords[statement.classSource]}
            </span>
          ),
        sortValue: ({ statement }) => statement.classSource,
      },
    ],
    [widgetTitles, busyId, takeBack],
  );
  return (
    <>
      {problem !== null && <FailureNotice problem={problem} />}
      <DataTable
        label="Victims"
        columns={columns}
        rows={victims}
        rowKey={({ statement }) => statement.statementId}
        onOpen={({ statement }) => onOpen(statement)}
        selectedKey={props.openStatementId}
        initialSort={{ column: 'damage', descending: true }}
        {...(victims.length > manyRows ? { height: 'max(360px, calc(100vh - 320px))', estimatedRowPx: 34 } : {})}
        empty={hidden > 0 ? 'The filter hides every victim.' : 'No OLTP statement got slower.'}
      />
      {props.more > 0 && (
        <p className="db-dim">{formatCounted(props.more, 'statement')} with less damage are not listed.</p>
      )}
    </>
  );
}
