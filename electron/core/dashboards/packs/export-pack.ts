import { Failure } from '../../../../shared/model/failure.ts';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import type { DashboardPack } from '../../../../shared/model/dashboard-pack.ts';
import { writeRecordFile } from '../../captures/write-records.ts';
import type { History, StoredConnection } from '../../history/history.ts';
import type { ResultPlace } from '../../history/result-body.ts';
import { sourceHash } from '../source-hash.ts';
import { packFormat, type PackHead } from './pack-format.ts';
import { withoutSecrets } from './without-secrets.ts';

interface Exported {
  readonly connection: StoredConnection;
  readonly dashboards: readonly Dashboard[];
  /** Passwords that this profile holds: none of them is written. */
  readonly secrets: readonly string[];
  readonly file: string;
  readonly takenAtMs: number;
}

interface Packed {
  readonly place: ResultPlace;
  readonly resultId: string;
  readonly savedAtMs: number;
  readonly asOf: string | null;
}

/** Writes the pack, whole or not at all. Throws `permission_denied` while the saved numbers are locked. */
export async function exportPack(
  history: History,
  { connection, dashboards, secrets, file, takenAtMs }: Exported,
): Promise<Omit<DashboardPack, 'file' | 'sizeBytes'>> {
  const results = (await Promise.all(dashboards.map((dashboard) => resultsOf(history, dashboard)))).flat();
  const moments = results
    .flatMap(({ asOf }) => (asOf === null ? [] : [asOf]))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const pack = {
    label: connection.settings.label,
    takenAtMs,
    dashboards: dashboards.length,
    widgets: dashboards.reduce((sum, { widgets }) => sum + widgets.length, 0),
    results: results.length,
    oldestAsOf: moments[0] ?? null,
    newestAsOf: moments.at(-1) ?? null,
  };
  const head: PackHead = { packId: crypto.randomUUID(), pack, environment: connection.settings.environment };
  await writeRecordFile(file, packFormat, async (writer) => {
    await writer.json('head', head);
    for (const dashboard of dashboards) await writer.json('dashboard', withoutSecrets(dashboard, secrets));
    for (const { place, resultId, savedAtMs } of results) {
      const data = await history.results.get(place, resultId);
      // Dropped or found damaged since it was counted: the others are whole.
      if (data === null || data.unreadable !== undefined) continue;
      const { dashboardId, filterKey } = place;
      await writer.json('result', { dashboardId, filterKey, savedAtMs, data });
    }
    for (const readModel of readModelsOf(dashboards)) {
      const rows = await history.modelRows.get(connection.serverId, readModel);
      if (rows !== null) await writer.json('rows', rows);
    }
    await writer.json('end', null);
  });
  return pack;
}

/** Oldest first, so that whoever opens it saves them in their order. */
async function resultsOf(history: History, { dashboardId, widgets }: Dashboard): Promise<Packed[]> {
  const found: Packed[] = [];
  for (const { widgetId, source, title } of widgets) {
    const hash = sourceHash(source);
    for (const filterKey of await history.results.filterKeys(dashboardId, widgetId, hash)) {
      const place = { dashboardId, widgetId, sourceHash: hash, filterKey };
      for (const { resultId, savedAtMs, asOf, readable } of (await history.results.list(place)).toReversed()) {
        if (readable === 'locked') throw locked(title);
        if (readable === 'yes') found.push({ place, resultId, savedAtMs, asOf });
      }
    }
  }
  return found;
}

const readModelsOf = (dashboards: readonly Dashboard[]): ReadonlySet<string> =>
  new Set(
    dashboards.flatMap(({ widgets }) =>
      widgets.flatMap(({ source }) => (source.kind === 'read_model' ? [source.readModel] : [])),
    ),
  );

const locked = (title: string): Failure =>
  new Failure({
    code: 'permission_denied',
    message: `The saved numbers of "${title}" are locked, and a pack without numbers is of no use. Unlock them first; nothing was written.`,
  });
