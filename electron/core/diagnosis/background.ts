import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { StatementGroup } from './catalog.ts';
import { sum } from './damage.ts';
import type { Interval } from './intervals.ts';

/** The server's own processes run no statement: they are known by `backend:<type>`, in raw samples and in rollups. */
const prefix = 'backend:';
export const isBackgroundPrint = (fingerprint: string): boolean => fingerprint.startsWith(prefix);

const names: Readonly<Record<string, string>> = {
  checkpointer: 'checkpoint: writes changed pages to the data files',
  'background writer': 'background writer: writes changed pages ahead of a checkpoint',
  walwriter: 'WAL writer: flushes the log',
  walsender: 'replication: sends the log to a standby or a backup',
  standby: 'synchronous standby: every COMMIT waits until it has the log',
  walreceiver: 'replication: receives the log from the primary',
  startup: 'recovery: replays the log',
  archiver: 'archiver: copies finished files of the log',
  'autovacuum launcher': 'autovacuum launcher',
  'autovacuum worker': 'autovacuum',
};

/** What a background process is called in a verdict. */
export function backgroundName(fingerprint: string): string {
  const type = fingerprint.slice(prefix.length);
  return names[type] ?? type;
}

/** Autovacuum's workers have a statement each, which is another for each table. */
const isAutovacuum = ({ groupId, statement }: StatementGroup): boolean =>
  groupId === `${prefix}autovacuum worker` || /^autovacuum: /i.test(statement.text ?? '');

/** What the server counted of autovacuum's reads and writes in these intervals, for such a suspect; else null. */
export function autovacuumText(groups: readonly StatementGroup[], intervals: readonly Interval[]): string | null {
  if (!groups.some(isAutovacuum)) return null;
  const blocks = sum(intervals.map(({ server }) => server?.vacuumIoBlocks ?? 0));
  return blocks === 0 ? null : `autovacuum read and wrote ${formatBytes(blocks * blockBytes)}`;
}

/** Who confirms what is committed, by what the primary knew of them in these intervals; null when it knew nobody. */
export function standbyText(intervals: readonly Interval[]): string | null {
  const lags = new Map<string, number>();
  for (const { replication } of intervals) {
    for (const { applicationName, replayLagMs } of replication) {
      lags.set(applicationName, Math.max(lags.get(applicationName) ?? 0, replayLagMs ?? 0));
    }
  }
  if (lags.size === 0) return null;
  return [...lags]
    .toSorted()
    .map(([name, lagMs]) => (lagMs === 0 ? name : `${name}, up to ${formatDuration(lagMs)} behind`))
    .join('; ');
}

const blockBytes = 8192;

/** What the server counted of checkpoints in these intervals, for the suspect that is the checkpointer; else null. */
export function checkpointText(groups: readonly StatementGroup[], intervals: readonly Interval[]): string | null {
  if (!groups.some(({ groupId }) => groupId === `${prefix}checkpointer`)) return null;
  const counted = intervals.flatMap(({ server }) => server ?? []);
  const total = (name: 'checkpoints' | 'checkpointBuffers' | 'checkpointSyncMs') => {
    const known = counted.flatMap((one) => one[name] ?? []);
    return known.length === 0 ? null : sum(known);
  };
  const buffers = total('checkpointBuffers');
  const syncMs = total('checkpointSyncMs');
  if (buffers === null || buffers === 0) return null;
  const number = formatCounted(Math.max(1, total('checkpoints') ?? 1), 'checkpoint');
  const syncing =
    syncMs === null || syncMs === 0 ? '' : `, ${formatDuration(syncMs)} of it waiting for the disk to have it`;
  return `${number} wrote ${formatBytes(buffers * blockBytes)}${syncing}`;
}
