import { buildCatalog, type Catalog } from './catalog.ts';
import { estimateFrom } from './estimate-cores.ts';
import { viewHistory, type HistoryView } from './history-view.ts';
import type { Cores, DiagnosisInput } from './input.ts';
import { buildIntervals, type Interval } from './intervals.ts';
import { areSame } from './same.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';

/** History in the shape that every question to it needs. */
export interface Study {
  readonly view: HistoryView;
  readonly catalog: Catalog;
  readonly intervals: readonly Interval[];
  readonly unit: SaveUnit;
  readonly cores: Cores;
}

/** The latest one: somebody who brushes asks of the same history again and again. */
let latest: { readonly input: DiagnosisInput; readonly studied: Study } | null = null;

export function study(input: DiagnosisInput): Study {
  if (latest !== null && isSameHistory(latest.input, input)) return latest.studied;
  const studied = studyAnew(input);
  latest = { input, studied };
  return studied;
}

/** The store hands out the same objects while nothing changed. */
function isSameHistory(a: DiagnosisInput, b: DiagnosisInput): boolean {
  return (
    a.statisticsAvailable === b.statisticsAvailable &&
    a.cores.value === b.cores.value &&
    a.cores.source === b.cores.source &&
    areSame(a.deltas, b.deltas) &&
    areSame(a.samples, b.samples) &&
    areSame(a.statements, b.statements) &&
    areSame(a.ownApplicationNames, b.ownApplicationNames) &&
    areSame([...a.overrides].flat(), [...b.overrides].flat()) &&
    JSON.stringify(a.widgets) === JSON.stringify(b.widgets)
  );
}

function studyAnew(input: DiagnosisInput): Study {
  const view = viewHistory(input);
  const catalog = buildCatalog(input, view);
  const intervals = buildIntervals(view, catalog, input.statisticsAvailable);
  const unit = findSaveUnit(intervals);
  const cores = input.cores.value === null ? estimateFrom(intervals, catalog, unit) : input.cores;
  return { view, catalog, intervals, unit, cores };
}
