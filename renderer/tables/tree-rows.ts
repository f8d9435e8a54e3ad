/** A node of a tree as a table shows it. */
export interface TreeNode<Row> {
  readonly id: string;
  readonly row: Row;
  readonly children: readonly TreeNode<Row>[];
}

export interface TreeRow<Row> {
  readonly id: string;
  readonly row: Row;
  /** 1-based. */
  readonly level: number;
  /** null: a leaf. */
  readonly expanded: boolean | null;
  readonly parentId: string | null;
  /** Place among its siblings, 1-based, and how many they are. */
  readonly position: number;
  readonly siblings: number;
}

/** The rows that are shown, top down; what hangs below a collapsed node is left out. */
export function visibleRows<Row>(nodes: readonly TreeNode<Row>[], collapsed: ReadonlySet<string>): TreeRow<Row>[] {
  const rows: TreeRow<Row>[] = [];
  const walk = (list: readonly TreeNode<Row>[], level: number, parentId: string | null): void => {
    list.forEach(({ id, row, children }, index) => {
      const expanded = children.length === 0 ? null : !collapsed.has(id);
      rows.push({ id, row, level, expanded, parentId, position: index + 1, siblings: list.length });
      if (expanded === true) walk(children, level + 1, id);
    });
  };
  walk(nodes, 1, null);
  return rows;
}

export type TreeMove =
  | { readonly kind: 'focus'; readonly id: string }
  | { readonly kind: 'toggle'; readonly id: string }
  | { readonly kind: 'expand_siblings'; readonly id: string };

/** What a key does on a row of a tree, as screen readers expect it of a treegrid; null: nothing. */
export function treeMove<Row>(key: string, rows: readonly TreeRow<Row>[], id: string): TreeMove | null {
  const index = rows.findIndex((row) => row.id === id);
  const row = rows[index];
  if (row === undefined) return null;
  const focus = (to: TreeRow<Row> | undefined): TreeMove | null =>
    to === undefined ? null : { kind: 'focus', id: to.id };
  switch (key) {
    case 'ArrowDown':
      return focus(rows[index + 1]);
    case 'ArrowUp':
      return focus(rows[index - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (row.expanded === false) return { kind: 'toggle', id };
      return row.expanded === true ? focus(rows[index + 1]) : null;
    case 'ArrowLeft':
      if (row.expanded === true) return { kind: 'toggle', id };
      return focus(rows.find((one) => one.id === row.parentId));
    case '*':
      return { kind: 'expand_siblings', id };
    default:
      return null;
  }
}
