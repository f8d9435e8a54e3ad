import type { ActivityRow } from '../../../shared/model/sampling.ts';

/**
 * What a sampled session uses or waits for. Disk is one resource: a spill to temporary files slows everybody's
 * reads and WAL flushes, so the four kinds share a queue and differ only in how they are told.
 */
export type ResourceUse = 'cpu' | DiskUse | 'lock' | 'replication' | 'other';
export type DiskUse = 'read_io' | 'write_io' | 'temp_io' | 'wal';

export const isDisk = (use: ResourceUse): use is DiskUse => use === 'wal' || isFile(use);

/** Data and temporary files; not the log. */
export const isFile = (use: ResourceUse): boolean => use === 'read_io' || use === 'write_io' || use === 'temp_io';

const tempEvents = /^BufFile/i;
const walEvents = /^WAL(Sync|Write|InitSync|InitWrite|Insert|BufMapping)/i;
const writeEvents = /^(DataFile(Write|Extend|Sync|Flush|ImmediateSync|Truncate)|CopyFile(Write|Copy))/i;
const dataFileEvents = /^(DataFile|Aio|BufferI?O|CopyFile)/i;

/**
 * Null for a session that neither works nor waits in a statement. No wait event means on a processor, or ready to be
 * on one: PostgreSQL does not see the run queue. (18 reports asynchronous reads as Aio*, older ones as DataFileRead.)
 */
export function resourceUse(
  row: Pick<ActivityRow, 'state' | 'backendType' | 'waitEventType' | 'waitEvent'>,
): ResourceUse | null {
  const background = row.state === null && isBackground(row);
  if (row.state !== 'active' && !background) return null;
  if (row.waitEvent === null) return background ? null : 'cpu';
  if (row.waitEventType === 'Lock') return 'lock';
  if (row.waitEvent === 'SyncRep') return 'replication';
  if (tempEvents.test(row.waitEvent)) return 'temp_io';
  if (walEvents.test(row.waitEvent)) return 'wal';
  if (writeEvents.test(row.waitEvent)) return 'write_io';
  if (dataFileEvents.test(row.waitEvent)) return 'read_io';
  return background ? null : 'other';
}

/** Whom sessions wait for in SyncRep; it runs elsewhere, so no row of its own shows it (history-view.ts). */
export const standbyPrint = 'backend:standby';

/** Checkpointer, walsender ...: they have no state; only what they ask of the disk counts. */
export function isBackground({ backendType }: Pick<ActivityRow, 'backendType'>): boolean {
  return backendType !== 'client backend' && backendType !== 'parallel worker';
}
