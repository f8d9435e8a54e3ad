import { formatCount } from '../../../../shared/format/count.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { findFunctions, type WrittenName } from '../../postgres/queries/catalog-definition.ts';
import { qualifiedName } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { isAsOfTable, stableModels, type ReachedRelation } from './read-relations.ts';
import { planFacts, type PlanNode } from './model-plan.ts';

/** A reader aggregates at most as many rows as a read model shaped for a chart has. */
export const mostModelRows = 50_000;
/**
 * The planner's cost of 50,000 rows read, joined and sorted is some 10,000; ten times as much is a query that multiplies
 * its rows.
 */
export const mostModelCost = 100_000;

/**
 * Throws `statement_refused` where a widget's query over read models does not stay on their copies, or works on more than
 * a reader may. Asks for the plan; nothing is run.
 */
export async function checkModelQuery(
  sql: Sql,
  widget: Widget,
  text: string,
  relations: readonly ReachedRelation[],
  functions: readonly WrittenName[],
): Promise<void> {
  const [row] = await sql.query<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(
    `explain (format json, verbose) ${text}`,
  );
  const plan = row?.['QUERY PLAN'][0].Plan;
  if (plan === undefined) throw new Error('EXPLAIN gives a plan');
  const facts = planFacts(plan);
  const copies = new Set(stableModels(relations).map(({ copy }) => qualifiedName(copy.schema, copy.name)));
  const foreign = facts.relations
    .filter((one) => !isAsOfTable(one) && !copies.has(qualifiedName(one.schema, one.name)))
    .map(({ schema, name }) => qualifiedName(schema, name))
    .toSorted();
  if (foreign.length > 0) throw touches(widget, foreign);
  await refuseOpaqueFunctions(sql, widget, functions);
  const { largestScan, totalCost } = facts;
  if (largestScan !== null && largestScan.rows > mostModelRows) {
    const read = `it works on about ${formatCount(largestScan.rows)} rows of ${qualifiedName(largestScan.schema, largestScan.name)}`;
    throw tooMuch(widget, `${read}, and ${formatCount(mostModelRows)} is the most`);
  }
  if (totalCost > mostModelCost) {
    const expected = `the planner expects a cost of ${formatCount(totalCost)}`;
    throw tooMuch(widget, `${expected}, and ${formatCount(mostModelCost)} is the most`);
  }
}

/** What a function of the ERP's own reads does not show in a plan. An immutable one promises to read nothing. */
async function refuseOpaqueFunctions(sql: Sql, widget: Widget, functions: readonly WrittenName[]): Promise<void> {
  const found = await findFunctions(sql, functions);
  const opaque = found.find(({ interpreted, volatility }) => interpreted && volatility !== 'i');
  if (opaque === undefined) return;
  throw new Failure({
    code: 'statement_refused',
    message:
      `"${widget.title}" is not shown: it calls ${opaque.signature}, and a plan does not show which tables a function reads. ` +
      'Take the function out of the query, or propose a read model that has its result as a column.',
    detail: { widgetId: widget.widgetId, function: opaque.signature },
  });
}

function touches(widget: Widget, tables: readonly string[]): Failure {
  const [first = ''] = tables;
  const named = tables.length === 1 ? first : `${tables.slice(0, -1).join(', ')} and ${tables.at(-1)}`;
  return new Failure({
    code: 'statement_refused',
    message:
      `"${widget.title}" is not shown: its query shall read read models alone, and its plan touches ${named}, ` +
      `which ${tables.length === 1 ? 'is no copy' : 'are no copies'} of a registered read model. ` +
      `Propose a read model for the whole question again, or take ${named} out of the query.`,
    detail: { widgetId: widget.widgetId, tables: [...tables] },
  });
}

function tooMuch(widget: Widget, found: string): Failure {
  return new Failure({
    code: 'statement_refused',
    message:
      `The query of "${widget.title}" is too large for a widget: ${found}. ` +
      'Filter it further, or propose a read model whose rows are shaped like the chart.',
    detail: { widgetId: widget.widgetId, mostRows: mostModelRows, mostCost: mostModelCost },
  });
}
