import { formatCount } from '../../../../shared/format/count.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { WidgetFiltering } from '../../../../shared/model/dashboard-filter.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { LiveComparison } from '../../../../shared/model/live-comparison.ts';
import type { Clock } from '../../ports.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { splitAsOf } from '../as-of-column.ts';
import { typeNames } from '../column-types.ts';
import { planFacts, type PlanNode } from '../filters/model-plan.ts';
import { currentDefinition } from '../filters/model-periods.ts';
import { filterAnswer } from '../filters/live-filter.ts';
import { noFilters, type ResolvedFilter } from '../filters/resolve-filters.ts';
import { modelsAsOf } from '../models-as-of.ts';
import { beginSnapshot, dashboardsApplicationName, mostRows } from '../read-widget.ts';
import { widgetQuery } from '../widget-query.ts';
import { compareAnswers, type Answer } from './compare-answers.ts';

/** A person waits for it, and the ERP goes on meanwhile. */
const timeoutMs = 20_000;
/**
 * The demo's heaviest executive widget costs 0.5 million at scale 1 and takes some seconds. Ten times as much is a query
 * that nobody should start by a click.
 */
const mostLiveCost = 5_000_000;

interface CompareOptions {
  readonly server: Server;
  readonly widget: Widget;
  readonly filters: readonly ResolvedFilter[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether it is known that the widget's query over this definition answers for its live query. */
  readonly isProven: (definitionSql: string) => Promise<boolean>;
}

/**
 * Asks a widget's read model and its live query at one snapshot, under the filters that both results can answer. Throws
 * `not_available` for a widget that has no live query or is live itself, `statement_refused` for one that is too costly,
 * `cancelled`, and what the server says.
 */
export async function compareLive(options: CompareOptions): Promise<LiveComparison> {
  const { server, widget, signal } = options;
  const limits = { statementTimeoutMs: timeoutMs, applicationName: dashboardsApplicationName, signal };
  try {
    return await server.withReadonly((session) => session.snapshot((sql) => compareIn(sql, options)), limits);
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (signal.aborted) throw cancelled(widget, `Comparing "${widget.title}" with live was cancelled.`, error);
    if (error.value.sqlstate !== '57014') throw error;
    const why = `was stopped after ${timeoutMs / 1000} s, its limit, so that it does not hold up the ERP`;
    throw cancelled(widget, `The live query of "${widget.title}" ${why}. The read model’s number stands.`, error);
  }
}

async function compareIn(
  sql: Sql,
  { server, widget, filters, clock, isProven }: CompareOptions,
): Promise<LiveComparison> {
  const { modelSql, liveSql, readModel } = comparable(widget);
  const snapshot = await beginSnapshot(sql);
  const asked = await bothFiltered(sql, modelSql, liveSql, filters);
  const expectedCost = await refuseCostly(sql, widget, asked.live);
  const overModel = { ...widget, source: { kind: 'read_model' as const, readModel, sql: asked.model } };
  const { text, models } = await widgetQuery(server, sql, overModel, noFilters);
  const model = await answerOf(server, sql, widget, text, clock);
  const live = await answerOf(server, sql, widget, asked.live, clock);
  const split = splitAsOf(model.answer);
  const asOf = split.asOf ?? (await modelsAsOf(sql, models));
  const definition = await currentDefinition(sql, readModel);
  return {
    widgetId: widget.widgetId,
    ...compareAnswers(widget, split, live.answer),
    model: { readModel, asOf, rows: split.rows.length, tookMs: model.tookMs },
    live: { asOf: snapshot.asOf, rows: live.answer.rows.length, tookMs: live.tookMs, expectedCost },
    ageMs: asOf === null ? null : Math.max(0, Date.parse(snapshot.asOf) - Date.parse(asOf)),
    filtering: asked.filtering,
    proven: definition !== null && (await isProven(definition)),
  };
}

function comparable({ widgetId, title, source, liveSql }: Widget) {
  if (source.kind === 'read_model' && liveSql !== undefined) {
    return { modelSql: source.sql, liveSql, readModel: source.readModel };
  }
  const why =
    source.kind === 'live'
      ? 'it asks the base tables already'
      : 'it was made from its read model, and has no query over base tables';
  throw new Failure({
    code: 'not_available',
    message: `"${title}" cannot be compared with live: ${why}.`,
    detail: { widgetId },
  });
}

interface BothFiltered {
  readonly model: string;
  readonly live: string;
  /** null: no filter was chosen. */
  readonly filtering: WidgetFiltering | null;
}

/** Both results under the filters that each of them has a column for; the others are left out on both sides. */
async function bothFiltered(
  sql: Sql,
  modelSql: string,
  liveSql: string,
  filters: readonly ResolvedFilter[],
): Promise<BothFiltered> {
  if (filters.length === 0) return { model: modelSql, live: liveSql, filtering: null };
  const onModel = await filterAnswer(sql, modelSql, filters, noColumn('the widget’s own answer'));
  const onLive = await filterAnswer(sql, liveSql, filters, noColumn('the live answer'));
  const left = [...onModel.filtering.notApplied, ...onLive.filtering.notApplied];
  const shared = filters.filter(({ filter }) => !left.some(({ filterId }) => filterId === filter.filterId));
  const model = await filterAnswer(sql, modelSql, shared, noColumn(''));
  const live = await filterAnswer(sql, liveSql, shared, noColumn(''));
  const notApplied = left.filter((one, at) => left.findIndex(({ filterId }) => filterId === one.filterId) === at);
  return { model: model.text, live: live.text, filtering: { applied: live.filtering.applied, notApplied } };
}

const noColumn = (answer: string) => (columns: readonly string[]) =>
  `${answer} has no column ${columns.join(' or ')}, so both are compared without it`;

async function refuseCostly(sql: Sql, widget: Widget, text: string): Promise<number> {
  const [row] = await sql.query<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(`explain (format json) ${text}`);
  const plan = row?.['QUERY PLAN'][0].Plan;
  if (plan === undefined) throw new Error('EXPLAIN gives a plan');
  const { totalCost } = planFacts(plan);
  if (totalCost <= mostLiveCost) return totalCost;
  throw new Failure({
    code: 'statement_refused',
    message:
      `The live query of "${widget.title}" is not started: the planner expects a cost of ${formatCount(totalCost)}, and ` +
      `${formatCount(mostLiveCost)} is the most for a comparison. Choose filters that the live answer has columns for, ` +
      'or compare outside of business hours with psql.',
    detail: { widgetId: widget.widgetId, expectedCost: totalCost, mostCost: mostLiveCost },
  });
}

async function answerOf(
  server: Server,
  sql: Sql,
  widget: Widget,
  text: string,
  clock: Clock,
): Promise<{ readonly answer: Answer; readonly tookMs: number }> {
  const startedAtMs = clock.nowMs();
  const { rows, columns } = await sql.queryText(text);
  const tookMs = clock.nowMs() - startedAtMs;
  if (rows.length > mostRows) {
    throw new Failure({
      code: 'statement_refused',
      message: `"${widget.title}" cannot be compared with live: an answer has ${formatCount(rows.length)} rows, and ${formatCount(mostRows)} is the most.`,
      detail: { widgetId: widget.widgetId, mostRows },
    });
  }
  const names = await typeNames(
    server,
    sql,
    columns.map(({ typeOid }) => typeOid),
  );
  const typed = columns.map(({ name, typeOid }) => ({ name, type: names.get(typeOid) ?? String(typeOid) }));
  return { answer: { columns: typed, rows }, tookMs };
}

const cancelled = ({ widgetId }: Widget, message: string, cause: unknown): Failure =>
  new Failure({ code: 'cancelled', message, detail: { widgetId }, retryable: true }, { cause });
