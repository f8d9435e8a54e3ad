import { useMemo, type ReactNode } from 'react';
import { formatCount, formatCountShort } from '../../../../shared/format/count.ts';
import type { PlanNode } from '../../../../shared/model/explain.ts';
import { Tag } from '../../../app/tag.tsx';
import { TreeTable, type TreeColumn } from '../../../tables/tree-table.tsx';
import { estimateText, nodeTitle, ownText, planNodes, totalText, type NodeFacts } from './plan-nodes.ts';
import styles from './drawer.module.css';

interface PlanTreeProps {
  readonly root: PlanNode;
  readonly analyzed: boolean;
}

/** A plan to be read top down: the slowest node and wrong estimates are marked by words, not by colour alone. */
export function PlanTree({ root, analyzed }: PlanTreeProps): ReactNode {
  const nodes = useMemo(() => planNodes(root), [root]);
  const columns = useMemo(
    () => planColumns(analyzed, analyzed ? (root.totalMs ?? 0) : root.totalCost),
    [analyzed, root],
  );
  return (
    <TreeTable
      label="Plan"
      columns={columns}
      nodes={nodes}
      mark={({ slowest }) => (slowest ? { tone: 'slow' } : null)}
    />
  );
}

function planColumns(analyzed: boolean, whole: number): readonly TreeColumn<NodeFacts>[] {
  return [
    {
      id: 'node',
      header: 'node',
      width: 'minmax(260px, 5fr)',
      cell: (node) => <NodeCell node={node} />,
    },
    {
      id: 'own',
      header: analyzed ? 'own time' : 'own cost',
      hint: 'Without the nodes below it; all loops together',
      align: 'right',
      width: 'minmax(110px, 1.2fr)',
      cell: (node) => {
        const own = node.ownMs ?? node.ownCost;
        return (
          <div className={styles.own}>
            <span>{ownText(node)}</span>
            <div className={styles.ownTrack} aria-hidden>
              <div style={{ width: `${whole > 0 ? Math.min(100, (own / whole) * 100) : 0}%` }} />
            </div>
          </div>
        );
      },
    },
    {
      id: 'total',
      header: analyzed ? 'with below' : 'cost with below',
      align: 'right',
      width: 'minmax(80px, max-content)',
      cell: totalText,
    },
    {
      id: 'estimated',
      header: 'rows, estimated',
      align: 'right',
      width: 'minmax(84px, max-content)',
      cell: ({ estimatedRows }) => formatCount(estimatedRows),
    },
    ...(analyzed ? measuredColumns : []),
  ];
}

const measuredColumns: readonly TreeColumn<NodeFacts>[] = [
  {
    id: 'actual',
    header: 'came',
    hint: 'Rows that really came, a loop',
    align: 'right',
    width: 'minmax(64px, max-content)',
    cell: ({ actualRows, loops }) =>
      actualRows === null
        ? 'never ran'
        : `${formatCount(actualRows)}${loops !== null && loops > 1 ? ` × ${formatCountShort(loops)}` : ''}`,
  },
  {
    id: 'blocks',
    header: 'blocks',
    hint: 'Shared blocks touched; temporary ones behind the plus',
    align: 'right',
    width: 'minmax(64px, max-content)',
    cell: ({ sharedBlocks, tempBlocks }) =>
      sharedBlocks === null
        ? '–'
        : `${formatCountShort(sharedBlocks)}${tempBlocks !== null && tempBlocks > 0 ? ` + ${formatCountShort(tempBlocks)} temp` : ''}`,
  },
];

function NodeCell({ node }: { readonly node: NodeFacts }): ReactNode {
  const wrong = estimateText(node);
  return (
    <div className={styles.node}>
      <div className={styles.nodeTitle}>
        <span>{nodeTitle(node)}</span>
        {node.slowest && <Tag tone="bad">{node.ownMs === null ? 'costliest' : 'slowest'}</Tag>}
        {wrong !== null && (
          <Tag tone="warning" title={wrong}>
            estimate {formatCountShort(node.estimateError ?? 0)}× off
          </Tag>
        )}
      </div>
      {node.details.map(({ label, text }) => (
        <div key={label} className={styles.nodeDetail} title={text}>
          {label}: <span className="db-mono">{text}</span>
        </div>
      ))}
      {node.rowsRemoved !== null && node.rowsRemoved > 0 && (
        <div className={styles.nodeDetail}>{formatCount(node.rowsRemoved)} rows read and thrown away</div>
      )}
    </div>
  );
}
