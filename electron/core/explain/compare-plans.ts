import type { Explained, PlanComparison, PlanNode } from '../../../shared/model/explain.ts';
import { formatRatio } from './words.ts';

type Rows = PlanComparison['rows'];

/** Two plans beside each other, matched top down by node type, relation and index. Pure. */
export function comparePlans(before: Explained, after: Explained): PlanComparison {
  const rows: Rows = [];
  match(before.root, after.root, 0, rows);
  return { before, after, rows, sentence: sentenceOf(before, after, rows) };
}

const keyOf = ({ nodeType, relation, index }: PlanNode): string => JSON.stringify([nodeType, relation, index]);
/** How deep a node may have moved under new ones (Gather, Sort, Materialize ...) and still be found. */
const deepestMove = 3;

function match(before: PlanNode, after: PlanNode, depth: number, rows: Rows): void {
  if (keyOf(before) !== keyOf(after)) {
    const wrappers = wrappersAbove(after, before);
    if (wrappers !== null) {
      wrappers.forEach((node, index) => rows.push(row('added', null, node, depth + index)));
      const inner = wrappers.at(-1)?.children[0];
      if (inner !== undefined) return match(before, inner, depth + wrappers.length, rows);
    }
    const unwrapped = wrappersAbove(before, after);
    if (unwrapped !== null) {
      unwrapped.forEach((node, index) => rows.push(row('removed', node, null, depth + index)));
      const inner = unwrapped.at(-1)?.children[0];
      if (inner !== undefined) return match(inner, after, depth + unwrapped.length, rows);
    }
  }
  rows.push(row(keyOf(before) === keyOf(after) ? 'same' : 'changed', before, after, depth));
  matchChildren(before.children, after.children, depth + 1, rows);
}

/** The single-child nodes of `outer` above a node like `wanted`; null where there is none. */
function wrappersAbove(outer: PlanNode, wanted: PlanNode): PlanNode[] | null {
  const above: PlanNode[] = [];
  for (let node: PlanNode | undefined = outer; node !== undefined && above.length <= deepestMove;) {
    if (keyOf(node) === keyOf(wanted)) return above.length === 0 ? null : above;
    if (node.children.length !== 1) return null;
    above.push(node);
    node = node.children[0];
  }
  return null;
}

/** Children that are alike belong together; of the rest those that read the same relation, then in their order. */
function matchChildren(before: readonly PlanNode[], after: readonly PlanNode[], depth: number, rows: Rows): void {
  const partners = new Map<PlanNode, PlanNode>();
  const taken = new Set<PlanNode>();
  const pair = (fits: (a: PlanNode, b: PlanNode) => boolean) => {
    for (const a of before) {
      if (partners.has(a)) continue;
      const b = after.find((node) => !taken.has(node) && fits(a, node));
      if (b === undefined) continue;
      partners.set(a, b);
      taken.add(b);
    }
  };
  pair((a, b) => keyOf(a) === keyOf(b) && sameRelations(a, b));
  pair((a, b) => sameRelations(a, b));
  pair((a, b) => keyOf(a) === keyOf(b));
  pair(() => true);
  for (const node of before) {
    const partner = partners.get(node);
    if (partner === undefined) whole('removed', node, depth, rows);
    else match(node, partner, depth, rows);
  }
  for (const node of after) if (!taken.has(node)) whole('added', node, depth, rows);
}

const relations = (node: PlanNode): string[] => [
  ...(node.relation === null ? [] : [node.relation]),
  ...node.children.flatMap(relations),
];
const sameRelations = (a: PlanNode, b: PlanNode): boolean =>
  relations(a).toSorted().join() === relations(b).toSorted().join();

function whole(kind: 'removed' | 'added', node: PlanNode, depth: number, rows: Rows): void {
  rows.push(kind === 'removed' ? row(kind, node, null, depth) : row(kind, null, node, depth));
  for (const child of node.children) whole(kind, child, depth + 1, rows);
}

function row(kind: Rows[number]['kind'], before: PlanNode | null, after: PlanNode | null, depth: number): Rows[number] {
  return {
    kind,
    before: before === null ? null : factsOf(before),
    after: after === null ? null : factsOf(after),
    depth,
    text: textOf(kind, before, after),
  };
}

function factsOf({ children, ...facts }: PlanNode) {
  void children;
  return facts;
}

function textOf(kind: Rows[number]['kind'], before: PlanNode | null, after: PlanNode | null): string | null {
  if (kind === 'removed' && before !== null) return `${nameOf(before)} is gone`;
  if (kind === 'added' && after !== null) return `${nameOf(after)} is new`;
  if (before === null || after === null) return null;
  if (kind === 'changed') {
    return before.relation === after.relation && before.nodeType !== after.nodeType
      ? `${before.nodeType}${onIndex(before)} became ${after.nodeType}${onIndex(after)}${after.relation === null ? '' : ` on ${after.relation}`}`
      : `${nameOf(before)} became ${nameOf(after)}`;
  }
  const rows = formatRatio(before.estimatedRows, after.estimatedRows);
  return rows === null ? null : `estimated rows: ${rows}`;
}

const onIndex = ({ index }: PlanNode): string => (index === null ? '' : ` using ${index}`);
const nameOf = (node: PlanNode): string =>
  `${node.nodeType}${onIndex(node)}${node.relation === null ? '' : ` on ${node.relation}`}`;

function sentenceOf(before: Explained, after: Explained, rows: Rows): string {
  const measured = before.executionMs !== null && after.executionMs !== null;
  const change = measured
    ? formatRatio(before.executionMs ?? 0, after.executionMs ?? 0, ' ms')
    : formatRatio(before.root.totalCost, after.root.totalCost);
  const what = measured ? 'execution' : 'estimated cost';
  const size = change === null ? `the ${what} is about the same` : `${what}: ${change}`;
  if (before.shape === after.shape) return `The same plan: ${size}.`;
  const changes = rows.flatMap(({ kind, text }) => (kind === 'same' || text === null ? [] : [text]));
  const told = changes.slice(0, 2).join('; ');
  const more = changes.length > 2 ? ` and ${changes.length - 2} more differences` : '';
  return `Another plan: ${told}${more}; ${size}.`;
}
