import { addDays, dayOfZonedTime, isDay, presetDays, type DaySpan } from '../../../../shared/format/period-days.ts';
import { zonedTime } from '../../../../shared/format/zoned-time.ts';
import {
  mostFilterValues,
  type DashboardFilter,
  type FilterValue,
  type FilterValues,
} from '../../../../shared/model/dashboard-filter.ts';
import { Failure } from '../../../../shared/model/failure.ts';

/** A filter with what was chosen in it, ready to be asked: presets have become days. */
export type ResolvedFilter =
  | {
      readonly kind: 'choice';
      readonly filter: DashboardFilter;
      /** Distinct, sorted; null comes last. */
      readonly values: readonly (string | null)[];
    }
  | {
      readonly kind: 'period';
      readonly filter: DashboardFilter & { readonly kind: 'period' };
      readonly span: DaySpan;
      /** The day after the last one: bounds are half-open. */
      readonly before: string;
    };

export const noFilters: readonly ResolvedFilter[] = [];

/** Longer texts are nobody's name for a region. */
const longestValue = 1000;

/**
 * Checks what was chosen against the dashboard's filters and resolves it at `nowMs`, in the order of the dashboard's
 * filters. What chooses nothing is left out. Throws one `invalid_input` that names everything that is wrong.
 */
export function resolveFilters(
  filters: readonly DashboardFilter[],
  values: FilterValues,
  nowMs: number,
): readonly ResolvedFilter[] {
  const known = filters.map(({ filterId }) => filterId);
  const wrong = Object.keys(values)
    .filter((filterId) => !known.includes(filterId))
    .map((filterId) => `there is no filter ${filterId}`);
  const resolved: ResolvedFilter[] = [];
  for (const filter of filters) {
    const value = values[filter.filterId];
    if (value === undefined) continue;
    const one = resolve(filter, value, nowMs);
    if (typeof one === 'string') wrong.push(`${filter.filterId} ${one}`);
    else if (one !== null) resolved.push(one);
  }
  if (wrong.length === 0) return resolved;
  const has = known.length === 0 ? 'This dashboard has no filters' : `This dashboard filters by ${known.join(', ')}`;
  throw new Failure({
    code: 'invalid_input',
    message: `The filters cannot be applied: ${wrong.join('; ')}. ${has}.`,
    detail: { wrong, filters: known },
  });
}

/** The filter as asked, null where it chooses nothing, or what is wrong with it. */
function resolve(filter: DashboardFilter, value: FilterValue, nowMs: number): ResolvedFilter | null | string {
  if (filter.kind === 'choice') {
    if (value.kind !== 'values') return 'takes a list of values, and a period was given';
    if (value.values.length > mostFilterValues) {
      return `takes at most ${mostFilterValues} values at a time, and ${value.values.length} were given`;
    }
    if (value.values.some((one) => one !== null && (one.length > longestValue || one.includes('\0')))) {
      return `takes values of at most ${longestValue} characters, without a zero byte`;
    }
    const distinct = [...new Set(value.values)];
    const named = distinct.filter((one) => one !== null).toSorted();
    if (distinct.length === 0) return null;
    return { kind: 'choice', filter, values: distinct.length > named.length ? [...named, null] : named };
  }
  if (value.kind === 'values') return 'takes a period, and a list of values was given';
  const span = value.kind === 'preset' ? presetDays(value.preset, today(filter.timeZone, nowMs)) : value;
  const bad = [span.from, span.to].find((day) => !isDay(day));
  if (bad !== undefined) return `takes days like 2026-11-30, and ${JSON.stringify(bad)} is none`;
  if (span.to < span.from) return `takes a first and a last day, and ${span.to} lies before ${span.from}`;
  if (span.to === '9999-12-31') return 'takes days before 9999-12-31';
  return { kind: 'period', filter, span: { from: span.from, to: span.to }, before: addDays(span.to, 1) };
}

const today = (timeZone: string, nowMs: number): string => dayOfZonedTime(zonedTime(nowMs, timeZone));

/** The part of a key that tells results under these filters from others; '' without filters. */
export const filtersKey = (filters: readonly ResolvedFilter[]): string =>
  filters.length === 0
    ? ''
    : JSON.stringify(
        filters.map((one) => [
          one.filter.filterId,
          one.filter.columns,
          one.kind === 'choice' ? one.values : [one.span.from, one.before, one.filter.timeZone],
        ]),
      );
