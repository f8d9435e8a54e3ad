import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { dashboardSchema } from '../../../../shared/model/dashboard.ts';
import type { DashboardPack } from '../../../../shared/model/dashboard-pack.ts';
import type { Capture } from '../../../../shared/model/history-usage.ts';
import { parsedRecord, readRecordFile, type FileRecord } from '../../captures/read-records.ts';
import { damagedFile } from '../../captures/record-file.ts';
import type { History, StoredConnection } from '../../history/history.ts';
import { modelRowsSchema } from '../../history/model-rows.ts';
import { sourceHash } from '../source-hash.ts';
import {
  packedResultSchema,
  packFormat,
  packHeadSchema,
  packKinds,
  type PackHead,
  type PackKind,
} from './pack-format.ts';

/** The first record of a file, which says what is in it. */
export async function readPackHead(file: string): Promise<PackHead> {
  for await (const record of readRecordFile(file, packFormat)) {
    if (record.kind !== 'head') break;
    return parsedRecord(packFormat, file, packHeadSchema, record.bytes);
  }
  throw damagedFile(packFormat, file, 'its first record does not say what it is');
}

export interface OpenedPack {
  readonly serverId: string;
  readonly pack: DashboardPack;
  /** It was opened before, and nothing was read. */
  readonly known: boolean;
}

/**
 * Takes a file over into the store as a server of its own, whole or not at all. Throws `Failure('invalid_input')` for a
 * file that is damaged, foreign or newer.
 */
export async function importPack(history: History, file: string, sizeBytes: number): Promise<OpenedPack> {
  const head = await readPackHead(file);
  const pack: DashboardPack = { ...head.pack, file, sizeBytes };
  const before = await history.captures.find(head.packId);
  if (before !== null) return { serverId: before, pack, known: true };
  const captureId = head.packId;
  const hidden = await history.captures.begin({ captureId, capture: captureOf(pack), widgets: [] });
  try {
    await fill(history, hidden, head, file);
    const connection = connectionOf(head);
    await history.captures.finish(captureId, connection);
    return { serverId: connection.serverId, pack, known: false };
  } catch (error) {
    await history.captures.abandon(captureId);
    throw error;
  }
}

async function fill(history: History, hidden: string, { packId }: PackHead, file: string): Promise<void> {
  const dashboards = new Map<string, Dashboard>();
  let place = 0;
  for await (const record of readRecordFile(file, packFormat)) {
    const now = packKinds.indexOf(record.kind);
    if (now < place) throw damagedFile(packFormat, file, 'its records are in disorder');
    place = now;
    await take(record);
  }

  async function take({ kind, bytes }: FileRecord<PackKind>): Promise<void> {
    if (kind === 'dashboard') {
      const theirs = parsedRecord(packFormat, file, dashboardSchema, bytes);
      // The same dashboard may be here already, from the server itself or in another pack.
      const ours = { ...theirs, serverId: hidden, dashboardId: `pack-${packId}-${theirs.dashboardId}` };
      dashboards.set(theirs.dashboardId, ours);
      await history.dashboards.save(ours);
    } else if (kind === 'result') {
      const { dashboardId, filterKey, savedAtMs, data } = parsedRecord(packFormat, file, packedResultSchema, bytes);
      const dashboard = dashboards.get(dashboardId);
      const widget = dashboard?.widgets.find(({ widgetId }) => widgetId === data.widgetId);
      if (dashboard === undefined || widget === undefined) {
        throw damagedFile(packFormat, file, 'a number belongs to a widget that is not in it');
      }
      await history.dashboards.saveResult(dashboard.dashboardId, sourceHash(widget.source), data, savedAtMs, filterKey);
    } else if (kind === 'rows') {
      const rows = parsedRecord(packFormat, file, modelRowsSchema, bytes);
      await history.modelRows.save(hidden, rows, 0);
    }
  }
}

/** How it is listed among what was opened from files. */
function captureOf({ file, sizeBytes, label, takenAtMs, oldestAsOf, newestAsOf }: DashboardPack): Capture {
  const atMs = (moment: string | null): number => (moment === null ? takenAtMs : Date.parse(moment));
  return {
    file,
    sizeBytes,
    label,
    takenAtMs,
    fromMs: atMs(oldestAsOf),
    toMs: atMs(newestAsOf),
    statements: 0,
    samples: 0,
    contents: 'dashboards',
  };
}

/** There is nothing to connect to: the address is a word that no resolver knows. */
function connectionOf({ packId, pack, environment }: PackHead): StoredConnection {
  const day = new Date(pack.takenAtMs).toISOString().slice(0, 10);
  return {
    serverId: `pack-${packId}`,
    settings: {
      label: `${pack.label.slice(0, 90)} (dashboards of ${day})`,
      environment,
      host: 'pack.invalid',
      port: 5432,
      database: 'pack',
      user: 'nobody',
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    lastConnectedAtMs: null,
    lastFacts: null,
  };
}
