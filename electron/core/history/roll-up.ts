import type { ResourceUse } from '../diagnosis/resources.ts';
import { counterColumns } from './counters.ts';
import type { DetailedRollup } from './history.ts';
import type { IntervalColumns } from './interval-blob.ts';

/** Raw history of a minute, as the writer reads it back: statements and origins are numbers. Moments in µs. */
export interface RawInterval {
  readonly fromUs: number;
  readonly toUs: number;
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idleInTransactionMs: number | null;
  readonly columns: IntervalColumns;
}
export interface RawRow {
  readonly pid: number;
  readonly statementId: number;
  readonly originId: number;
  /** null for a session that neither works nor waits in a statement. */
  readonly use: ResourceUse | null;
  /** Idle in transaction since its last statement began, µs ago; null when it is not. */
  readonly idleUs: number | null;
  readonly queryAgeUs: number | null;
  readonly parallelWorker: boolean;
}
export interface RawSample {
  readonly atUs: number;
  readonly rows: readonly RawRow[];
}

/** What one statement did: the columns of a rollup that come from the books, in this order. */
export const bookedColumns = [
  'calls',
  'execUs',
  'sumSquaresMs2',
  'rows',
  'blocks',
  'tempBlocks',
  'walRecords',
] as const;
type Booked = Float64Array;
/** What was seen of one statement and origin: rows at work, in lock waits, in other waits, in pauses; longest run, ms. */
export const seenColumns = ['working', 'lockWaits', 'others', 'pauses', 'longestWorkingMs'] as const;
type Seen = { readonly statementId: number; readonly originId: number; readonly counts: Float64Array };

export interface RollupContent {
  readonly samples: number;
  readonly deallocs: number | null;
  readonly resets: number;
  readonly coverage: number | null;
  readonly idleInTransactionMs: number | null;
  readonly endedIdleMs: number;
  readonly lockWaits: number;
  readonly onCpu: number;
  readonly booked: ReadonlyMap<number, Booked>;
  readonly seen: readonly Seen[];
}

/** As long as the diagnosis calls an idle transaction held (lock-roots.ts). */
const heldIdleUs = 5_000_000;

/**
 * One minute out of what was sampled in it. The calls of an interval that is dealt out to several stay whole numbers,
 * and the rest of the statement's counters goes with its calls: sums over minutes are those of the interval, and a mean
 * stays a mean.
 *
 * @param next The first sample after the minute, which tells whether an idle transaction still stands.
 */
export function rollUpMinute(
  fromUs: number,
  toUs: number,
  intervals: readonly RawInterval[],
  samples: readonly RawSample[],
  next: RawSample | null,
): RollupContent {
  const booked = new Map<number, Booked>();
  let deallocs: number | null = null;
  let resets = 0;
  let idleMs: number | null = null;
  let covered = 0;
  let coverage = 0;
  for (const interval of intervals) {
    const lengthUs = interval.toUs - interval.fromUs;
    const [before, until] = shareOf(interval, fromUs, toUs);
    if (!(until > before)) continue;
    if (interval.deallocs !== null) deallocs = (deallocs ?? 0) + dealt(interval.deallocs, before, until);
    resets += dealt(interval.resets, before, until);
    if (interval.idleInTransactionMs !== null) idleMs = (idleMs ?? 0) + interval.idleInTransactionMs * (until - before);
    if (interval.coverage !== null) {
      covered += (until - before) * lengthUs;
      coverage += interval.coverage * (until - before) * lengthUs;
    }
    addInterval(booked, interval.columns, before, until);
  }
  return {
    deallocs,
    resets,
    coverage: covered === 0 ? null : coverage / covered,
    idleInTransactionMs: idleMs,
    booked,
    ...lookAt(samples, next, (toUs - fromUs) / 1000),
  };
}

/** Intervals up to this length belong to one minute, where they clearly lie in one. */
const oneMinutesUs = 90_000_000;
const clearly = 0.55;

/**
 * [before, until) of the interval that the minute gets, each 0..1. Nobody knows when inside of an interval its calls
 * ran: a snapshot a minute is given whole to the minute in which most of it lies, which halves what is stored. Where it
 * lies in two alike it is dealt out, because a trembling clock would give one minute two and the next none.
 */
function shareOf({ fromUs, toUs }: RawInterval, minuteFromUs: number, minuteToUs: number): readonly [number, number] {
  const lengthUs = toUs - fromUs;
  const before = Math.max(0, (minuteFromUs - fromUs) / lengthUs);
  const until = Math.min(1, (minuteToUs - fromUs) / lengthUs);
  if (lengthUs > oneMinutesUs) return [before, until];
  if (until - before >= clearly) return [0, 1];
  return largestShare(fromUs, toUs, minuteToUs - minuteFromUs) >= clearly ? [0, 0] : [before, until];
}

