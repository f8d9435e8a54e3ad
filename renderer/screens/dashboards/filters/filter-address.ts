import { isDay, periodPresets, type PeriodPreset } from '../../../../shared/format/period-days.ts';
import { mostFilterValues } from '../../../../shared/model/filter-limits.ts';
import type { DashboardFilter, FilterValue, FilterValues } from '../../../../shared/model/dashboard-filter.ts';
import type { Params } from '../../../app/route.ts';

/** Params of filters stand apart from those that the screen has besides. */
const prefix = 'f.';

/** Rows without a value; a text that begins with the mark has it twice. */
const mark = '~';
const none = `${mark}none`;

export interface AddressFilters {
  readonly values: FilterValues;
  /** Params that this dashboard cannot be filtered by: a link that is older than its filters. */
  readonly wrong: readonly string[];
}

/**
 * What the address chooses: `?f.region=North&f.region=South&f.period=last_month`, or `f.period=2026-11-01..2026-11-30`,
 * first and last day. What it chooses wrongly is named and leaves all rows.
 */
export function filtersFromAddress(params: URLSearchParams, filters: readonly DashboardFilter[]): AddressFilters {
  const names = new Set([...params.keys()].filter((name) => name.startsWith(prefix)));
  const values: Record<string, FilterValue> = {};
  const wrong: string[] = [];
  for (const name of names) {
    const filter = filters.find(({ filterId }) => name === `${prefix}${filterId}`);
    const value = filter === undefined ? null : valueOf(filter, params.getAll(name));
    if (filter === undefined || value === null) wrong.push(`${name}=${params.getAll(name).join(', ')}`);
    else values[filter.filterId] = value;
  }
  return { values, wrong };
}

function valueOf({ kind }: DashboardFilter, texts: readonly string[]): FilterValue | null {
  if (kind === 'period') return periodOf(texts[0] ?? '');
  return texts.length > mostFilterValues ? null : { kind: 'values', values: texts.map(textToChoice) };
}

/** Changes of the address that choose a value in one filter; null: all rows. */
export const addressOf = (filterId: string, value: FilterValue | null): Params => ({
  [`${prefix}${filterId}`]: value === null ? null : textsOf(value),
});

/** Changes of the address that take out what was chosen wrongly. */
export const withoutWrong = (wrong: readonly string[]): Params =>
  Object.fromEntries(wrong.map((one) => [one.slice(0, one.indexOf('=')), null]));

/** Changes of the address that choose nothing. */
export const clearedAddress = (params: URLSearchParams): Params =>
  Object.fromEntries([...params.keys()].filter((name) => name.startsWith(prefix)).map((name) => [name, null]));

function textsOf(value: FilterValue): string | string[] | null {
  switch (value.kind) {
    case 'preset':
      return value.preset;
    case 'days':
      return `${value.from}..${value.to}`;
    case 'values':
      return value.values.length === 0 ? null : value.values.map(choiceToText);
  }
}

/** A value as one text, and back: for addresses and lists of choices. */
export const choiceToText = (value: string | null): string =>
  value === null ? none : value.startsWith(mark) ? `${mark}${value}` : value;
export const textToChoice = (text: string): string | null =>
  text === none ? null : text.startsWith(mark) ? text.slice(mark.length) : text;

function periodOf(text: string): FilterValue | null {
  if (isPreset(text)) return { kind: 'preset', preset: text };
  const [from = '', to = from] = text.split('..');
  return isDay(from) && isDay(to) && from <= to ? { kind: 'days', from, to } : null;
}

const isPreset = (text: string): text is PeriodPreset => (periodPresets as readonly string[]).includes(text);
