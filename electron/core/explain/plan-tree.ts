import { createHash } from 'node:crypto';
import type { PlanNode } from '../../../shared/model/explain.ts';
import type { ExplainDocument, ExplainNode } from '../postgres/queries/explain.ts';
import { childrenOf, fieldNumber, fieldText, nodeCosts, nodeTimes, type Shares } from './plan-costs.ts';

export interface PlanTree {
  readonly root: PlanNode;
  /** Hash of node types, relations and indexes; equal: the same plan, whatever it costs. */
  readonly shape: string;
}

/** From this ratio on an estimate is called wrong. */
const wrongFrom = 10;

/** Pure: EXPLAIN's document as a tree with own times and costs, the slowest node and wrong estimates marked. */
export function planTree(document: ExplainDocument): PlanTree {
  const analyzed = 'Actual Loops' in document.Plan;
  const costs = nodeCosts(document.Plan);
  const times = analyzed ? nodeTimes(document.Plan) : null;
  const weights = times ?? costs;
  const slowest = [...weights].reduce<[ExplainNode, Shares] | null>(
    (worst, one) => (worst === null || one[1].own > worst[1].own ? one : worst),
    null,
  );
  const build = (node: ExplainNode, nodeId: string, around: Surroundings): PlanNode => {
    const relation = relationOf(node) ?? around.relation;
    const loops = analyzed ? fieldNumber(node, 'Actual Loops') : null;
    const ran = loops !== null && loops > 0;
    const time = times?.get(node);
    return {
      nodeId,
      nodeType: nodeName(node),
      relation,
      index: fieldText(node, 'Index Name'),
      details: detailsOf(node),
      startupCost: fieldNumber(node, 'Startup Cost'),
      totalCost: fieldNumber(node, 'Total Cost'),
      ownCost: costs.get(node)?.own ?? 0,
      estimatedRows: fieldNumber(node, 'Plan Rows'),
      actualRows: ran ? fieldNumber(node, 'Actual Rows') : null,
      loops,
      totalMs: ran && time !== undefined ? time.total : null,
      ownMs: ran && time !== undefined ? time.own : null,
      sharedBlocks: blocks(node, 'Shared Hit Blocks', 'Shared Read Blocks'),
      tempBlocks: blocks(node, 'Temp Read Blocks', 'Temp Written Blocks'),
      rowsRemoved: removed(node, loops),
      estimateError: ran ? errorOf(node, around.cutShort) : null,
      slowest: slowest?.[0] === node,
      children: childrenOf(node).map((child, index) =>
        build(child, `${nodeId}.${index}`, surroundingsOf(node, child, relation, around)),
      ),
    };
  };
  const root = build(document.Plan, '0', { relation: null, cutShort: false });
  return { root, shape: createHash('sha256').update(shapeOf(root)).digest('hex').slice(0, 16) };
}

/** Every node, parents first. */
export function* planNodes(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.children) yield* planNodes(child);
}

export const isWrongEstimate = ({ estimateError }: PlanNode): boolean =>
  estimateError !== null && estimateError >= wrongFrom;

interface Surroundings {
  /** Of the Bitmap Heap Scan above: a Bitmap Index Scan names its index only. */
  readonly relation: string | null;
  /** What is above may stop the node before it has given all that it was estimated to give. */
  readonly cutShort: boolean;
}

/** Nodes that read their input to its end before they give anything on; a hashed join so reads its inner side (Hash). */
const reading = new Set(['Sort', 'Hash', 'ModifyTable']);

/** Aggregates and set operations over sorted input give on group by group. */
const readsAll = (node: ExplainNode): boolean => {
  const type = node['Node Type'];
  const strategy = fieldText(node, 'Strategy');
  return (
    reading.has(type) ||
    (type === 'Aggregate' && (strategy === 'Hashed' || strategy === 'Plain')) ||
    (type === 'SetOp' && strategy === 'Hashed')
  );
};

function surroundingsOf(
  node: ExplainNode,
  child: ExplainNode,
  relation: string | null,
  { cutShort }: Surroundings,
): Surroundings {
  const type = node['Node Type'];
  return {
    relation: type.startsWith('Bitmap') ? relation : null,
    cutShort: type === 'Limit' || stopsEarly(node, child) || (cutShort && !readsAll(node)),
  };
}

