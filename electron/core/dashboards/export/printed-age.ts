import { exactMoment } from '../../../../shared/format/freshness-label.ts';
import { holdInFull } from '../../../../shared/format/hold-text.ts';
import { formatCounted } from '../../../../shared/format/count.ts';
import { assertNever } from '../../../../shared/model/failure.ts';
import type { ExportFilter } from '../../../../shared/model/dashboard-export.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { Budget, Freshness } from '../../../../shared/model/freshness.ts';

/** What a number says about its age on paper, where nobody can hover: never "this morning". */
export interface PrintedAge {
  /** 'as of 20 November 2026, 07:30:12 CET', and what held its read model then. */
  readonly asOf: string;
  /** 'read model monthly_sales', 'base tables' */
  readonly source: string;
  /** 'stale: older than twice its budget of 30 minutes'; null where there is nothing to warn of. */
  readonly warning: string | null;
}

export function printedAge(widget: Widget, freshness: Freshness, timeZone: string): PrintedAge {
  const atMs = freshness.asOf === null ? Number.NaN : Date.parse(freshness.asOf);
  const moment = (momentMs: number): string => exactMoment(momentMs, timeZone);
  const holds = (freshness.holds ?? []).map((hold) => holdInFull(hold, moment));
  return {
    asOf: [Number.isNaN(atMs) ? 'as of an unknown time' : `as of ${moment(atMs)}`, ...holds].join(', '),
    source: widget.source.kind === 'read_model' ? `read model ${widget.source.readModel}` : 'base tables',
    warning: warningOf(widget.budget, freshness),
  };
}

function warningOf(budget: Budget, { state, reason }: Freshness): string | null {
  switch (state) {
    case 'live':
    case 'fresh':
      return null;
    case 'due':
      return `due: older than ${budgetText(budget)}`;
    case 'stale':
      return `stale: older than twice ${budgetText(budget)}`;
    case 'refreshing':
      return 'a newer number was on its way';
    case 'offline':
      return `offline: ${reason ?? 'the database was out of reach'}`;
    case 'unknown':
      return `age unknown: ${reason ?? 'no as-of time came with the number'}`;
    default:
      return assertNever(state);
  }
}

function budgetText(budget: Budget): string {
  if (budget === 'live') return 'a minute, which is all that a live number may be';
  if ('nightly' in budget) return `its budget, nightly at ${budget.nightly.at} ${budget.nightly.timeZone}`;
  const { minutes } = budget;
  if (minutes % 1440 === 0) return `its budget of ${formatCounted(minutes / 1440, 'day')}`;
  if (minutes % 60 === 0) return `its budget of ${formatCounted(minutes / 60, 'hour')}`;
  return `its budget of ${formatCounted(minutes, 'minute')}`;
}

/** 'Filters: Region: North · Period: this year'; without any, that there are none: a reader of paper cannot look. */
export function printedFilters(filters: readonly ExportFilter[]): string {
  if (filters.length === 0) return 'Filters: none';
  return `Filters: ${filters.map(({ title, text }) => `${title}: ${text}`).join(' · ')}`;
}

/** 'oldest number as of 20 November 2026, 07:30:12 CET': what a dashboard says of itself. `freshness` null: it has none. */
export function dashboardAge(freshness: Freshness | null, { timeZone }: { readonly timeZone: string }): string {
  const atMs = freshness?.asOf == null ? Number.NaN : Date.parse(freshness.asOf);
  return Number.isNaN(atMs) ? 'no number with a known age' : `oldest number as of ${exactMoment(atMs, timeZone)}`;
}
