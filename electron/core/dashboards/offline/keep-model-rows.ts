import { dayOfZonedTime } from '../../../../shared/format/period-days.ts';
import { zonedTime } from '../../../../shared/format/zoned-time.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import type { ModelRowsStore } from '../../history/result-store.ts';
import type { Clock, Logger } from '../../ports.ts';
import { qualifiedName, quoteIdent } from '../../postgres/quote.ts';
import type { Server } from '../../postgres/session.ts';
import { parse } from '../../sql-text/parser.ts';
import { text, walk } from '../../sql-text/tree.ts';
import { readModelRows, zonesOf } from './read-model-rows.ts';
import { questionsOn, type RowQuestions } from './widget-questions.ts';

interface Options {
  readonly store: ModelRowsStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In which the period filters of the server's dashboards begin their days. */
  readonly filterZones: (serverId: string) => Promise<readonly string[]>;
  /** Of all widgets of the server's dashboards that show the read model. */
  readonly queriesOf: (serverId: string, readModel: string) => Promise<readonly string[]>;
}

/**
 * Keeps the rows of small read models beside the results of their widgets, so that filters are answered without the
 * database too. One read for each new as-of, after the widget's own, one at a time, from the stable view alone.
 */
export function createModelRowsKeeper({ store, clock, logger, filterZones, queriesOf }: Options) {
  /** What was looked at last of each model: kept, or found too large. */
  const seen = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();

  const keep = async (server: Server, readModel: string, widgetSql: string, data: WidgetData): Promise<void> => {
    const head = await store.head(server.serverId, readModel);
    const zones = await filterZones(server.serverId);
    const isKept =
      head !== null && head.asOf === data.freshness.asOf && head.modelVersion === (data.modelVersion ?? null);
    const questions = await questionsOn(readModel, [widgetSql, ...(await queriesOf(server.serverId, readModel))]);
    if (isKept && (await tells(server.serverId, readModel, { zones, ...questions }))) return;
    const view = await viewIn(widgetSql, readModel);
    if (view === null) return;
    const rows = await readModelRows(server, view, {
      readModel,
      modelVersion: data.modelVersion ?? null,
      filterZones: zones,
      ...questions,
      today: dayOfZonedTime(zonedTime(clock.nowMs(), 'UTC')),
    });
    await (rows === null ? store.remove(server.serverId, readModel) : store.save(server.serverId, rows, clock.nowMs()));
  };

  /**
   * Whether the rows that are kept can be cut into days in all of these zones and answer all questions; of locked ones
   * nobody can say it.
   */
  const tells = async (
    serverId: string,
    readModel: string,
    { zones, conditions, expressions }: { readonly zones: readonly string[] } & RowQuestions,
  ): Promise<boolean> => {
    if (zones.length + conditions.length + expressions.length === 0) return true;
    const kept = await store.get(serverId, readModel);
    if (kept === null) return true;
    const known = {
      conditions: new Set(kept.conditions?.map(({ condition }) => condition)),
      expressions: new Set(kept.expressions?.map(({ expression }) => expression)),
    };
    return (
      conditions.every((condition) => known.conditions.has(condition)) &&
      expressions.every((expression) => known.expressions.has(expression)) &&
      (zones.length === 0 || tellsPeriods(kept, zones))
    );
  };

  return {
    /** After a number was read. Returns at once. */
    after(server: Server, { source }: Widget, data: WidgetData): void {
      if (source.kind !== 'read_model' || data.freshness.asOf === null) return;
      const { readModel, sql } = source;
      const key = JSON.stringify([server.serverId, readModel]);
      const now = JSON.stringify([data.freshness.asOf, data.modelVersion ?? null]);
      if (seen.get(key) === now) return;
      seen.set(key, now);
      last = last
        .then(() => keep(server, readModel, sql, data))
        .catch((error: unknown) => {
          seen.delete(key);
          const said = isFailure(error) ? error.value : String(error);
          logger.debug({ error: said, readModel }, 'rows of a read model could not be kept for filters offline');
        });
    },
    /** Dashboards have changed, and with them perhaps the zones of their filters. */
    forget: (): void => seen.clear(),
    /** When what was begun is done. */
    settled: (): Promise<void> => last,
  };
}

const tellsPeriods = ({ columns, periods }: ModelRows, zones: readonly string[]): boolean =>
  periods !== undefined && zonesOf(columns, periods.timeZone, zones).every((zone) => zone in periods.days);

/** The stable view as the widget's query names it; null where it does not. */
async function viewIn(sql: string, readModel: string): Promise<string | null> {
  const parsed = await parse(sql);
  if (!parsed.ok) return null;
  const found = new Set<string>();
  for (const { stmt } of parsed.statements) {
    walk(stmt, (kind, fields) => {
      if (kind !== 'RangeVar' || text(fields['relname']) !== readModel) return;
      const schema = text(fields['schemaname']);
      found.add(schema === '' ? quoteIdent(readModel) : qualifiedName(schema, readModel));
    });
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}