/** The largest part of an interval that lies in one minute; minutes begin at whole multiples of their length. */
function largestShare(fromUs: number, toUs: number, minuteUs: number): number {
  let largest = 0;
  for (let at = Math.floor(fromUs / minuteUs) * minuteUs; at < toUs; at += minuteUs) {
    largest = Math.max(largest, Math.min(toUs, at + minuteUs) - Math.max(fromUs, at));
  }
  return largest / (toUs - fromUs);
}

/** The part of a whole number that belongs to [before, until) of the interval: parts add up to the number. */
const dealt = (whole: number, before: number, until: number): number =>
  Math.round(whole * until) - Math.round(whole * before);

const columnOf = (name: (typeof counterColumns)[number]): number => counterColumns.indexOf(name);
const [callsAt, rowsAt, execAt, squaresAt, hitAt, readAt, tempReadAt, tempWrittenAt, walAt] = [
  columnOf('calls'),
  columnOf('row_count'),
  columnOf('exec_ns'),
  columnOf('sum_squares_us2'),
  columnOf('shared_hit'),
  columnOf('shared_read'),
  columnOf('temp_read'),
  columnOf('temp_written'),
  columnOf('wal_records'),
] as const;

function addInterval(booked: Map<number, Booked>, columns: IntervalColumns, before: number, until: number): void {
  const { statementIds, counters } = columns;
  const value = (column: number, index: number): number => counters[column]?.[index] ?? 0;
  for (let index = 0; index < statementIds.length; index += 1) {
    const calls = value(callsAt, index);
    const part = dealt(calls, before, until);
    const share = calls === 0 ? until - before : part / calls;
    if (share === 0) continue;
    const sums = entry(booked, statementIds[index] ?? 0, bookedColumns.length);
    add(sums, [
      part,
      Math.round((value(execAt, index) / 1000) * share),
      (value(squaresAt, index) / 1e6) * share,
      Math.round(value(rowsAt, index) * share),
      Math.round((value(hitAt, index) + value(readAt, index)) * share),
      Math.round((value(tempReadAt, index) + value(tempWrittenAt, index)) * share),
      Math.round(value(walAt, index) * share),
    ]);
  }
}

function entry(sums: Map<number, Float64Array>, id: number, columns: number): Float64Array {
  const known = sums.get(id);
  if (known !== undefined) return known;
  const made = new Float64Array(columns);
  sums.set(id, made);
  return made;
}

function add(sums: Float64Array, values: ArrayLike<number>): void {
  for (let column = 0; column < sums.length; column += 1) sums[column] = (sums[column] ?? 0) + (values[column] ?? 0);
}

type Looked = Pick<RollupContent, 'samples' | 'lockWaits' | 'onCpu' | 'endedIdleMs' | 'seen'>;

function lookAt(samples: readonly RawSample[], next: RawSample | null, lengthMs: number): Looked {
  const standing = longSpells(samples);
  const spacingMs = samples.length === 0 ? 0 : lengthMs / samples.length;
  const seen = new Map<string, Seen>();
  const worked = new Map<string, number>();
  let lockWaits = 0;
  let onCpu = 0;
  for (const { atUs, rows } of samples) {
    for (const row of rows) {
      const pause = row.idleUs !== null && !standing.has(spellOf(atUs, row));
      if (row.use === null && !pause) continue;
      const counts = seenEntry(seen, row);
      const column =
        row.use === null ? 3 : row.use === 'lock' ? 1 : row.use === 'other' || row.use === 'replication' ? 2 : 0;
      counts[column] = (counts[column] ?? 0) + 1;
      if (row.use === 'lock') lockWaits += 1;
      if (row.use === 'cpu') onCpu += 1;
      if (row.use === null || row.use === 'lock' || row.queryAgeUs === null || row.parallelWorker) continue;
      const run = `${row.statementId} ${spellOf(atUs, row)}`;
      const workedMs = Math.min((worked.get(run) ?? 0) + spacingMs, row.queryAgeUs / 1000);
      worked.set(run, workedMs);
      counts[4] = Math.max(counts[4] ?? 0, Math.round(workedMs));
    }
  }
  const stillStanding = new Set((next?.rows ?? []).map((row) => spellOf(next?.atUs ?? 0, row)));
  let endedIdleMs = 0;
  for (const [spell, idleUs] of standing) if (!stillStanding.has(spell)) endedIdleMs += idleUs / 1000 + spacingMs;
  const looks = Math.max(1, samples.length);
  return {
    samples: samples.length,
    lockWaits: lockWaits / looks,
    onCpu: onCpu / looks,
    endedIdleMs,
    seen: [...seen.values()],
  };
}

