import { childrenOf, fieldNumber, fieldText, nodeCosts } from '../explain/plan-costs.ts';
import type { ExplainNode } from '../postgres/queries/explain.ts';
import type { ColumnStatistics } from '../postgres/queries/planner-statistics.ts';
import { distinctValues, type Candidate } from './candidates.ts';

/** Costs as PostgreSQL sets them by default: https://www.postgresql.org/docs/current/runtime-config-query.html */
const cpuTupleCost = 0.01;
const cpuIndexTupleCost = 0.005;
/** The planner's guess of the share that an open range keeps. */
const rangeShare = 1 / 3;
const blockBytes = 8192;
/** Line pointer and tuple header of an index entry; leaves are filled to nine tenths. */
const entryBytes = 16;
const leafFill = 0.9;

/**
 * Cost of the plan if the candidate existed, without asking the planner: the scan of its table is replaced by an index
 * scan of the rows that its conditions leave (pages by Mackert and Lohman, as PostgreSQL's costsize.c). null: the plan
 * does not scan the table, or the table is read for every row of another one, where this says too little.
 */
export function estimatedCost(root: ExplainNode, candidate: Candidate, randomPageCost: number): number | null {
  const { table, columns, byConstants } = candidate;
  if (!byConstants) return null;
  const costs = nodeCosts(root);
  const scan = scansOf(root, table.schema, table.table).toSorted(
    (a, b) => (costs.get(b)?.total ?? 0) - (costs.get(a)?.total ?? 0),
  )[0];
  const now = scan === undefined ? undefined : costs.get(scan)?.total;
  if (scan === undefined || now === undefined || columns.length === 0) return null;
  const share = columns.reduce((product, column, place) => product * shareOf(candidate, column, place), 1);
  const left = fieldNumber(scan, 'Plan Rows');
  const rows = Math.max(1, candidate.whole ? left : Math.max(left, table.rows * share));
  const pages = Math.max(1, table.pages);
  const fetched = Math.min(pages, (2 * pages * rows) / (2 * pages + rows));
  const inOrder = Math.ceil((rows / Math.max(1, table.rows)) * pages);
  const ordered = (columns[0]?.correlation ?? 0) ** 2;
  const heap = ordered * (randomPageCost + inOrder) + (1 - ordered) * fetched * randomPageCost;
  const cost = randomPageCost + rows * (cpuIndexTupleCost + cpuTupleCost) + heap;
  const whole = fieldNumber(root, 'Total Cost');
  if (isFirstOfSorted(root, candidate)) {
    // The first rows in order are read and nothing is sorted; each lies on a page of its own.
    const first = Math.min(rows, fieldNumber(root, 'Plan Rows'));
    return Math.min(whole, randomPageCost + first * (cpuIndexTupleCost + cpuTupleCost + randomPageCost));
  }
  return Math.max(0, whole - now) + Math.min(now, cost);
}

/** `order by ... limit n` over this table alone, all of whose conditions are in the candidate. */
function isFirstOfSorted(root: ExplainNode, { whole, sorted }: Candidate): boolean {
  const scans = (node: ExplainNode): number =>
    (fieldText(node, 'Relation Name') === null ? 0 : 1) +
    childrenOf(node).reduce((sum, child) => sum + scans(child), 0);
  return whole && sorted && root['Node Type'] === 'Limit' && scans(root) === 1;
}

function shareOf({ equal, table }: Candidate, column: ColumnStatistics, place: number): number {
  return place < equal ? (1 - (column.nullShare ?? 0)) / distinctValues(column, table.rows) : rangeShare;
}

function scansOf(node: ExplainNode, schema: string, table: string): ExplainNode[] {
  const own = fieldText(node, 'Relation Name') === table && fieldText(node, 'Schema') === schema;
  const scan = own && node['Node Type'].endsWith('Scan');
  return [...(scan ? [node] : []), ...childrenOf(node).flatMap((child) => scansOf(child, schema, table))];
}

export function estimatedBytes({ table, columns }: Candidate): number {
  const width = columns.reduce((sum, { averageBytes }) => sum + (averageBytes ?? 8), entryBytes);
  return Math.ceil((table.rows * width) / leafFill / blockBytes) * blockBytes + blockBytes;
}
