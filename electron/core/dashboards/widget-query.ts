import type { Widget } from '../../../shared/model/dashboard.ts';
import type { WidgetFiltering } from '../../../shared/model/dashboard-filter.ts';
import type { Server, Sql } from '../postgres/session.ts';
import { analyseSelect, type SelectAnalysis } from '../read-model/propose/analyse-select.ts';
import { parseSelect, type ParsedSelect } from '../read-model/propose/parse-select.ts';
import { checkModelQuery } from './filters/check-model-query.ts';
import { filterModels } from './filters/filter-models.ts';
import { filterAnswer } from './filters/live-filter.ts';
import { modelPeriods, type ModelPeriods } from './filters/model-periods.ts';
import { catalogState, readRelations, stableModels, type StableModel } from './filters/read-relations.ts';
import type { ResolvedFilter } from './filters/resolve-filters.ts';

/** What is sent for a widget, and what its filters came to. */
export interface WidgetQuery {
  readonly text: string;
  /** null: no filter was chosen. */
  readonly filtering: WidgetFiltering | null;
  /** Read models that the query names; empty for a live widget. */
  readonly models: readonly StableModel[];
}

/**
 * The widget's query under the filters. One over read models is filtered on the models' own rows, and stays on their
 * copies: throws `statement_refused` where its plan touches anything else, or works on more than a reader may.
 */
export async function widgetQuery(
  server: Server,
  sql: Sql,
  widget: Widget,
  filters: readonly ResolvedFilter[],
): Promise<WidgetQuery> {
  const { source } = widget;
  if (source.kind === 'live') {
    if (filters.length === 0) return { text: source.sql, filtering: null, models: [] };
    const answer = await filterAnswer(sql, source.sql, filters, notInLiveAnswer);
    return { ...answer, models: [] };
  }
  const { select, analysis } = await readOnce(source.sql);
  const relations = await readRelations(sql, analysis.relations);
  const models = stableModels(relations);
  const state = catalogState(relations);
  const known = knownOf(server);
  const filtered =
    filters.length === 0
      ? { text: source.sql, filtering: null }
      : await filterModels(select, analysis, models, filters, await periodsOf(sql, known, models, state));
  const key = JSON.stringify([filtered.text, state]);
  if (!known.checked.has(key)) {
    await checkModelQuery(sql, widget, filtered.text, relations, analysis.functions);
    remember(known.checked, key, true);
  }
  return { ...filtered, models };
}

const notInLiveAnswer = (columns: readonly string[]): string =>
  `it reads the base tables, and its answer has no column ${columns.join(' or ')}`;

interface ReadSelect {
  readonly select: ParsedSelect;
  readonly analysis: SelectAnalysis;
}

/** Parsing takes longer than the query of a small model. */
const read = new Map<string, Promise<ReadSelect>>();
const mostKept = 500;

function readOnce(query: string): Promise<ReadSelect> {
  const known = read.get(query);
  if (known !== undefined) return known;
  const reading = parseSelect(query).then((select) => ({ select, analysis: analyseSelect(select) }));
  remember(read, query, reading);
  return reading;
}

/** What was found out on one connection; it holds as long as the catalog is in the state that stands in the key. */
interface Known {
  readonly checked: Map<string, true>;
  readonly periods: Map<string, ReadonlyMap<string, ModelPeriods>>;
}

const knownByServer = new WeakMap<Server, Known>();

function knownOf(server: Server): Known {
  const known = knownByServer.get(server) ?? { checked: new Map(), periods: new Map() };
  knownByServer.set(server, known);
  return known;
}

async function periodsOf(sql: Sql, { periods }: Known, models: readonly StableModel[], state: string) {
  const known = periods.get(state);
  if (known !== undefined) return known;
  const names = models.map(({ view }) => view.name);
  const found = await modelPeriods(sql, names);
  remember(periods, state, found);
  return found;
}

/** Keeps the newest. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}
