import type { DetailedRollup, SeenColumns } from './history.ts';
import { ColumnReader, ColumnWriter, DamagedColumns } from './packed-columns.ts';
import { bookedColumns, seenColumns, type RollupContent } from './roll-up.ts';

/**
 * The columns of a minute or an hour, not deflated: a timeline decodes a day of them at once, and random low digits
 * shrink by a tenth only.
 */
const layoutVersion = 1;

export function encodeRollup({ booked, seen }: RollupContent): Uint8Array {
  const writer = new ColumnWriter(booked.size * 24 + 500);
  const ids = new Set(booked.keys());
  for (const { statementId } of seen) if (statementId !== 0) ids.add(statementId);
  const ordered = [...ids].sort((a, b) => a - b);
  const none = new Float64Array(bookedColumns.length);
  const sums = ordered.map((id) => booked.get(id) ?? none);
  writer.number(layoutVersion);
  writer.number(ordered.length);
  writer.risingColumn(ordered);
  for (const [column, name] of bookedColumns.entries()) {
    const values = sums.map((row) => row[column] ?? 0);
    if (name === 'sumSquaresMs2') writer.floatColumn(values);
    else writer.column(values);
  }
  const rows = seen.toSorted((a, b) => a.statementId - b.statementId || a.originId - b.originId);
  writer.number(rows.length);
  writer.risingColumn(rows.map(({ statementId }) => statementId));
  writer.column(rows.map(({ originId }) => originId));
  for (const column of seenColumns.keys()) writer.column(rows.map(({ counts }) => counts[column] ?? 0));
  return Uint8Array.from(writer.bytes());
}

export type RollupHead = Pick<
  DetailedRollup,
  | 'fromMs'
  | 'toMs'
  | 'tier'
  | 'samples'
  | 'deallocs'
  | 'resets'
  | 'coverage'
  | 'idleInTransactionMs'
  | 'endedIdleMs'
  | 'lockWaits'
  | 'onCpu'
>;

/** Columns are decoded when they are first asked for: who draws a day asks for four of them. */
export function readRollup(head: RollupHead, body: Uint8Array, idOf: (id: number) => number): DetailedRollup {
  const opened = once(() => open(body));
  const ids = once(() => mapped(opened().ids(), idOf));
  const booked = bookedColumns.map((_, column) => once(() => opened().booked(column)));
  const column = (name: (typeof bookedColumns)[number]): Float64Array => {
    const read = booked[bookedColumns.indexOf(name)];
    if (read === undefined) throw new Error(`${name} is no column of a rollup`);
    return read();
  };
  const execMs = once(() => column('execUs').map((us) => us / 1000));
  const seen = once(() => readSeen(opened(), idOf));
  const activeSessions = once(() => sessionsOf(ids(), seen(), head.samples));
  // Accessors of its own, not of a class: a copy or a JSON of it has all columns.
  return {
    ...head,
    get statementIds() {
      return ids();
    },
    get calls() {
      return column('calls');
    },
    get execMs() {
      return execMs();
    },
    get sumSquaresMs2() {
      return column('sumSquaresMs2');
    },
    get rows() {
      return column('rows');
    },
    get blocks() {
      return column('blocks');
    },
    get tempBlocks() {
      return column('tempBlocks');
    },
    get walRecords() {
      return column('walRecords');
    },
    get activeSessions() {
      return activeSessions();
    },
    get seen() {
      return seen();
    },
  };
}

interface OpenBody {
  ids(): Int32Array;
  booked(column: number): Float64Array;
  readonly seen: ColumnReader;
}

/** Finds where each column begins; they say their lengths. */
function open(body: Uint8Array): OpenBody {
  const reader = new ColumnReader(body);
  const version = reader.number();
  if (version !== layoutVersion) throw new DamagedColumns(`a rollup has the unknown layout ${version}`);
  const length = reader.number();
  const idsAt = reader.at;
  reader.skip();
  const starts = bookedColumns.map(() => {
    const { at } = reader;
    reader.skip();
    return at;
  });
  return {
    ids() {
      const ids = new Int32Array(length);
      new ColumnReader(body, idsAt).into(ids, true);
      return ids;
    },
    booked: (column) => new ColumnReader(body, starts[column]).column(length),
    seen: new ColumnReader(body, reader.at),
  };
}

function readSeen({ seen: reader }: OpenBody, idOf: (id: number) => number): SeenColumns {
  const length = reader.number();
  const statementIds = new Int32Array(length);
  const originIds = new Int32Array(length);
  reader.into(statementIds, true);
  reader.into(originIds);
  const [working, lockWaits, others, pauses, longestWorkingMs] = seenColumns.map(() => reader.column(length));
  if (!working || !lockWaits || !others || !pauses || !longestWorkingMs) throw new Error('a column is missing');
  return { statementIds: mapped(statementIds, idOf), originIds, working, lockWaits, others, pauses, longestWorkingMs };
}

function mapped(ids: Int32Array, idOf: (id: number) => number): Int32Array {
  for (let index = 0; index < ids.length; index += 1) ids[index] = idOf(ids[index] ?? 0);
  return ids;
}

function sessionsOf(ids: Int32Array, seen: SeenColumns, samples: number): Float64Array {
  const sessions = new Float64Array(ids.length);
  const places = new Map<number, number>();
  for (let index = 0; index < ids.length; index += 1) places.set(ids[index] ?? 0, index);
  for (let index = 0; index < seen.statementIds.length; index += 1) {
    const place = places.get(seen.statementIds[index] ?? 0);
    if (place === undefined) continue;
    const rows = (seen.working[index] ?? 0) + (seen.lockWaits[index] ?? 0) + (seen.others[index] ?? 0);
    sessions[place] = (sessions[place] ?? 0) + rows / samples;
  }
  return sessions;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
