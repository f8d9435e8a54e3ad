import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterChoices } from '../../../../shared/model/dashboard-filter.ts';
import { choicesKeptAs } from '../../history/kept-choices.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { Freshness } from '../../../../shared/model/freshness.ts';
import type { DashboardStore } from '../../history/history.ts';
import type { Clock } from '../../ports.ts';
import type { Server } from '../../postgres/session.ts';
import { isOutOfReach } from '../out-of-reach.ts';
import { mostChoices, readChoices } from './read-choices.ts';

interface Options {
  readonly store: DashboardStore;
  readonly clock: Clock;
}

interface Asked {
  readonly server: Server | null;
  readonly dashboard: Dashboard;
  readonly filterId: string;
  readonly search: string | null;
  readonly limit: number;
}

/**
 * The values of a choice filter: from the dashboard's read models, or the kept ones where the database is out of reach.
 * They are kept like the numbers of a widget that no dashboard has. Throws `not_found`, `invalid_input` for a period,
 * `not_connected` where nothing is kept either.
 */
export async function filterChoices({ store, clock }: Options, asked: Asked): Promise<FilterChoices> {
  const { server, dashboard, filterId } = asked;
  const filter = choiceFilter(dashboard, filterId);
  const search = asked.search === null || asked.search.trim() === '' ? null : asked.search.trim();
  const kept = async (reason: string): Promise<FilterChoices> => {
    const stored = await store.lastResult(dashboard.dashboardId, keptAs(filter), keyOf(filter));
    if (stored !== null) return fromKept(filterId, stored, search, asked.limit, reason);
    throw new Failure({
      code: 'not_connected',
      message: `The values of ${filter.label} have not been read yet, and the database is out of reach: ${reason}`,
      retryable: true,
    });
  };
  if (server === null) return kept('the database is not connected.');
  try {
    const read = await readChoices(server, dashboard, filter, search);
    const freshness: Freshness = { asOf: read.asOf, source: 'live', state: read.asOf === null ? 'unknown' : 'fresh' };
    if (search === null && read.readModels.length > 0) {
      const data: WidgetData = { widgetId: keptAs(filter), columns, rows: read.rows, freshness, tookMs: null };
      await store.saveResult(dashboard.dashboardId, keyOf(filter), data, clock.nowMs());
    }
    const { readModels, leftOut } = read;
    return { filterId, ...shownOf(read.rows, asked.limit), readModels, leftOut, freshness };
  } catch (error) {
    if (!isFailure(error) || !isOutOfReach(error)) throw error;
    return kept(error.value.message);
  }
}

const columns = [
  { name: 'value', type: 'text' },
  { name: 'rows', type: 'bigint' },
];

/** No widget has an id with a colon in it. */
const keptAs = ({ filterId }: DashboardFilter): string => choicesKeptAs(filterId);
const keyOf = (filter: DashboardFilter): string => JSON.stringify(filter.columns);

function choiceFilter({ title, filters = [] }: Dashboard, filterId: string): DashboardFilter {
  const filter = filters.find((one) => one.filterId === filterId);
  if (filter === undefined) {
    throw new Failure({ code: 'not_found', message: `The dashboard ${title} has no filter ${filterId}.` });
  }
  if (filter.kind === 'choice') return filter;
  throw new Failure({
    code: 'invalid_input',
    message: `${filter.label} is a period: it takes a first and a last day, and has no values to choose from.`,
  });
}

function fromKept(
  filterId: string,
  stored: WidgetData,
  search: string | null,
  limit: number,
  reason: string,
): FilterChoices {
  const wanted = search?.toLowerCase() ?? '';
  const rows = stored.rows.filter(([value]) => search === null || (value ?? '').toLowerCase().includes(wanted));
  const freshness: Freshness = { ...stored.freshness, source: 'cache', state: 'offline', reason };
  return { filterId, ...shownOf(rows, limit), readModels: [], leftOut: [], freshness };
}

function shownOf(rows: WidgetData['rows'], limit: number): Pick<FilterChoices, 'choices' | 'more'> {
  const most = Math.min(limit, mostChoices);
  const choices = rows.slice(0, most).map(([value = null, count = null]) => ({ value, rows: Number(count ?? 0) }));
  return { choices, more: rows.length > most };
}
