import { Button, Tooltip } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Finding, Verdict } from '../../../shared/model/diagnosis.ts';
import { Tag } from '../../app/tag.tsx';
import { SparkLine } from '../../charts/spark-line.tsx';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { BlameBar } from './blame-bar.tsx';
import { StatementLabel } from './statement-label.tsx';
import { nameOf } from './statement-name.ts';
import { cureWords, evidenceWords, gradeWords } from './words.ts';
import styles from './mornings.module.css';

interface FindingsTableProps {
  readonly verdict: Verdict;
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly openStatementId: string | null;
  readonly onOpen: (finding: Finding) => void;
  readonly onPropose: (finding: Finding) => void;
}

/** Who did it, by share of the damage. What nobody accounts for stands below and cannot be sorted away. */
export function FindingsTable(props: FindingsTableProps): ReactNode {
  const { verdict, widgetTitles, onPropose } = props;
  const full = Math.max(verdict.unexplainedShare, ...verdict.findings.map(({ blameInterval }) => blameInterval[1]));
  const columns = useMemo(
    () => findingColumns({ widgetTitles, full, fromMs: verdict.fromMs, toMs: verdict.toMs, onPropose }),
    [widgetTitles, full, verdict.fromMs, verdict.toMs, onPropose],
  );
  return (
    <DataTable
      label="Findings"
      columns={columns}
      rows={verdict.findings}
      rowKey={(finding) => finding.findingId}
      onOpen={props.onOpen}
      onRowKey={(finding, key) => {
        if (key.toLowerCase() !== 'p' || finding.cure !== 'read_model') return false;
        onPropose(finding);
        return true;
      }}
      initialSort={{ column: 'share', descending: true }}
      selectedKey={
        verdict.findings.find(({ statement }) => statement.statementId === props.openStatementId)?.findingId ?? null
      }
      empty="No suspect was active while the victims waited."
      footer={[
        { content: 'unexplained' },
        { content: <BlameBar share={verdict.unexplainedShare} interval={null} full={full} tone="unexplained" /> },
        { content: 'latency that no sampled activity accounts for', span: columns.length - 2 },
      ]}
    />
  );
}

/** A share that rounds to nothing is no evidence to show; the finding's page has all of it. */
const worthAChip = ({ kind, share }: Finding['evidence'][number]): boolean => kind === 'overlap' || share >= 0.005;

interface ColumnContext {
  readonly widgetTitles: ReadonlyMap<string, string>;
  readonly full: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly onPropose: (finding: Finding) => void;
}

function findingColumns({ widgetTitles, full, onPropose }: ColumnContext): readonly TableColumn<Finding>[] {
  return [
    {
      id: 'statement',
      header: 'statement, who runs it',
      width: 'minmax(190px, 4fr)',
      cell: ({ statement, runBy }) => (
        <div className={styles.who}>
          <StatementLabel statement={statement} widgetTitles={widgetTitles} />
          <small title={runBy.join(', ')}>
            {[runBy.join(', '), statement.class].filter((part) => part !== '').join(' · ')}
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
      width: '116px',
      cell: ({ grade }) => (
        <Tooltip label={gradeWords[grade].meaning}>
          <span>
            <Tag tone={grade === 'A' || grade === 'B' ? 'accent' : 'neutral'}>{gradeWords[grade].short}</Tag>
          </span>
        </Tooltip>
      ),
      sortValue: ({ grade }) => grade,
    },
    {
      id: 'evidence',
      header: 'evidence',
      width: 'minmax(146px, 1.4fr)',
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
      width: '86px',
      cell: ({ spark, averageActiveSessions }) => (
        <SparkLine
          spark={spark}
          label={`${averageActiveSessions.toFixed(1)} active sessions on average`}
          widthPx={66}
        />
      ),
      sortValue: ({ averageActiveSessions }) => averageActiveSessions,
    },
    {
      id: 'runs',
      header: 'runs',
      align: 'right',
      width: '58px',
      cell: ({ calls }) => formatCount(calls),
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
      id: 'rows',
      header: 'rows',
      hint: 'Rows per run',
      align: 'right',
      width: '66px',
      cell: ({ rowsPerCall }) => (rowsPerCall === null ? '–' : formatCount(rowsPerCall)),
      sortValue: ({ rowsPerCall }) => rowsPerCall,
    },
    {
      id: 'ifGone',
      header: 'if gone',
      hint: 'What the victims’ mean would have been without this statement',
      align: 'right',
      width: '76px',
      cell: ({ ifGoneMeanMs }) => (ifGoneMeanMs === null ? '–' : formatDuration(ifGoneMeanMs)),
      sortValue: ({ ifGoneMeanMs }) => ifGoneMeanMs,
    },
    {
      id: 'cure',
      header: 'cure',
      hint: 'What would help; a read model can be proposed from here (P)',
      width: '88px',
      cell: (finding) =>
        finding.cure === 'read_model' ? (
          <Button size="compact-xs" variant="default" onClick={() => onPropose(finding)}>
            Propose
          </Button>
        ) : (
          <span className="db-dim" title={cureWords[finding.cure]}>
            {cureWords[finding.cure]}
          </span>
        ),
    },
  ];
}