function seenEntry(seen: Map<string, Seen>, { statementId, originId }: Pick<RawRow, 'statementId' | 'originId'>) {
  const name = `${statementId} ${originId}`;
  const known = seen.get(name) ?? { statementId, originId, counts: new Float64Array(seenColumns.length) };
  seen.set(name, known);
  return known.counts;
}

/** A process since its last statement began; the moment is the server's and does not move from look to look. */
const spellOf = (atUs: number, { pid, queryAgeUs }: RawRow): string =>
  `${pid} ${queryAgeUs === null ? '' : atUs - queryAgeUs}`;

/** Idle transactions that stood for long, with how long that was seen to be, µs. */
function longSpells(samples: readonly RawSample[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { atUs, rows } of samples) {
    for (const row of rows) {
      if (row.idleUs !== null && row.idleUs >= heldIdleUs) longest.set(spellOf(atUs, row), row.idleUs);
    }
  }
  return longest;
}

/** What a stored minute or hour was made of, so that it can be written elsewhere. */
export const contentOf = (rollup: DetailedRollup): RollupContent => rollUpHour([rollup]);

/** One hour out of its minutes. */
export function rollUpHour(minutes: readonly DetailedRollup[]): RollupContent {
  const booked = new Map<number, Booked>();
  const seen = new Map<string, Seen>();
  const total = (value: (minute: DetailedRollup) => number) => minutes.reduce((sum, one) => sum + value(one), 0);
  const samples = total((minute) => minute.samples);
  const looks = Math.max(1, samples);
  for (const minute of minutes) {
    addBooked(booked, minute);
    addSeen(seen, minute);
  }
  const withCoverage = minutes.filter(({ coverage }) => coverage !== null);
  const withIdle = minutes.filter(({ idleInTransactionMs }) => idleInTransactionMs !== null);
  return {
    samples,
    deallocs: minutes.some(({ deallocs }) => deallocs !== null) ? total(({ deallocs }) => deallocs ?? 0) : null,
    resets: total(({ resets }) => resets),
    coverage:
      withCoverage.length === 0
        ? null
        : withCoverage.reduce((sum, { coverage }) => sum + (coverage ?? 0), 0) / withCoverage.length,
    idleInTransactionMs:
      withIdle.length === 0
        ? null
        : withIdle.reduce((sum, { idleInTransactionMs }) => sum + (idleInTransactionMs ?? 0), 0),
    endedIdleMs: total(({ endedIdleMs }) => endedIdleMs),
    lockWaits: total((minute) => minute.lockWaits * minute.samples) / looks,
    onCpu: total((minute) => minute.onCpu * minute.samples) / looks,
    booked,
    seen: [...seen.values()],
  };
}

/** A statement that took this part of an hour, or of its sampled rows, is one that the hour is remembered by. */
const considerable = 0.01;

/** Statements that an hour would look different without. */
export function considerableOf({ booked, seen }: Pick<RollupContent, 'booked' | 'seen'>): Set<number> {
  const execUs = new Map([...booked].map(([id, sums]) => [id, sums[execUsAt] ?? 0]));
  const rows = new Map<number, number>();
  for (const { statementId, counts } of seen) {
    const [working = 0, lockWaits = 0, others = 0] = counts;
    rows.set(statementId, (rows.get(statementId) ?? 0) + working + lockWaits + others);
  }
  const found = new Set<number>();
  for (const parts of [execUs, rows]) {
    const whole = [...parts.values()].reduce((sum, part) => sum + part, 0);
    for (const [id, part] of parts) if (part > 0 && part >= whole * considerable) found.add(id);
  }
  // 0 stands for what cannot be told.
  found.delete(0);
  return found;
}

const execUsAt = bookedColumns.indexOf('execUs');

function addBooked(booked: Map<number, Booked>, minute: DetailedRollup): void {
  const { statementIds, calls, execMs, sumSquaresMs2, rows, blocks, tempBlocks, walRecords } = minute;
  for (let index = 0; index < statementIds.length; index += 1) {
    add(entry(booked, statementIds[index] ?? 0, bookedColumns.length), [
      calls[index] ?? 0,
      Math.round((execMs[index] ?? 0) * 1000),
      sumSquaresMs2[index] ?? 0,
      rows[index] ?? 0,
      blocks[index] ?? 0,
      tempBlocks[index] ?? 0,
      walRecords[index] ?? 0,
    ]);
  }
}

function addSeen(seen: Map<string, Seen>, { seen: columns }: DetailedRollup): void {
  for (let index = 0; index < columns.statementIds.length; index += 1) {
    const key = { statementId: columns.statementIds[index] ?? 0, originId: columns.originIds[index] ?? 0 };
    const counts = seenEntry(seen, key);
    for (const [column, name] of seenColumns.entries()) {
      const [before, more] = [counts[column] ?? 0, columns[name][index] ?? 0];
      counts[column] = name === 'longestWorkingMs' ? Math.max(before, more) : before + more;
    }
  }
}
