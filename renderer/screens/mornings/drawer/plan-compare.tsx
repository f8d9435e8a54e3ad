import { Skeleton } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import type { PlanComparison } from '../../../../shared/model/explain.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentExact } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import { useAsked } from '../../../stores/asked.ts';
import { comparedPlans } from '../../../stores/explain.ts';
import { TreeTable, type TreeColumn } from '../../../tables/tree-table.tsx';
import { Sentence } from '../sentence.tsx';
import { comparedFigure, differenceNodes, nodeTitle } from './plan-nodes.ts';
import styles from './drawer.module.css';

type Difference = PlanComparison['rows'][number];

const kinds = {
  same: { text: 'same', tone: 'neutral' },
  changed: { text: 'changed', tone: 'warning' },
  removed: { text: 'gone', tone: 'bad' },
  added: { text: 'new', tone: 'good' },
} as const;

interface PlanCompareProps {
  readonly serverId: string;
  readonly beforeExplainId: string;
  readonly afterExplainId: string;
}

/** Two plans of one statement, node by node. */
export function PlanCompare(props: PlanCompareProps): ReactNode {
  const { value, problem, loading, reload } = useAsked(comparedPlans, { ...props });
  const nodes = useMemo(() => differenceNodes(value?.rows ?? []), [value]);
  const columns = useMemo(() => (value === null ? [] : differenceColumns(value)), [value]);
  if (problem !== null) return <FailureNotice problem={problem} onRetry={reload} />;
  if (value === null) {
    return loading ? <Skeleton className={styles.skeleton} height={200} aria-label="Comparing the plans" /> : null;
  }
  return (
    <section aria-label="Comparison of two plans" className={styles.body}>
      <Sentence text={value.sentence} />
      <p className="db-dim">
        Before: {momentExact(value.before.takenAtMs)}. After: {momentExact(value.after.takenAtMs)}.
      </p>
      <TreeTable
        label="Differences of the plans"
        columns={columns}
        nodes={nodes}
        mark={({ kind }) => (kind === 'added' || kind === 'removed' ? { tone: kind } : null)}
      />
    </section>
  );
}

const differenceColumns = (comparison: PlanComparison): readonly TreeColumn<Difference>[] => [
  {
    id: 'node',
    header: 'node',
    width: 'minmax(280px, 5fr)',
    cell: ({ before, after, text }) => {
      const node = after ?? before;
      return (
        <div className={styles.node}>
          <span>{node === null ? '' : nodeTitle(node)}</span>
          {text !== null && <div className={styles.nodeDetail}>{text}</div>}
        </div>
      );
    },
  },
  {
    id: 'kind',
    header: '',
    width: 'minmax(84px, max-content)',
    cell: ({ kind }) => <Tag tone={kinds[kind].tone}>{kinds[kind].text}</Tag>,
  },
  figureColumn('before', comparison),
  figureColumn('after', comparison),
];

function figureColumn(side: 'before' | 'after', { before, after }: PlanComparison): TreeColumn<Difference> {
  const { name, hint, of } = comparedFigure(before, after);
  return {
    id: side,
    header: `${name} ${side}`,
    hint,
    align: 'right',
    width: 'minmax(96px, max-content)',
    cell: (row) => {
      const node = row[side];
      return node === null ? '–' : of(node);
    },
  };
}
