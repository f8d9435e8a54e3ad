import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount, formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { fixed } from '../../../shared/format/number-formats.ts';
import { formatPercent } from '../../../shared/format/ratio.ts';
import type { Evidence } from '../../../shared/model/diagnosis.ts';
import { autovacuumText, checkpointText, standbyText } from './background.ts';
import type { BlamedInterval, BlameResult } from './blame.ts';
import type { Blocking } from './blocking.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { sum } from './damage.ts';
import type { Exposure } from './exposure.ts';
import type { Cores } from './input.ts';
import { diskKinds, type Queue } from './pressure.ts';
import type { DiskUse } from './resources.ts';

const blockBytes = 8192;
/** Below this part of a finding's damage a piece of evidence is not worth a chip. */
const leastPart = 0.02;

export interface EvidenceFacts {
  readonly blame: BlameResult;
  readonly cores: Cores;
  readonly catalog: Catalog;
  readonly exposure: Exposure;
  readonly blocking: ReadonlyMap<StatementGroup, Blocking>;
}

/** What speaks against suspects that are blamed as one, the weightiest first. Pieces without damage only describe. */
export function gatherEvidence(groups: readonly StatementGroup[], facts: EvidenceFacts): Evidence[] {
  const { blame } = facts;
  const seconds = { cpu: 0, copying: 0, disk: 0, written: 0, lock: 0, replication: 0, rush: 0 };
  for (const { bySuspect } of blame.intervals) {
    for (const group of groups) {
      const own = bySuspect.get(group);
      seconds.cpu += own?.cpu ?? 0;
      seconds.copying += own?.copying ?? 0;
      seconds.disk += own?.disk ?? 0;
      seconds.written += own?.written ?? 0;
      seconds.lock += (own?.lock ?? 0) + (own?.rush ?? 0);
      seconds.replication += own?.replication ?? 0;
      seconds.rush += own?.rush ?? 0;
    }
  }
  const total = seconds.cpu + seconds.copying + seconds.disk + seconds.written + seconds.lock + seconds.replication;
  const worth = (part: number) => part > 0 && part >= leastPart * total;
  const evidence: Evidence[] = [];
  if (worth(seconds.cpu)) evidence.push(cpuEvidence(groups, seconds.cpu, facts));
  if (worth(seconds.copying)) evidence.push(...copyingEvidence(groups, seconds.copying, facts));
  if (worth(seconds.disk)) evidence.push(...diskEvidence(groups, seconds.disk, facts));
  if (worth(seconds.written)) evidence.push(writtenEvidence(groups, seconds.written, facts));
  if (worth(seconds.lock)) evidence.push(lockEvidence(groups, seconds, facts));
  if (worth(seconds.replication)) evidence.push(replicationEvidence(seconds.replication, facts));
  const described = describe(facts.exposure).filter((piece) => !evidence.some(({ kind }) => kind === piece.kind));
  return [...evidence.toSorted((a, b) => b.damageSeconds - a.damageSeconds), ...described];
}

/** For a statement that was looked at and let go. */
export function overlapOnly(exposure: Exposure): Evidence[] {
  return [overlapEvidence(exposure), ...describe(exposure)];
}

function cpuEvidence(
  groups: readonly StatementGroup[],
  damageSeconds: number,
  { blame, cores }: EvidenceFacts,
): Evidence {
  const { share, sessions } = whileSaturated(blame, groups, 'cpu');
  const estimate = cores.source === 'estimate' && !cores.thisMachine ? ' (estimated)' : '';
  const number = cores.value === null ? '' : `${formatCounted(cores.value, 'core')}${estimate}`;
  return {
    kind: 'cpu',
    damageSeconds,
    share,
    text: `held ${formatPercent(share)} of the processors while ${sessionsText(sessions)} competed for ${number}`,
  };
}

/** One piece by what was read: data, or temporary files. */
function copyingEvidence(
  groups: readonly StatementGroup[],
  damageSeconds: number,
  { blame, cores, catalog, exposure, blocking }: EvidenceFacts,
): Evidence[] {
  const { share, sessions } = whileSaturated(blame, groups, 'copying');
  const intervals = blame.intervals.map(({ damage }) => damage.interval);
  const kinds = [...diskKinds(intervals, groups, catalog)].filter(([kind]) => kind !== 'wal');
  const whole = sum(kinds.map(([, part]) => part));
  if (whole === 0) return [cpuEvidence(groups, damageSeconds, { blame, cores, catalog, exposure, blocking })];
  const number = cores.value === null ? 'the processors' : formatCounted(cores.value, 'core');
  return kinds.map(([kind, part]) => ({
    kind,
    damageSeconds: (damageSeconds * part) / whole,
    share: (share * part) / whole,
    text: `kept the processors busy with ${diskWords[kind]}: ${formatPercent(share)} of ${sessionsText(sessions)} that worked or ${kind === 'write_io' ? 'wrote' : 'read'} at ${number}`,
  }));
}

function diskEvidence(
  groups: readonly StatementGroup[],
  damageSeconds: number,
  { blame, catalog }: EvidenceFacts,
): Evidence[] {
  const { share, sessions } = whileSaturated(blame, groups, 'disk');
  const intervals = blame.intervals.map(({ damage }) => damage.interval);
  const kinds = diskKinds(intervals, groups, catalog);
  const counted = [checkpointText(groups, intervals), autovacuumText(groups, intervals)]
    .map((text) => (text === null ? '' : `; ${text}`))
    .join('');
  return [...kinds].map(([kind, part]) => ({
    kind,
    damageSeconds: damageSeconds * part,
    share: share * part,
    text: `was ${formatPercent(share * part)} of the queue for the disk (${diskWords[kind]}) while ${sessionsText(sessions)} waited for it${counted}`,
  }));
}

