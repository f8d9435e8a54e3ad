import type { IndexAdvice, IndexCandidate } from '../../../shared/model/index-advice.ts';
import { formatRatio } from '../explain/words.ts';
import { planReadable } from '../explain/plan-readable.ts';
import { nullWhereValuesDecide, planPrepared, type Planned, type Prepared } from '../explain/plan-statement.ts';
import { createHypothetical, dropHypotheticals } from '../postgres/queries/planner-hypothetical.ts';
import { readIndexes, type IndexFacts } from '../postgres/queries/index-facts.ts';
import { readRandomPageCost, readTableFacts } from '../postgres/queries/table-facts.ts';
import { maxIdentBytes, identBytes, qualifiedName, quoteIdent } from '../postgres/quote.ts';
import type { Sql } from '../postgres/session.ts';
import { readComparisons } from '../sql-text/comparisons.ts';
import { candidatesFor, type Candidate } from './candidates.ts';
import { estimatedBytes, estimatedCost } from './estimate.ts';
import { resolveColumns, tableName } from './resolve-columns.ts';
import type { TableWrites } from './table-writes.ts';
import { writeCostOf } from './write-cost.ts';

export interface AdviseInput {
  /** In a transaction that is rolled back. */
  readonly sql: Sql;
  readonly prepared: Prepared;
  /** False behind a pooler, before 16: a prepared statement that an error leaves would stay in somebody's session. */
  readonly maybeGeneric: boolean;
  readonly versionNumber: number;
  /** Schema of HypoPG; null: the gain is estimated from pg_stats. */
  readonly hypopg: string | null;
  /** By table, as statements write it; null: not known. */
  readonly writes: ReadonlyMap<string, TableWrites> | null;
  readonly nowMs: number;
}

/** A smaller gain does not pay for an index that every save has to keep up. */
const leastShare = 0.2;
/** In the planner's units: two or three pages read out of order. */
const leastCost = 10;
/** Of two candidates that gain nearly the same the one with fewer columns is better. */
const nearlySame = 1.05;
const mostTried = 12;

/** Candidates that the planner, or an estimate, finds worth it: the best one of each table. Creates nothing. */
export async function adviseIndexes(asked: AdviseInput): Promise<IndexAdvice> {
  const { sql, versionNumber, hypopg, maybeGeneric } = asked;
  const { statement, missing } = asked.prepared;
  const plan = () => planReadable(sql, asked.prepared, versionNumber);
  const first = missing.length === 0 ? await plan() : maybeGeneric ? await nullWhereValuesDecide(plan) : null;
  if (first === null) return { kind: 'values_needed', missing: [...missing], sql: asked.prepared.sql };
  const { prepared, planned } = first;
  const input = { ...asked, prepared };
  const comparisons = readComparisons(statement.tree);
  const uses = [
    ...comparisons.comparisons.flatMap(({ column, joined }) => (joined === null ? [column] : [column, joined])),
    ...comparisons.orderings.flatMap(({ columns }) => columns.map(({ column }) => column)),
  ];
  const resolved = await resolveColumns(sql, uses);
  const names = [...new Set([...resolved.values()].map(tableName))];
  const [tables, indexes] = [await readTableFacts(sql, names), await readIndexes(sql, names)];
  const plain = tables.filter(({ kind }) => kind === 'r');
  const candidates = candidatesFor(comparisons, resolved, plain, indexes).slice(0, mostTried);
  const costBefore = Number(planned.document.Plan['Total Cost']);
  const tried: IndexCandidate[] = [];
  const randomPageCost = await readRandomPageCost(sql);
  for (const candidate of candidates) {
    const gain =
      hypopg === null ? estimated(candidate, planned, randomPageCost) : await hypothetical(candidate, input, hypopg);
    if (gain === null) continue;
    const saved = costBefore - gain.costAfter;
    if (saved < leastCost || saved < leastShare * costBefore) continue;
    tried.push(describe(candidate, costBefore, gain, indexes, input));
  }
  const best = bestOfEachTable(tried);
  if (best.length === 0) return nothing(candidates.length, costBefore, plain.length < tables.length);
  return { kind: 'candidates', candidates: best, notes: notesOf(input, planned, tables.length - plain.length) };
}

interface Gain {
  readonly costAfter: number;
  readonly sizeBytes: number | null;
  readonly method: IndexCandidate['method'];
}

function estimated(candidate: Candidate, { document }: Planned, randomPageCost: number): Gain | null {
  const costAfter = estimatedCost(document.Plan, candidate, randomPageCost);
  return costAfter === null ? null : { costAfter, sizeBytes: estimatedBytes(candidate), method: 'selectivity' };
}

