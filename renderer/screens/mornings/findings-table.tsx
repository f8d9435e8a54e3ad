import { Button, Tooltip } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { formatCount, formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { Tag } from '../../app/tag.tsx';
import { SparkLine } from '../../charts/spark-line.tsx';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { BlameBar } from './blame-bar.tsx';
import { GradeTag } from './grade-tag.tsx';
import { StatementLabel } from './statement-label.tsx';
import { nameOf } from './statement-name.ts';
import { cureOf, evidenceWords, noFindingsWords } from './words.ts';
import styles from './mornings.module.css';

interface FindingsTableProps {
  readonly verdict: Verdict;
  /** Those that the filter lets through. */
  readonly findings: readonly Finding[];
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly openStatementId: string | null;
  readonly onOpen: (finding: Finding) => void;
  /** null: there is no server to build a read model on. */
  readonly onPropose: ((finding: Finding) => void) | null;
}

/** Who did it, by share of the damage. What nobody accounts for stands below and cannot be sorted away. */
export function FindingsTable(props: FindingsTableProps): ReactNode {
  const { verdict, findings, widgetTitles, onPropose } = props;
  const full = Math.max(verdict.unexplainedShare, ...verdict.findings.map(({ blameInterval }) => blameInterval[1]));
  const columns = useMemo(() => findingColumns({ widgetTitles, full, onPropose }), [widgetTitles, full, onPropose]);
  return (
    <DataTable
      label="Findings"
      columns={columns}
      rows={findings}
      rowKey={(finding) => finding.findingId}
      onOpen={props.onOpen}
      onRowKey={(finding, key) => {
        if (key.toLowerCase() !== 'p' || finding.cure !== 'read_model' || onPropose === null) return false;
        onPropose(finding);
        return true;
      }}
      initialSort={{ column: 'share', descending: true }}
      selectedKey={findings.find(({ statement }) => statement.statementId === props.openStatementId)?.findingId ?? null}
      {...(findings.length > manyRows ? { height: manyRowsHeight, estimatedRowPx: 48 } : {})}
      empty={verdict.findings.length > 0 ? 'The filter hides every finding.' : noFindingsWords(verdict.conclusion)}
      footer={[
        { content: 'unexplained' },
        { content: <BlameBar share={verdict.unexplainedShare} interval={null} full={full} tone="unexplained" /> },
        { content: 'latency that no sampled activity accounts for', span: columns.length - 2 },
      ]}
    />
  );
}

/** From this many rows on only those in sight are drawn. */
const manyRows = 60;
const manyRowsHeight = 'max(360px, calc(100vh - 320px))';

/** A share that rounds to nothing is no evidence to show; the finding's page has all of it. */
const worthAChip = ({ kind, share }: Finding['evidence'][number]): boolean => kind === 'overlap' || share >= 0.005;

interface ColumnContext {
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly full: number;
  readonly onPropose: FindingsTableProps['onPropose'];
}

function findingColumns({ widgetTitles, full, onPropose }: ColumnContext): readonly TableColumn<Finding>[] {
  return [
    {
      id: 'statement',
      header: 'statement, who runs it',
      width: 'minmax(188px, 4fr)',
      cell: ({ statement, members, runBy }) => (
        <div className={styles.who}>
          <StatementLabel statement={statement} widgetTitles={widgetTitles} />
          <small title={runBy.join(', ')}>
            {[members.length === 0 ? '' : groupText(members.length), runBy.join(', '), statement.class]
              .filter((part) => part !== '')
              .join(' · ')}
          </small>
        </div>
      ),
      sortValue: ({ statement }) => nameOf(statement, widgetTitles).name,
    },
    {
      id: 'share',
      header: 'share of damage',
      width: 'minmax(142px, 1.6fr)',
      cell: ({ blameShare, blameInterval }) => (
        <BlameBar share={blameShare} interval={blameInterval} full={full} tone="blame" />
      ),
      sortValue: ({ blameShare }) => blameShare,
    },
    {
      id: 'grade',
      header: 'grade',
      width: '134px',
      cell: ({ grade, caveats }) => <GradeTag grade={grade} caveats={caveats} />,
      sortValue: ({ grade }) => grade,
    },
    {
      id: 'evidence',
      header: 'evidence',
      width: 'minmax(120px, 1.4fr)',
      wrap: true,
      cell: ({ evidence }) => (
        <span className={styles.chips}>
          {evidence.filter(worthAChip).map((piece) => (
            <Tooltip key={piece.kind} label={piece.text}>
              <span>
                <Tag>
                  {evidenceWords[piece.kind]}
                  {piece.kind !== 'overlap' && ` ${piece.share.toFixed(2)}`}
                </Tag>
              </span>
            </Tooltip>
          ))}
        </span>
      ),
    },
    {
      id: 'activity',
      header: 'activity',
      hint: 'Active sessions of this statement over the window',
      width: '76px',
      cell: ({ spark, averageActiveSessions }) => (
        <SparkLine
          spark={spark}
          label={`${averageActiveSessions.toFixed(1)} active sessions on average`}
          widthPx={58}
        />
      ),
      sortValue: ({ averageActiveSessions }) => averageActiveSessions,
    },
    {
      id: 'runs',
      header: 'runs',
      hint: 'Runs that ended in the window, and rows a run',
      align: 'right',
      width: '84px',
      cell: ({ calls, rowsPerCall }) => (
        <div className={styles.who}>
          <span>{formatCount(calls)}</span>
          {rowsPerCall !== null && <small>{formatCounted(rowsPerCall, 'row')}</small>}
        </div>
      ),
      sortValue: ({ calls }) => calls,
    },
    {
      id: 'mean',
      header: 'mean',
      align: 'right',
      width: '68px',
      cell: ({ meanMs }) => (meanMs === null ? '–' : formatDuration(meanMs)),
      sortValue: ({ meanMs }) => meanMs,
    },
    {
      id: 'ifGone',
      header: 'if gone',
      hint: 'What the victims’ mean, and below it their 95th percentile, would have been without this statement',
      align: 'right',
      width: '90px',
      cell: ({ ifGoneMeanMs, ifGoneP95Ms }) => (
        <div className={styles.who}>
          <span>{ifGoneMeanMs === null ? '–' : formatDuration(ifGoneMeanMs)}</span>
          {ifGoneP95Ms !== null && <small>p95 {formatDuration(ifGoneP95Ms)}</small>}
        </div>
      ),
      sortValue: ({ ifGoneMeanMs }) => ifGoneMeanMs,
    },
    {
      id: 'cure',
      header: 'cure',
      hint: onPropose === null ? 'What would help' : 'What would help; a read model can be proposed from here (P)',
      width: onPropose === null ? '104px' : '82px',
      cell: (finding) => (
        <Tooltip label={cureOf(finding).reason}>
          {finding.cure === 'read_model' && onPropose !== null ? (
            <Button size="compact-xs" variant="default" onClick={() => onPropose(finding)}>
              Propose
            </Button>
          ) : (
            <span className="db-dim">{cureOf(finding).short}</span>
          )}
        </Tooltip>
      ),
      sortValue: ({ cure }) => cure,
    },
  ];
}

const groupText = (others: number): string => `a group with ${others === 1 ? '1 other' : `${others} others`}`;
