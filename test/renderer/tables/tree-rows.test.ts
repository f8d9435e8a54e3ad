import { describe, expect, it } from 'vitest';
import { treeMove, visibleRows, type TreeNode } from '../../../renderer/tables/tree-rows.ts';

const leaf = (id: string): TreeNode<string> => ({ id, row: id, children: [] });
const tree: readonly TreeNode<string>[] = [
  { id: 'a', row: 'a', children: [{ id: 'a1', row: 'a1', children: [leaf('a11')] }, leaf('a2')] },
  leaf('b'),
];
const ids = (collapsed: readonly string[]) => visibleRows(tree, new Set(collapsed)).map(({ id }) => id);

describe('a tree in a table', () => {
  it('shows its nodes top down, without what hangs below a closed one', () => {
    expect(ids([])).toEqual(['a', 'a1', 'a11', 'a2', 'b']);
    expect(ids(['a1'])).toEqual(['a', 'a1', 'a2', 'b']);
    expect(ids(['a', 'a1'])).toEqual(['a', 'b']);
  });

  it('says level, place among the siblings, and whether a node can be opened', () => {
    expect(visibleRows(tree, new Set(['a1']))[1]).toMatchObject({
      level: 2,
      position: 1,
      siblings: 2,
      expanded: false,
    });
    expect(visibleRows(tree, new Set())[4]).toMatchObject({ level: 1, position: 2, siblings: 2, expanded: null });
  });

  it('is walked with the arrows: right opens and goes in, left closes and goes out', () => {
    const open = visibleRows(tree, new Set());
    const closed = visibleRows(tree, new Set(['a1']));
    expect(treeMove('ArrowRight', closed, 'a1')).toEqual({ kind: 'toggle', id: 'a1' });
    expect(treeMove('ArrowRight', open, 'a1')).toEqual({ kind: 'focus', id: 'a11' });
    expect(treeMove('ArrowLeft', open, 'a1')).toEqual({ kind: 'toggle', id: 'a1' });
    expect(treeMove('ArrowLeft', closed, 'a1')).toEqual({ kind: 'focus', id: 'a' });
    expect(treeMove('ArrowRight', open, 'b')).toBeNull();
    expect(treeMove('ArrowUp', open, 'a')).toBeNull();
    expect(treeMove('End', open, 'a')).toEqual({ kind: 'focus', id: 'b' });
    expect(treeMove('x', open, 'a')).toBeNull();
  });
});