/** Asks the planner, with an index that only this session knows; null where it would not use it. */
async function hypothetical(
  { table, columns }: Candidate,
  { sql, prepared, versionNumber }: AdviseInput,
  hypopg: string,
): Promise<Gain | null> {
  const list = columns.map(({ column }) => quoteIdent(column)).join(', ');
  const made = await createHypothetical(
    sql,
    hypopg,
    `create index on ${qualifiedName(table.schema, table.table)} (${list})`,
  );
  const { document } = await planPrepared(sql, prepared, versionNumber, false);
  await dropHypotheticals(sql, hypopg);
  if (!JSON.stringify(document).includes(JSON.stringify(made.name))) return null;
  return { costAfter: Number(document.Plan['Total Cost']), sizeBytes: made.sizeBytes, method: 'hypopg' };
}

function describe(
  { table, columns, reason }: Candidate,
  costBefore: number,
  { costAfter, sizeBytes, method }: Gain,
  indexes: readonly IndexFacts[],
  { writes, nowMs }: AdviseInput,
): IndexCandidate {
  const names = columns.map(({ column }) => column);
  const own = indexes.filter((index) => tableName(index) === tableName(table));
  const index = freeName(table.table, names, new Set(indexes.map(({ name }) => name)));
  const list = names.map(quoteIdent).join(', ');
  return {
    schema: table.schema,
    table: table.table,
    columns: names,
    createSql: `create index concurrently ${quoteIdent(index)} on ${qualifiedName(table.schema, table.table)} (${list});`,
    undoSql: `drop index concurrently if exists ${qualifiedName(table.schema, index)};`,
    method,
    costBefore,
    costAfter,
    sizeBytes,
    writeCost: writeCostOf(table, names, own, writesOf(table, writes), sizeBytes, nowMs),
    reason: `${reason[0]?.toUpperCase()}${reason.slice(1)}, and no index begins with that. Cost of the statement: ${formatRatio(costBefore, costAfter) ?? 'unchanged'}.`,
  };
}

export function writesOf(
  { schema, table }: { readonly schema: string; readonly table: string },
  writes: ReadonlyMap<string, TableWrites> | null,
): TableWrites | 'none' | null {
  if (writes === null) return null;
  // One program writes the schema, another one leaves it to its search_path.
  const spelled = [writes.get(`${schema}.${table}`), writes.get(table)].filter((one) => one !== undefined);
  const total = (rate: (one: TableWrites) => number) => spelled.reduce((sum, one) => sum + rate(one), 0);
  if (spelled.length === 0) return 'none';
  return {
    insertedPerHour: total((one) => one.insertedPerHour),
    updatedPerHour: total((one) => one.updatedPerHour),
    deletedPerHour: total((one) => one.deletedPerHour),
    updatedColumns: new Set(spelled.flatMap(({ updatedColumns }) => [...updatedColumns])),
  };
}

function freeName(table: string, columns: readonly string[], taken: ReadonlySet<string>): string {
  const base = `${table}_${columns.join('_')}`;
  for (let attempt = 1; ; attempt += 1) {
    const end = attempt === 1 ? '_idx' : `_idx${attempt}`;
    let head = base;
    while (identBytes(head + end) > maxIdentBytes) head = head.slice(0, -1);
    if (!taken.has(head + end)) return head + end;
  }
}

function bestOfEachTable(tried: readonly IndexCandidate[]): IndexCandidate[] {
  const tables = Map.groupBy(tried, tableName);
  return [...tables.values()]
    .flatMap((candidates) => {
      const lowest = Math.min(...candidates.map(({ costAfter }) => costAfter));
      const near = candidates.filter(({ costAfter }) => costAfter <= lowest * nearlySame);
      return near.toSorted((a, b) => a.columns.length - b.columns.length || a.costAfter - b.costAfter).slice(0, 1);
    })
    .toSorted((a, b) => a.costAfter - b.costAfter);
}

function nothing(tried: number, costBefore: number, partitioned: boolean): IndexAdvice {
  const reason =
    tried === 0
      ? `None of its conditions compares a plain column that no index begins with already${partitioned ? ', partitioned tables apart' : ''}.`
      : `No index that fits its conditions would take off a fifth of its cost (${Math.round(costBefore)} in the planner's units): every save would pay for it, and nobody would notice it.`;
  return { kind: 'none', reason, instead: 'leave' };
}

function notesOf({ hypopg, prepared }: AdviseInput, { method }: Planned, partitioned: number): string[] {
  return [
    hypopg === null
      ? 'HypoPG is not installed here: gains are estimated from pg_stats, and joins are not judged. With the extension the planner itself is asked.'
      : 'The planner was asked with hypothetical indexes (HypoPG) that only this session saw; nothing was created.',
    ...prepared.notes,
    ...(method === 'constants' ? [] : ['Planned without looking at values, as a prepared statement is.']),
    ...(partitioned === 0
      ? []
      : ['Partitioned tables were left out: an index on one is built partition by partition.']),
  ];
}
