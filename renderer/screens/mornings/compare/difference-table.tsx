import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { formatPercent } from '../../../../shared/format/ratio.ts';
import type { Comparison } from '../../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { Tag } from '../../../app/tag.tsx';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { StatementLabel } from '../statement-label.tsx';
import { nameOf } from '../statement-name.ts';
import { classWords } from '../words.ts';
import { changeOf, seenText } from './other-mornings.ts';

type Compared = Comparison['statements'][number];
type Part = NonNullable<Compared['before']>;

interface DifferenceTableProps {
  readonly statements: readonly Compared[];
  /** Of the worse morning. */
  readonly worstDamageSeconds: number;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly onOpen: (statement: Statement) => void;
}

/** Every statement of either morning, its part in each, the largest change first. */
export function DifferenceTable(props: DifferenceTableProps): ReactNode {
  const { statements, worstDamageSeconds, widgetTitles, onOpen } = props;
  const columns = useMemo(
    () => differenceColumns(widgetTitles, worstDamageSeconds),
    [widgetTitles, worstDamageSeconds],
  );
  return (
    <DataTable
      label="Differences"
      columns={columns}
      rows={statements}
      rowKey={({ statement }) => statement.statementId}
      onOpen={({ statement }) => onOpen(statement)}
      initialSort={{ column: 'change', descending: true }}
      {...(statements.length > 40 ? { height: 'max(320px, calc(100vh - 220px))', estimatedRowPx: 34 } : {})}
      empty="No statement took part in either morning."
    />
  );
}

const words = { new: 'only after', gone: 'only before', both: 'in both' } as const;

function differenceColumns(
  widgetTitles: ReadonlyMap<string, string>,
  worstDamageSeconds: number,
): readonly TableColumn<Compared>[] {
  const pair = (
    id: string,
    header: string,
    of: (part: Part) => number | null,
    text: (value: number) => string,
    { width, hint }: { readonly width: string; readonly hint?: string },
  ): TableColumn<Compared> => ({
    id,
    header,
    ...(hint === undefined ? {} : { hint }),
    align: 'right',
    width,
    cell: ({ before, after }) => {
      const [was, is] = [before, after].map((part) => {
        const value = part === null ? null : of(part);
        return value === null || value === 0 ? '–' : text(value);
      });
      return was === '–' && is === '–' ? '–' : `${was} → ${is}`;
    },
    sortValue: ({ after, before }) =>
      (after === null ? 0 : (of(after) ?? 0)) - (before === null ? 0 : (of(before) ?? 0)),
  });
  return [
    {
      id: 'statement',
      header: 'statement',
      width: 'minmax(160px, 4fr)',
      cell: ({ statement }) => <StatementLabel statement={statement} widgetTitles={widgetTitles} />,
      sortValue: ({ statement }) => nameOf(statement, widgetTitles).name,
    },
    {
      id: 'class',
      header: 'class',
      width: '106px',
      cell: ({ statement }) => <span className="db-dim">{classWords[statement.class]}</span>,
      sortValue: ({ statement }) => statement.class,
    },
    {
      id: 'seen',
      header: 'seen',
      width: '104px',
      cell: (row) => {
        const seen = seenText(row);
        return <Tag tone={seen === 'new' ? 'warning' : seen === 'gone' ? 'good' : 'neutral'}>{words[seen]}</Tag>;
      },
      sortValue: seenText,
    },
    {
      ...pair('change', 'blame', ({ blameShare }) => blameShare, formatPercent, {
        width: 'minmax(104px, 1fr)',
        hint: 'Its share of the damage as a suspect',
      }),
      sortValue: (row) => changeOf(row, worstDamageSeconds),
    },
    pair(
      'damage',
      'suffered',
      ({ damageSeconds }) => damageSeconds,
      (s) => formatDuration(s * 1000),
      { width: 'minmax(134px, 1.4fr)', hint: 'As a victim' },
    ),
    pair(
      'calls',
      'calls',
      ({ calls }) => calls,
      (calls) => formatCount(calls),
      { width: 'minmax(118px, 1.2fr)' },
    ),
    pair(
      'mean',
      'mean',
      ({ meanMs }) => meanMs,
      (ms) => formatDuration(ms),
      { width: 'minmax(160px, 1.4fr)' },
    ),
    pair(
      'sessions',
      'sessions',
      ({ averageActiveSessions }) => averageActiveSessions,
      (sessions) => sessions.toFixed(2),
      { width: 'minmax(100px, 1fr)', hint: 'Average active sessions' },
    ),
  ];
}
