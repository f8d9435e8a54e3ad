import type { Baseline } from './baseline.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { sum, type IntervalDamage } from './damage.ts';
import type { Interval } from './intervals.ts';
import { canBeBlamed } from './roles.ts';

/** Who wrote to the disk that every COMMIT waits for, beyond the usual: the log, and temporary files. */
export interface WritePressure {
  /** 0: as much as usual; 1: three times as much or more. */
  readonly saturation: number;
  /** Each suspect's part of what came on top of the usual, 0..1; together at most 1. OLTP's own rush takes the rest. */
  readonly shares: ReadonlyMap<StatementGroup, number>;
  readonly bytes: ReadonlyMap<StatementGroup, Written>;
}

export interface Written {
  readonly wal: number;
  readonly temp: number;
}

/** Bytes over their usual rate: from the first on they count as growing, at the second the disk has enough of them. */
const growthRamp = [1.5, 3] as const;
/** Below this rate nobody waits because of the amount, bytes per second. */
const leastRate = 256 * 1024;
const blockBytes = 8192;

/**
 * Counted in bytes and over the whole incident: a statement's log is booked when it ends, and an import that runs for
 * minutes writes all the time.
 */
export function measureWritten(damages: readonly IntervalDamage[], baseline: Baseline): WritePressure {
  const seconds = sum(damages.map(({ interval, part }) => interval.seconds * part));
  const written = bytesByGroup(damages.map(({ interval, part }) => ({ interval, part })));
  // Minutes of earlier days do not know the log.
  const counted = baseline.intervals.filter(({ samples }) => samples.length > 0);
  const usualSeconds = sum(counted.map((interval) => interval.seconds));
  const usual = bytesByGroup(counted.map((interval) => ({ interval, part: 1 })));
  const usualRate = usualSeconds === 0 ? 0 : totalOf(usual) / usualSeconds;
  const rate = seconds === 0 ? 0 : totalOf(written) / seconds;
  const beyond = new Map<StatementGroup, number>();
  for (const [group, own] of written) {
    const bytes = sizeOf(own);
    const before = usual.get(group);
    const usualBytes = before === undefined ? 0 : (sizeOf(before) / usualSeconds) * seconds;
    if (bytes > usualBytes) beyond.set(group, bytes - usualBytes);
  }
  const all = sum(beyond.values());
  const [low, high] = growthRamp;
  const growth = rate / Math.max(usualRate, leastRate);
  return {
    saturation: Math.min(1, Math.max(0, (growth - low) / (high - low))),
    shares: new Map([...beyond].filter(([group]) => canBeBlamed(group)).map(([group, own]) => [group, own / all])),
    bytes: written,
  };
}

function bytesByGroup(parts: readonly { interval: Interval; part: number }[]): Map<StatementGroup, Written> {
  const bytes = new Map<StatementGroup, Written>();
  for (const { interval, part } of parts) {
    const { booked } = interval;
    for (let row = 0; row < booked.size; row += 1) {
      const walBytes = booked.walBytes[row] ?? 0;
      const tempBlocks = booked.tempBlocks[row] ?? 0;
      const group = booked.groups[booked.positions[row] ?? -1];
      if ((walBytes === 0 && tempBlocks === 0) || group === undefined) continue;
      const before = bytes.get(group);
      bytes.set(group, {
        wal: (before?.wal ?? 0) + walBytes * part,
        // What is written to a temporary file is read once.
        temp: (before?.temp ?? 0) + (tempBlocks / 2) * blockBytes * part,
      });
    }
  }
  return bytes;
}

const sizeOf = ({ wal, temp }: Written): number => wal + temp;
const totalOf = (bytes: ReadonlyMap<StatementGroup, Written>): number => sum([...bytes.values()].map(sizeOf));

/** The shares of those who were seen at work in this interval: who was not there did nothing. */
export function presentShares(
  { shares }: WritePressure,
  { samples }: Pick<Interval, 'samples'>,
  catalog: Catalog,
): Map<StatementGroup, number> {
  const present = new Set<StatementGroup>();
  for (const { rows } of samples) {
    for (const { statementId, use } of rows) {
      const group = use === null ? null : catalog.groupOf(statementId);
      if (group !== null) present.add(group);
    }
  }
  return new Map([...shares].filter(([group]) => present.has(group)));
}
