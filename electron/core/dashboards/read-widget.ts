import { formatDuration } from '../../../shared/format/duration.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { Clock } from '../ports.ts';
import type { Server, SessionLimits, Sql } from '../postgres/session.ts';
import { asOfColumn, splitAsOf } from './as-of-column.ts';
import { typeNames } from './column-types.ts';
import { noFilters, type ResolvedFilter } from './filters/resolve-filters.ts';
import { modelsAsOf } from './models-as-of.ts';
import { liveLimitMs } from './live-steps.ts';
import { registryAsOf } from './registry-as-of.ts';
import { servedVersion } from './served-version.ts';
import { readFreshness } from './widget-freshness.ts';
import { widgetQuery, type WidgetQuery } from './widget-query.ts';

/** A reader may re-aggregate its own rows, bounded. */
export const mostRows = 50_000;
/** The planner may be wrong by an order of magnitude; what it expects beyond this is not even started. */
const mostExpectedRows = 10 * mostRows;

/** Not 'daybreak': what dashboards cost is as much a suspect as any other reader's queries. */
export const dashboardsApplicationName = 'daybreak-dashboards';

/**
 * An operational number is refreshed all day by everybody, so it has to be cheap. An executive query that is not moved
 * to a read model yet takes what it takes on a slow morning, up to a minute.
 */
function statementTimeoutMs({ source, budget }: Widget): number {
  if (source.kind === 'read_model') return 10_000;
  return budget === 'live' ? liveLimitMs : 60_000;
}

interface ReadLimits {
  readonly filters?: readonly ResolvedFilter[];
  /** A shorter time limit than the widget's own, ms. */
  readonly mostMs?: number;
}

/**
 * One widget's number from the server, in one snapshot, with the moment of that snapshot (live) or of the model's copy.
 * Without filters the SQL is sent as it stands: wrapped, it would be another queryid than the one that people see in the
 * statistics. Throws `statement_refused` beyond 50,000 rows, `cancelled` after its time limit, and what the server says.
 */
export async function readWidget(
  server: Server,
  widget: Widget,
  clock: Clock,
  signal: AbortSignal,
  { filters = noFilters, mostMs = Number.POSITIVE_INFINITY }: ReadLimits = {},
): Promise<WidgetData> {
  const limits: SessionLimits = {
    statementTimeoutMs: Math.min(mostMs, statementTimeoutMs(widget)),
    applicationName: dashboardsApplicationName,
    signal,
  };
  const startedAtMs = clock.nowMs();
  try {
    return await server.withReadonly(
      (session) =>
        session.snapshot(async (sql) => {
          const snapshot = await beginSnapshot(sql);
          const query = await widgetQuery(server, sql, widget, filters);
          if (widget.source.kind === 'live') await refuseLarge(server, sql, widget, query.text);
          const { rows, columns } = await sql.queryText(query.text);
          if (rows.length > mostRows) throw tooManyRows(widget, `it gave ${rows.length} rows`);
          const names = await typeNames(
            server,
            sql,
            columns.map((column) => column.typeOid),
          );
          const table = {
            rows,
            columns: columns.map(({ name, typeOid }) => ({ name, type: names.get(typeOid) ?? String(typeOid) })),
          };
          const read = await withAsOf(sql, widget, table, snapshot.asOf, query);
          const serverNowMs = Date.parse(snapshot.asOf);
          return {
            widgetId: widget.widgetId,
            columns: read.columns,
            rows: read.rows,
            freshness: readFreshness(widget, read.asOf, serverNowMs, read.unknownReason),
            tookMs: clock.nowMs() - startedAtMs,
            ...(query.filtering === null ? {} : { filtering: query.filtering }),
            ...(widget.source.kind === 'live'
              ? {}
              : { modelVersion: await servedVersion(sql, widget.source.readModel) }),
          };
        }),
      limits,
    );
  } catch (error) {
    throw (
      timedOut(error, widget, limits.statementTimeoutMs ?? 0, signal) ??
      mayNotRead(error, widget, server.facts.roleName) ??
      error
    );
  }
}

