import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { treeMove, visibleRows, type TreeNode, type TreeRow } from './tree-rows.ts';
import styles from './tree-table.module.css';

export interface TreeColumn<Row> {
  readonly id: string;
  readonly header: string;
  readonly hint?: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'left' | 'right';
  /** A CSS grid track; default 'max-content' would tear rows apart, so 'minmax(72px, 1fr)'. */
  readonly width?: string;
}

export interface TreeTableProps<Row> {
  readonly label: string;
  /** The first one carries the tree. */
  readonly columns: readonly TreeColumn<Row>[];
  readonly nodes: readonly TreeNode<Row>[];
  /** Nodes that are closed at first. */
  readonly initiallyCollapsed?: readonly string[];
  /** Marks a row, and says why to who cannot see the mark. */
  readonly mark?: (row: Row) => { readonly tone: 'slow' | 'added' | 'removed' | 'root' } | null;
  /** Enter, or a double click. */
  readonly onOpen?: (row: Row) => void;
  readonly empty?: ReactNode;
}

/** A tree beside figures: arrows move, right and left open and close a branch, `*` opens all of one level. */
export function TreeTable<Row>(props: TreeTableProps<Row>): ReactNode {
  const { columns, nodes, mark, onOpen } = props;
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => new Set(props.initiallyCollapsed));
  const [activeId, setActiveId] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const rows = visibleRows(nodes, collapsed);
  const active = rows.some(({ id }) => id === activeId) ? activeId : (rows[0]?.id ?? null);

  const toggle = (id: string) => {
    const next = new Set(collapsed);
    if (!next.delete(id)) next.add(id);
    setCollapsed(next);
  };

  const onKeyDown = (event: KeyboardEvent, row: TreeRow<Row>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeMove(event.key, rows, row.id);
    if (move === null) {
      if (event.key !== 'Enter' || onOpen === undefined) return;
      onOpen(row.row);
    } else if (move.kind === 'toggle') {
      toggle(move.id);
    } else if (move.kind === 'expand_siblings') {
      const level = rows.filter((one) => one.parentId === row.parentId).map(({ id }) => id);
      setCollapsed(new Set([...collapsed].filter((id) => !level.includes(id))));
    } else {
      setActiveId(move.id);
      body.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(move.id)}"]`)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const template = columns.map(({ width }) => width ?? 'minmax(72px, 1fr)').join(' ');
  return (
    <div className={styles.scroller}>
      <div
        role="treegrid"
        aria-label={props.label}
        aria-colcount={columns.length}
        className={styles.grid}
        style={{ gridTemplateColumns: template }}
      >
        <div role="rowgroup" className={styles.group}>
          <div role="row" className={styles.headRow}>
            {columns.map(({ id, header, hint, align }) => (
              <div key={id} role="columnheader" title={hint} data-align={align} className={styles.cell}>
                {header}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={body} className={styles.group}>
          {rows.map((row) => (
            <div
              key={row.id}
              role="row"
              data-node={row.id}
              data-mark={mark?.(row.row)?.tone}
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.siblings}
              aria-expanded={row.expanded ?? undefined}
              tabIndex={row.id === active ? 0 : -1}
              className={styles.row}
              onFocus={() => setActiveId(row.id)}
              onKeyDown={(event) => onKeyDown(event, row)}
              onDoubleClick={() => onOpen?.(row.row)}
            >
              {columns.map(({ id, cell, align }, index) => (
                <div key={id} role="gridcell" data-align={align} className={styles.cell}>
                  {index === 0 ? (
                    <div className={styles.branch} style={{ paddingLeft: (row.level - 1) * 16 }}>
                      {row.expanded === null ? (
                        <span className={styles.leaf} aria-hidden />
                      ) : (
                        <button
                          type="button"
                          tabIndex={-1}
                          className={styles.twisty}
                          aria-label={row.expanded ? 'Close this branch' : 'Open this branch'}
                          onClick={() => toggle(row.id)}
                        >
                          {row.expanded ? '▾' : '▸'}
                        </button>
                      )}
                      <div className={styles.branchText}>{cell(row.row)}</div>
                    </div>
                  ) : (
                    cell(row.row)
                  )}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
      {rows.length === 0 && props.empty !== undefined && <div className={styles.empty}>{props.empty}</div>}
    </div>
  );
}