function writtenEvidence(
  groups: readonly StatementGroup[],
  damageSeconds: number,
  { blame: { written } }: EvidenceFacts,
): Evidence {
  const share = sum(groups.map((group) => written.shares.get(group) ?? 0));
  const wal = sum(groups.map((group) => written.bytes.get(group)?.wal ?? 0));
  const temp = sum(groups.map((group) => written.bytes.get(group)?.temp ?? 0));
  const what = temp > wal ? `${formatBytes(temp)} of temporary files` : `${formatBytes(wal)} of the log`;
  return {
    kind: temp > wal ? 'temp_io' : 'wal',
    damageSeconds,
    share,
    text: `wrote ${what}, ${formatPercent(share)} of what was written beyond the usual, while saving waited for its own log to be on disk`,
  };
}

const diskWords: Record<DiskUse, string> = {
  read_io: 'reading data',
  write_io: 'writing data',
  temp_io: 'temporary files',
  wal: 'writing the log',
};

function lockEvidence(
  groups: readonly StatementGroup[],
  { lock: damageSeconds, rush }: { readonly lock: number; readonly rush: number },
  { blame, blocking }: EvidenceFacts,
): Evidence {
  const held = groups.flatMap((group) => blocking.get(group) ?? []);
  if (held.length === 0) throw new Error('lock damage without anybody seen waiting');
  const sessions = new Set(held.flatMap((one) => [...one.sessions]));
  const locks = new Set(held.flatMap((one) => [...one.locks]));
  const totalSeconds = sum(held.map((one) => one.totalSeconds));
  const idleSeconds = sum(held.map((one) => one.idleSeconds));
  const holders = [...new Set(held.flatMap((one) => [...one.holders]))].toSorted();
  const [holder] = holders;
  const session = holders.length === 1 ? ` of ${holder}` : '';
  const idle =
    idleSeconds > totalSeconds / 2 ? ` while ${session === '' ? 'its' : 'the'} transaction${session} stood idle` : '';
  const after =
    rush > rushOfNote * damageSeconds
      ? `, and the rush that it let loose cost ${formatDuration(rush * 1000)} more`
      : '';
  return {
    kind: 'lock',
    damageSeconds,
    share: blame.damageSeconds === 0 ? 0 : Math.min(1, damageSeconds / blame.damageSeconds),
    text: `kept ${formatCounted(sessions.size, 'session')} waiting for ${formatDuration(totalSeconds * 1000)} in total behind its lock (${[...locks].toSorted().join(', ')})${idle}${after}`,
  };
}

function replicationEvidence(damageSeconds: number, { blame }: EvidenceFacts): Evidence {
  const who = standbyText(blame.intervals.map(({ damage }) => damage.interval));
  return {
    kind: 'replication',
    damageSeconds,
    share: blame.damageSeconds === 0 ? 0 : Math.min(1, damageSeconds / blame.damageSeconds),
    text: `kept saves waiting for ${formatDuration(damageSeconds * 1000)} in total until it had their log${who === null ? '' : ` (${who})`}`,
  };
}

function overlapEvidence({ averageActiveSessions }: Exposure): Evidence {
  const sessions = fixed(averageActiveSessions, averageActiveSessions < 0.095 ? 2 : 1);
  return {
    kind: 'overlap',
    damageSeconds: 0,
    share: 0,
    text: `was active at the time (${sessions} sessions on average), but hardly used anything that was short`,
  };
}

/** From here on a call's part of the log is worth telling. */
const walOfNote = 16 * 1024 * 1024;

/** What a call moves is worth knowing for the cure, even where the page cache swallowed it. */
function describe({ tempBlocksPerCall, walBytesPerCall, calls }: Exposure): Evidence[] {
  const runs = calls === 1 ? 'one run' : `each of ${formatCount(calls)} runs`;
  const pieces: Evidence[] = [];
  if (tempBlocksPerCall !== null && tempBlocksPerCall >= 1) {
    const text = `moved ${formatBytes(tempBlocksPerCall * blockBytes)} of temporary files in ${runs}`;
    pieces.push({ kind: 'temp_io', damageSeconds: 0, share: 0, text });
  }
  if (walBytesPerCall !== null && walBytesPerCall >= walOfNote) {
    const text = `wrote ${formatBytes(walBytesPerCall)} of the log in ${runs}`;
    pieces.push({ kind: 'wal', damageSeconds: 0, share: 0, text });
  }
  return pieces;
}

/** The suspect's share of a queue, and the queue's length, in the intervals that hurt while it was saturated. */
function whileSaturated(blame: BlameResult, groups: readonly StatementGroup[], queue: Queue | 'copying') {
  const weightOf = ({ damage, pressure }: BlamedInterval) => damage.seconds * pressure[queue].saturation;
  const weight = sum(blame.intervals.map(weightOf));
  const average = (value: (interval: BlamedInterval) => number) =>
    weight === 0 ? 0 : sum(blame.intervals.map((one) => weightOf(one) * value(one))) / weight;
  return {
    share: average(({ pressure }) => sum(groups.map((group) => pressure[queue].shares.get(group) ?? 0))),
    sessions: average(({ pressure }) => pressure[queue].sessions),
  };
}

const sessionsText = (sessions: number): string => `${fixed(sessions, 1)} sessions`;

const rushOfNote = 0.05;