/**
 * The server's clock as the snapshot is taken: this is the transaction's first statement. And ISO dates, whatever
 * DateStyle the role has: cells are formatted from that form.
 */
export async function beginSnapshot(sql: Sql): Promise<{ readonly asOf: string }> {
  const [row] = await sql.query<{ as_of: string }>(
    `select to_char(statement_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MSTZH:TZM') as as_of,
            set_config('DateStyle', 'ISO, YMD', true)`,
  );
  if (row === undefined) throw new Error('a select without from gives one row');
  return { asOf: row.as_of };
}

async function withAsOf(
  sql: Sql,
  { source }: Widget,
  table: { columns: { name: string; type: string }[]; rows: (string | null)[][] },
  snapshotAsOf: string,
  { models }: WidgetQuery,
) {
  if (source.kind === 'live') return { ...table, asOf: snapshotAsOf, unknownReason: null };
  const split = splitAsOf(table);
  if (!split.hasAsOf) {
    return { ...split, unknownReason: `the query of this widget does not read ${asOfColumn} of ${source.readModel}` };
  }
  // No rows, or one that adds up none: what answered is still as old as its models.
  const ofModels = split.asOf ?? (await modelsAsOf(sql, models));
  const asOf = ofModels ?? (split.rows.length === 0 ? await registryAsOf(sql, source.readModel) : null);
  const unknownReason = asOf === null ? `the registry does not say how old ${source.readModel} is` : null;
  return { ...split, asOf, unknownReason };
}

/** Queries that the planner found small enough, per connection: each is asked about once. */
const foundSmall = new WeakMap<Server, Set<string>>();

async function refuseLarge(server: Server, sql: Sql, widget: Widget, text: string): Promise<void> {
  const small = foundSmall.get(server) ?? new Set<string>();
  foundSmall.set(server, small);
  if (small.has(text)) return;
  const [row] = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(`explain (format json) ${text}`);
  const expected = row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  if (expected > mostExpectedRows) throw tooManyRows(widget, `the planner expects ${expected} rows`);
  small.add(text);
}

function tooManyRows(widget: Widget, found: string): Failure {
  return new Failure({
    code: 'statement_refused',
    message:
      `The query of "${widget.title}" is too large for a widget: ${found}, and ${mostRows} is the most. ` +
      'Aggregate in the query, or propose a read model whose rows are shaped like the chart.',
    detail: { widgetId: widget.widgetId, mostRows },
  });
}

function timedOut(error: unknown, widget: Widget, limitMs: number, signal: AbortSignal): Failure | null {
  if (!isFailure(error) || error.value.sqlstate !== '57014' || signal.aborted) return null;
  return new Failure(
    {
      code: 'cancelled',
      message:
        `"${widget.title}" was stopped after ${formatDuration(limitMs)}, its limit, so that it does not hold up the ERP. ` +
        'Propose a read model for it, or make its query cheaper.',
      sqlstate: '57014',
      retryable: true,
      detail: { widgetId: widget.widgetId, limitMs },
    },
    { cause: error },
  );
}

/** A role whose grants reach the stable views only meets a widget that still asks the tables of the ERP. */
function mayNotRead(error: unknown, widget: Widget, role: string): Failure | null {
  if (!isFailure(error) || error.value.sqlstate !== '42501') return null;
  const { source, title } = widget;
  const text =
    source.kind === 'live'
      ? `"${title}" asks tables of the ERP that role ${role} may not read. Its number comes once a read model answers it: ask whoever looks after Daybreak to build one.`
      : `Role ${role} may not read the read model ${source.readModel}, which "${title}" shows. Whoever looks after Daybreak can grant it the stable view.`;
  return new Failure(
    {
      code: 'permission_denied',
      message: text,
      sqlstate: '42501',
      detail: { widgetId: widget.widgetId, said: error.value.message },
    },
    { cause: error },
  );
}