/** EXISTS and its like stop at the first match, and a merge at the end of the shorter side. */
function stopsEarly(node: ExplainNode, child: ExplainNode): boolean {
  const side = fieldText(child, 'Parent Relationship');
  if (side === 'SubPlan' || side === 'InitPlan') return true;
  if (node['Node Type'] === 'Merge Join') return true;
  const once = node['Inner Unique'] === true || /Semi|Anti/.test(fieldText(node, 'Join Type') ?? '');
  return side === 'Inner' && once && child['Node Type'] !== 'Hash';
}

function relationOf(node: ExplainNode): string | null {
  const name = fieldText(node, 'Relation Name');
  const schema = fieldText(node, 'Schema');
  return name === null || schema === null ? name : `${schema}.${name}`;
}

/** 'Hash Left Join', 'Parallel Seq Scan', 'Update': as EXPLAIN's text says it. */
function nodeName(node: ExplainNode): string {
  const type = node['Node Type'];
  const join = fieldText(node, 'Join Type');
  const strategy = fieldText(node, 'Strategy');
  const named =
    type === 'ModifyTable'
      ? (fieldText(node, 'Operation') ?? type)
      : join !== null && join !== 'Inner'
        ? type === 'Nested Loop'
          ? `${type} ${join} Join`
          : type.replace(/ Join$/, ` ${join} Join`)
        : type === 'Aggregate' && strategy !== null && strategy !== 'Plain'
          ? `${strategy === 'Sorted' ? 'Group' : strategy}Aggregate`
          : type;
  return node['Parallel Aware'] === true ? `Parallel ${named}` : named;
}

const conditions = [
  'Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Filter', 'TID Cond', 'One-Time Filter',
  'Order By', 'Cache Key',
] as const; // prettier-ignore
const lists = ['Sort Key', 'Presorted Key', 'Group Key', 'Conflict Arbiter Indexes'] as const;
const facts = [
  'Subplan Name', 'CTE Name', 'Function Name', 'Scan Direction', 'Sort Method', 'Sort Space Used', 'Hash Batches',
  'Peak Memory Usage', 'Disk Usage', 'HashAgg Batches', 'Heap Fetches', 'Workers Planned', 'Workers Launched',
  'Cache Hits', 'Cache Misses', 'Exact Heap Blocks', 'Lossy Heap Blocks',
] as const; // prettier-ignore
const units: Readonly<Record<string, string>> = {
  'Sort Space Used': ' kB',
  'Peak Memory Usage': ' kB',
  'Disk Usage': ' kB',
};

function detailsOf(node: ExplainNode): PlanNode['details'] {
  const details: PlanNode['details'] = [];
  const alias = fieldText(node, 'Alias');
  if (alias !== null && alias !== fieldText(node, 'Relation Name')) details.push({ label: 'Alias', text: alias });
  for (const label of conditions) {
    const text = fieldText(node, label);
    if (text !== null) details.push({ label, text });
  }
  for (const label of lists) {
    const value = node[label];
    if (Array.isArray(value) && value.length > 0) details.push({ label, text: value.join(', ') });
  }
  for (const label of facts) {
    const value = node[label];
    if (label === 'Scan Direction' && value === 'Forward') continue;
    if (typeof value === 'string' || typeof value === 'number') {
      details.push({ label, text: `${value}${units[label] ?? ''}` });
    }
  }
  return details;
}

function blocks(node: ExplainNode, ...fields: readonly string[]): number | null {
  return fields.some((field) => field in node)
    ? fields.reduce((sum, field) => sum + fieldNumber(node, field), 0)
    : null;
}

/** EXPLAIN says the mean of a loop. */
function removed(node: ExplainNode, loops: number | null): number | null {
  const fields = ['Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck'];
  const mean = blocks(node, ...fields);
  return mean === null || loops === null ? null : Math.round(mean * loops);
}

/** Bitmaps that are combined count no rows: EXPLAIN says 0, however many there were. */
const uncounted = new Set(['BitmapAnd', 'BitmapOr']);

/** Both are rows of one loop. Less than one row is one row: the planner never estimates fewer. */
function errorOf(node: ExplainNode, cutShort: boolean): number | null {
  if (uncounted.has(node['Node Type'])) return null;
  const estimated = Math.max(1, fieldNumber(node, 'Plan Rows'));
  const actual = Math.max(1, fieldNumber(node, 'Actual Rows'));
  if (cutShort && actual < estimated) return null;
  return Math.max(actual / estimated, estimated / actual);
}

const shapeOf = ({ nodeType, relation, index, children }: PlanNode): string =>
  JSON.stringify([nodeType, relation, index, children.map(shapeOf)]);
