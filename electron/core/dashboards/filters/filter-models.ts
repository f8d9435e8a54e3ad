import type { WidgetFiltering } from '../../../../shared/model/dashboard-filter.ts';
import type { Placed, SelectAnalysis } from '../../read-model/propose/analyse-select.ts';
import type { ParsedSelect } from '../../read-model/propose/parse-select.ts';
import { readComparisons } from '../../sql-text/comparisons.ts';
import { conditionOf, isCondition, isPeriodType, type FilteredColumn } from './condition-sql.ts';
import { filterRanges } from './filter-ranges.ts';
import { unknownPeriods, type ModelPeriods } from './model-periods.ts';
import type { StableModel } from './read-relations.ts';
import type { ResolvedFilter } from './resolve-filters.ts';

type Applied = WidgetFiltering['applied'][number];
type NotApplied = WidgetFiltering['notApplied'][number];

/**
 * A query over read models, each filtered by those of its own columns that the filters name. A filter that not every
 * model of the query has says so; one that none has is not applied.
 */
export async function filterModels(
  select: ParsedSelect,
  analysis: SelectAnalysis,
  models: readonly StableModel[],
  filters: readonly ResolvedFilter[],
  periods: ReadonlyMap<string, ModelPeriods>,
): Promise<{ readonly text: string; readonly filtering: WidgetFiltering }> {
  // The catalog lists them in any order; what is said of them has one.
  const ordered = models.toSorted((a, b) => (a.view.name < b.view.name ? -1 : 1));
  const conditions = new Map<StableModel, string[]>();
  const applied: Applied[] = [];
  const notApplied: NotApplied[] = [];
  for (const chosen of filters) {
    const { filterId, label } = chosen.filter;
    const columns: string[] = [];
    const notes: string[] = [];
    const without: { model: StableModel; why: string }[] = [];
    let timeZone: string | null = null;
    for (const model of ordered) {
      const column = await columnFor(chosen, model, periods.get(model.view.name) ?? unknownPeriods);
      const condition =
        column === null
          ? { why: `${model.view.name} has no column ${chosen.filter.columns.join(' or ')}` }
          : conditionOf(chosen, column);
      if (column === null || !isCondition(condition)) {
        without.push({ model, why: isCondition(condition) ? '' : condition.why });
        continue;
      }
      conditions.set(model, [...(conditions.get(model) ?? []), condition.sql]);
      columns.push(`${model.view.name}.${column.name}`);
      timeZone ??= condition.timeZone;
      notes.push(...condition.notes);
      if (chosen.kind === 'period') notes.push(...ownLimits(select, column.name));
    }
    if (columns.length === 0) {
      const reason = models.length === 0 ? 'it reads no read model' : without.map(({ why }) => why).join('; ');
      notApplied.push({ filterId, label, reason });
      continue;
    }
    for (const { model } of without) notes.push(`all rows of ${model.view.name}, which has no such column`);
    const period = chosen.kind === 'period' ? { ...chosen.span, timeZone } : null;
    applied.push({ filterId, columns, period, notes: [...new Set(notes)] });
  }
  if (conditions.size === 0) return { text: select.text, filtering: { applied, notApplied } };
  const ranges = [...conditions].flatMap(([model, all]) =>
    placesOf(model, analysis).map(({ at }) => ({ at, conditionSql: all.join(' and ') })),
  );
  const text = await filterRanges(select, ranges);
  if (text !== null) return { text, filtering: { applied, notApplied } };
  const reason = 'a filter cannot be written into its query; write each read model with an alias of its own';
  const all = filters.map(({ filter: { filterId, label } }) => ({ filterId, label, reason }));
  return { text: select.text, filtering: { applied: [], notApplied: all } };
}

async function columnFor(
  { kind, filter }: ResolvedFilter,
  { view }: StableModel,
  periods: ModelPeriods,
): Promise<FilteredColumn | null> {
  const named = filter.columns.flatMap((name) => view.columns.find((column) => column.name === name) ?? []);
  // A model may have a text called 'month' beside its date.
  const column = named.find(({ type }) => kind === 'choice' || isPeriodType(type)) ?? named[0];
  if (column === undefined) return null;
  if (kind === 'choice') return column;
  return { ...column, grain: await periods.grainOf(column.name), timeZone: periods.timeZone };
}

const placesOf = ({ view }: StableModel, { relations }: SelectAnalysis): Placed[] =>
  relations.filter((one) => view.written.some(({ schema, name }) => one.schema === schema && one.name === name));

/** What the query itself says about the column: a year that it does not show stays out, whatever is chosen. */
function ownLimits({ tree }: ParsedSelect, column: string): string[] {
  const limited = readComparisons({ SelectStmt: tree }).comparisons.some(
    (one) => one.column.column === column && (one.operator === 'range' || one.operator === 'between'),
  );
  return limited ? [`its own query limits ${column.replaceAll('_', ' ')}, too`] : [];
}
