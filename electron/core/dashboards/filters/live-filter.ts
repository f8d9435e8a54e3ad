import type { WidgetFiltering } from '../../../../shared/model/dashboard-filter.ts';
import type { Sql } from '../../postgres/session.ts';
import { describeColumns } from '../../read-model/propose/describe-columns.ts';
import { parseSelect } from '../../read-model/propose/parse-select.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { isObject } from '../../sql-text/tree.ts';
import { conditionOf, isCondition } from './condition-sql.ts';
import type { ResolvedFilter } from './resolve-filters.ts';

export interface FilteredAnswer {
  readonly text: string;
  readonly filtering: WidgetFiltering;
}

/**
 * A query filtered on the rows of its result: there alone a filter means the same whatever the query does inside. What
 * is no column of the result does not filter it. `noColumn` ends the sentence that says so.
 */
export async function filterAnswer(
  sql: Sql,
  query: string,
  filters: readonly ResolvedFilter[],
  noColumn: (columns: readonly string[]) => string,
): Promise<FilteredAnswer> {
  const select = await readable(query);
  const unfiltered = (reason: string): FilteredAnswer => ({
    text: query,
    filtering: {
      applied: [],
      notApplied: filters.map(({ filter: { filterId, label } }) => ({ filterId, label, reason })),
    },
  });
  if (select === null) return unfiltered('its query is no single SELECT');
  if (isObject(select.tree['limitCount']) || isObject(select.tree['limitOffset'])) {
    return unfiltered('its query takes the first rows only, and a filter would come after that');
  }
  const columns = await describeColumns(sql, select.text);
  const conditions: string[] = [];
  const applied: WidgetFiltering['applied'] = [];
  const notApplied: WidgetFiltering['notApplied'] = [];
  for (const chosen of filters) {
    const { filterId, label, columns: wanted } = chosen.filter;
    const named = wanted
      .map((name) => columns.filter((column) => column.name === name))
      .find(({ length }) => length > 0);
    const [column] = named ?? [];
    const condition = column === undefined ? { why: noColumn(wanted) } : conditionOf(chosen, column);
    if (named !== undefined && named.length > 1) {
      notApplied.push({ filterId, label, reason: `its answer has several columns ${column?.name}` });
    } else if (isCondition(condition) && column !== undefined) {
      conditions.push(condition.sql);
      applied.push({
        filterId,
        columns: [column.name],
        period: chosen.kind === 'period' ? { ...chosen.span, timeZone: condition.timeZone } : null,
        notes: [...condition.notes],
      });
    } else notApplied.push({ filterId, label, reason: isCondition(condition) ? '' : condition.why });
  }
  if (conditions.length === 0) return { text: query, filtering: { applied, notApplied } };
  // The line break ends a comment that the text may end with.
  const text = `select * from (${select.text}\n) as daybreak_answer\nwhere ${conditions.join('\n  and ')}`;
  return { text, filtering: { applied, notApplied } };
}

async function readable(query: string) {
  try {
    return await parseSelect(query);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}
