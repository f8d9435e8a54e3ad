import { widgetDataSchema, type WidgetData } from '../../../shared/model/dashboard.ts';
import type { SavedResult } from '../../../shared/model/offline-cache.ts';
import type { Prepare } from './prepared.ts';
import { modelRowsSchema, type ModelRows } from './model-rows.ts';
import {
  aboutResult,
  aboutRows,
  bodyFormat,
  readBody,
  type KeyAtHand,
  type ReadBody,
  type ResultPlace,
  type StoredBody,
} from './result-body.ts';
import { knownServerKey } from './servers.ts';

interface ResultRow extends StoredBody {
  readonly result_id: number;
  readonly as_of: string | null;
  readonly stored_at_ms: number;
  readonly model_version: number | null;
}

export interface CacheUsage {
  readonly sizeBytes: number;
  readonly results: number;
  readonly widgets: number;
  readonly readModels: number;
  readonly sealed: number;
  readonly open: number;
}

/** Why the newest number is not the one that is shown. */
const passedOver = {
  damaged: 'a newer saved number is damaged; this is the one before it',
  newer: 'a newer number was saved by a newer Daybreak; this is the last one that this one can read',
} as const;

export function createResultReader(prepare: Prepare, keys: KeyAtHand) {
  const of = `from widget_result join dashboard using (dashboard_key)
    where dashboard_id = ? and widget_id = ? and source_hash = ? and filter_key = ?`;
  const columns = 'result_id, as_of, stored_at_ms, model_version, format, sealed_with, size_bytes';
  const valuesOf = ({ dashboardId, widgetId, sourceHash, filterKey }: ResultPlace) =>
    [dashboardId, widgetId, sourceHash, filterKey] as const;

  const read = (place: ResultPlace, row: ResultRow): ReadBody<WidgetData> =>
    readBody(row, widgetDataSchema, aboutResult(place.widgetId, place.sourceHash, place.filterKey), keys);

  const unreadable = (place: ResultPlace, row: ResultRow, kind: 'locked' | 'damaged' | 'newer'): WidgetData => ({
    widgetId: place.widgetId,
    columns: [],
    rows: [],
    freshness: { asOf: row.as_of, source: 'cache', state: 'unknown' },
    tookMs: null,
    modelVersion: row.model_version,
    unreadable: kind,
  });

  return {
    /**
     * The newest one that can be read, with a word where newer ones had to be passed over. Where none can, what is
     * known of the newest: `unreadable`, with its as-of and without rows.
     */
    lastResult(place: ResultPlace): WidgetData | null {
      let first: { readonly row: ResultRow; readonly kind: 'locked' | 'damaged' | 'newer' } | null = null;
      const ids = prepare<{ result_id: number }>(`select result_id ${of} order by result_id desc`).all(
        ...valuesOf(place),
      );
      for (const { result_id: id } of ids) {
        const row = prepare<ResultRow>(`select ${columns}, body from widget_result where result_id = ?`).get(id);
        if (row === undefined) continue;
        const found = read(place, row);
        if (found.kind === 'yes') return first === null ? found.value : after(found.value, first.kind);
        first ??= { row, kind: found.kind };
        // One key seals them all: the others are locked too.
        if (found.kind === 'locked') break;
      }
      return first === null ? null : unreadable(place, first.row, first.kind);
    },

    /** One of them by its id; null when there is none, or it belongs to another widget or definition. */
    result(place: ResultPlace, resultId: string): WidgetData | null {
      const row = prepare<ResultRow>(`select ${columns}, widget_result.body ${of} and result_id = ?`).get(
        ...valuesOf(place),
        Number(resultId),
      );
      if (row === undefined) return null;
      const found = read(place, row);
      return found.kind === 'yes' ? found.value : unreadable(place, row, found.kind);
    },

    /** Newest first, without their numbers. */
    results(place: ResultPlace): SavedResult[] {
      return prepare<Omit<ResultRow, 'body'> & { readonly size_bytes: number }>(
        `select ${columns} ${of} order by result_id desc`,
      )
        .all(...valuesOf(place))
        .map((row) => ({
          resultId: String(row.result_id),
          asOf: row.as_of,
          savedAtMs: row.stored_at_ms,
          modelVersion: row.model_version,
          sizeBytes: row.size_bytes,
          readable:
            row.format > bodyFormat
              ? ('newer' as const)
              : row.sealed_with !== null && keys(row.sealed_with) === null
                ? ('locked' as const)
                : ('yes' as const),
        }));
    },

    filterKeys(dashboardId: string, widgetId: string, sourceHash: string): string[] {
      return prepare<{ filter_key: string }>(
        `select distinct filter_key from widget_result join dashboard using (dashboard_key)
         where dashboard_id = ? and widget_id = ? and source_hash = ? order by filter_key`,
      )
        .all(dashboardId, widgetId, sourceHash)
        .map((row) => row.filter_key);
    },

    /** The rows of a read model that were kept; null when there are none, or they cannot be read now. */
    modelRows(serverId: string, readModel: string): ModelRows | null {
      const row = prepare<StoredBody>(
        'select format, sealed_with, body from model_rows where server_key = ? and read_model = ?',
      ).get(knownServerKey(prepare, serverId), readModel);
      if (row === undefined) return null;
      const found = readBody(row, modelRowsSchema, aboutRows(readModel), keys);
      return found.kind === 'yes' ? found.value : null;
    },

    /** As-of and version of the rows that are kept, readable or not. */
    modelRowsHead(serverId: string, readModel: string): { asOf: string | null; modelVersion: number | null } | null {
      const row = prepare<{ as_of: string | null; model_version: number | null }>(
        'select as_of, model_version from model_rows where server_key = ? and read_model = ?',
      ).get(knownServerKey(prepare, serverId), readModel);
      return row === undefined ? null : { asOf: row.as_of, modelVersion: row.model_version };
    },

    usage(): CacheUsage {
      const row = prepare<Omit<CacheUsage, 'sizeBytes'> & { bytes: number | null; rows: number | null }>(
        `select (select sum(size_bytes) from widget_result where pack = 0) as bytes,
                (select sum(size_bytes) from model_rows where pack = 0) as rows,
                (select count(*) from widget_result where pack = 0) as results,
                (select count(*) from (select distinct dashboard_key, widget_id from widget_result where pack = 0)) as widgets,
                (select count(*) from model_rows where pack = 0) as "readModels",
                (select count(*) from widget_result where sealed_with is not null)
                  + (select count(*) from model_rows where sealed_with is not null) as sealed,
                (select count(*) from widget_result where sealed_with is null)
                  + (select count(*) from model_rows where sealed_with is null) as open`,
      ).get();
      if (row === undefined) throw new Error('a select without from gives one row');
      const { bytes, rows, ...counts } = row;
      return { ...counts, sizeBytes: (bytes ?? 0) + (rows ?? 0) };
    },
  };
}

const after = (data: WidgetData, passed: 'locked' | 'damaged' | 'newer'): WidgetData =>
  passed === 'locked' ? data : { ...data, freshness: { ...data.freshness, reason: passedOver[passed] } };
