import { buildCatalog, type Catalog } from './catalog.ts';
import { estimateFrom } from './estimate-cores.ts';
import { viewHistory, type HistoryView } from './history-view.ts';
import type { Cores, DiagnosisInput } from './input.ts';
import { buildIntervals, type Interval } from './intervals.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';

/** History in the shape that every question to it needs. */
export interface Study {
  readonly view: HistoryView;
  readonly catalog: Catalog;
  readonly intervals: readonly Interval[];
  readonly unit: SaveUnit;
  readonly cores: Cores;
}

export function study(input: DiagnosisInput): Study {
  const view = viewHistory(input);
  const catalog = buildCatalog(input, view);
  const intervals = buildIntervals(view, catalog, input.statisticsAvailable);
  const unit = findSaveUnit(intervals);
  const cores = input.cores.value === null ? estimateFrom(intervals, catalog, unit) : input.cores;
  return { view, catalog, intervals, unit, cores };
}
