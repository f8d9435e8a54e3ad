import { formatCount } from '../../../../shared/format/count.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterChoices } from '../../../../shared/model/dashboard-filter.ts';
import { qualifiedName, quoteIdent } from '../../postgres/quote.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { modelsAsOf } from '../models-as-of.ts';
import { beginSnapshot, dashboardsApplicationName } from '../read-widget.ts';
import { mostModelRows } from './check-model-query.ts';
import { dashboardModels } from './dashboard-models.ts';
import type { StableModel } from './read-relations.ts';

/** Values of one filter that are kept for reading offline. */
export const mostChoices = 1000;
/** Reading names must not keep a reader waiting, nor the server busy. */
const timeoutMs = 5_000;

export interface ChoicesRead {
  /** `value` and `rows`, one more than the most where there are more. */
  readonly rows: WidgetData['rows'];
  readonly asOf: string | null;
  /** The server's clock as they were read, ms. */
  readonly serverNowMs: number;
  readonly readModels: string[];
  readonly leftOut: FilterChoices['leftOut'];
}

/**
 * The distinct values of the filter's column in the dashboard's read models, with the rows that have them, by name.
 * `search`: a part of the value, in any case; null: all.
 */
export async function readChoices(
  server: Server,
  dashboard: Dashboard,
  filter: DashboardFilter,
  search: string | null,
): Promise<ChoicesRead> {
  return server.withReadonly(
    (session) =>
      session.snapshot(async (sql) => {
        const { asOf: nowText } = await beginSnapshot(sql);
        const asked: { model: StableModel; column: string }[] = [];
        const leftOut: ChoicesRead['leftOut'] = [];
        for (const model of await dashboardModels(sql, dashboard)) {
          const column = filter.columns.find((name) => model.view.columns.some((one) => one.name === name));
          if (column === undefined) continue;
          const rows = await expectedRows(sql, model);
          if (rows <= mostModelRows) asked.push({ model, column });
          else leftOut.push({ readModel: model.view.name, reason: tooLarge(rows) });
        }
        const models = asked.map(({ model }) => model);
        const rows = asked.length === 0 ? [] : await distinctValues(sql, asked, search);
        return {
          rows,
          asOf: await modelsAsOf(sql, models),
          serverNowMs: Date.parse(nowText),
          readModels: models.map(({ view }) => view.name),
          leftOut,
        };
      }),
    { statementTimeoutMs: timeoutMs, applicationName: dashboardsApplicationName },
  );
}

const tooLarge = (rows: number): string =>
  `it has about ${formatCount(rows)} rows, and values are read out of at most ${formatCount(mostModelRows)}`;

async function expectedRows(sql: Sql, { view }: StableModel): Promise<number> {
  const [row] = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select from ${qualifiedName(view.schema, view.name)}`,
  );
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

async function distinctValues(
  sql: Sql,
  asked: readonly { readonly model: StableModel; readonly column: string }[],
  search: string | null,
): Promise<WidgetData['rows']> {
  const each = asked.map(
    ({ model: { view }, column }) =>
      `select ${quoteIdent(column)}::text as value, count(*) as rows from ${qualifiedName(view.schema, view.name)} group by 1`,
  );
  const { rows } = await sql.queryText(
    `select value, sum(rows)::bigint as rows from (${each.join(' union all ')}) as found
     where $1::text is null or value ilike $1 group by value order by value limit ${mostChoices + 1}`,
    [search === null ? null : `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`],
  );
  return rows;
}
