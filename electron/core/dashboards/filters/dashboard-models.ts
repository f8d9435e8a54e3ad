import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import type { FilterColumn } from '../../../../shared/model/dashboard-filter.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import type { Sql } from '../../postgres/session.ts';
import { analyseSelect, type Placed } from '../../read-model/propose/analyse-select.ts';
import { parseSelect } from '../../read-model/propose/parse-select.ts';
import { asOfColumn } from '../as-of-column.ts';
import { isPeriodType } from './condition-sql.ts';
import { readRelations, stableModels, type StableModel } from './read-relations.ts';

/** Read models that widgets of the dashboard read, by name. A query that cannot be read has an error of its own. */
export async function dashboardModels(sql: Sql, { widgets }: Dashboard): Promise<StableModel[]> {
  const names: Placed[] = [];
  for (const { source } of widgets) {
    if (source.kind === 'read_model') names.push(...(await relationsOf(source.sql)));
  }
  const models = stableModels(await readRelations(sql, names));
  return models.toSorted((a, b) => (a.view.name < b.view.name ? -1 : 1));
}

async function relationsOf(query: string): Promise<readonly Placed[]> {
  try {
    return analyseSelect(await parseSelect(query)).relations;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [];
  }
}

/** What a filter could be made of: names and kinds of things, and dates; not amounts. */
export function filterColumnsOf(models: readonly StableModel[]): FilterColumn[] {
  const found = new Map<string, FilterColumn>();
  for (const { view } of models) {
    for (const { name, type } of view.columns) {
      if (name === asOfColumn) continue;
      const kind = isPeriodType(type) ? 'period' : isChoiceType(type) ? 'choice' : null;
      if (kind === null) continue;
      const key = `${kind} ${name}`;
      const before = found.get(key) ?? { column: name, kind, type, readModels: [] };
      found.set(key, { ...before, readModels: [...before.readModels, view.name] });
    }
  }
  return [...found.values()].toSorted(
    (a, b) => b.readModels.length - a.readModels.length || (a.column < b.column ? -1 : 1),
  );
}

const isChoiceType = (type: string): boolean => /^(text|character|character varying|boolean|uuid)(\(|$)/.test(type);
