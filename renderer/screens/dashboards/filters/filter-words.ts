import { presetDays, type DaySpan, type PeriodPreset } from '../../../../shared/format/period-days.ts';
import { dateTimeFormat } from '../../../../shared/format/zoned-time.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterValue } from '../../../../shared/model/dashboard-filter.ts';

export const presetNames: Readonly<Record<PeriodPreset, string>> = {
  this_month: 'This month',
  last_month: 'Last month',
  this_year: 'This year',
  last_12_months: 'Last 12 months',
};

const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** "1–30 Nov 2026", as the reader's language writes it. */
export function spanText({ from, to }: DaySpan, locale: string): string {
  const [first, last] = [utc(from), utc(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return `${from} – ${to}`;
  const format = dateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return first > last ? `${from} – ${to}` : format.formatRange(first, last);
}

/** "Last month", or the days. */
export const periodText = (value: FilterValue | undefined, locale: string): string => {
  if (value === undefined || value.kind === 'values') return 'all time';
  return value.kind === 'preset' ? presetNames[value.preset] : spanText(value, locale);
};

/** For hovering: which days a period means, and whose. `today`: 'yyyy-mm-dd' in the filter's zone. */
export function periodExact(
  filter: DashboardFilter & { readonly kind: 'period' },
  value: FilterValue | undefined,
  today: string,
  locale: string,
): string {
  const whose = `days begin in ${filter.timeZone}, the business’s own time zone`;
  if (value === undefined || value.kind === 'values') return `All rows · ${whose}`;
  const span = value.kind === 'preset' ? presetDays(value.preset, today) : value;
  return `${spanText(span, locale)}, both days included · ${whose}`;
}

/** What a choice without a value is called. */
export const noValue = '(no value)';

/** Why nothing can be chosen yet; null: it can. */
export function filtersWait({ widgets }: Dashboard): string | null {
  if (widgets.some(({ source }) => source.kind === 'read_model')) return null;
  return (
    'Filters are answered from read models, and every widget here still asks the base tables. ' +
    'Propose a read model for one of them, and its columns can be chosen from.'
  );
}

/** "not filtered by Region and Warehouse", and why; null: every chosen filter reaches the widget. */
export function notFilteredText(data: WidgetData): { readonly text: string; readonly why: string } | null {
  const left = data.filtering?.notApplied ?? [];
  if (left.length === 0) return null;
  const labels = left.map(({ label }) => label);
  const named = labels.length === 1 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
  return { text: `not filtered by ${named}`, why: left.map(({ label, reason }) => `${label}: ${reason}`).join('\n') };
}

/** What a reader has to know beside a filter that applies: weeks that begin in a month, limits of the query's own. */
export const filterNotes = (data: WidgetData): readonly string[] => [
  ...new Set((data.filtering?.applied ?? []).flatMap(({ notes }) => notes)),
];
