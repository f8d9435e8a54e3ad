import { buildCatalog, type Catalog } from './catalog.ts';
import { estimateFrom } from './estimate-cores.ts';
import { viewHistory, type HistoryView } from './history-view.ts';
import type { Cores, DiagnosisInput, StoredHistory } from './input.ts';
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

/** What a study is made of. The rest of an input, a fortnight of minutes among it, is not held on to. */
type Studied = StoredHistory & Pick<DiagnosisInput, 'statisticsAvailable' | 'cores'>;

/** The latest three: somebody who brushes asks of the same history again and again, or compares it with another. */
let latest: readonly { readonly of: Studied; readonly studied: Study }[] = [];

export function study(input: DiagnosisInput): Study {
  const known = latest.find(({ of }) => isSameHistory(of, input));
  if (known !== undefined) return known.studied;
  const { statements, deltas, samples, overrides, widgets, ownApplicationNames, statisticsAvailable, cores } = input;
  const of = { statements, deltas, samples, overrides, widgets, ownApplicationNames, statisticsAvailable, cores };
  const studied = studyAnew(of);
  latest = [{ of, studied }, ...latest.slice(0, 2)];
  return studied;
}

/** The store hands out the same objects while nothing changed. */
function isSameHistory(a: Studied, b: Studied): boolean {
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

function studyAnew(input: Studied): Study {
  const view = viewHistory(input);
  const catalog = buildCatalog(input, view);
  const intervals = buildIntervals(view, catalog, input.statisticsAvailable);
  const unit = findSaveUnit(intervals);
  const cores = input.cores.value === null ? estimateFrom(intervals, catalog, unit) : input.cores;
  return { view, catalog, intervals, unit, cores };
}
