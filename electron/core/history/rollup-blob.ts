import type { DetailedRollup, PackedRollup, RollupHead, SeenColumns } from './history.ts';
import { ColumnReader, ColumnWriter, DamagedColumns } from './packed-columns.ts';
import { bookedColumns, seenColumns, type RollupContent } from './roll-up.ts';

/**
 * The columns of a minute or an hour, not deflated: a timeline decodes a day of them at once, and random low digits
 * shrink by a tenth only. What a timeline needs lies in `body`, the rest in `more`.
 */
const layoutVersion = 1;

/** What the column, which was made `not null`, holds of evictions that nobody counted. */
export const uncountedDeallocs = -1;

type ColumnName = (typeof bookedColumns)[number];
const bodyColumns = ['calls', 'execUs', 'blocks'] as const satisfies readonly ColumnName[];
const moreColumns = ['sumSquaresMs2', 'rows', 'tempBlocks', 'walRecords'] as const satisfies readonly ColumnName[];

export function encodeRollup({ booked, seen }: RollupContent): { body: Uint8Array; more: Uint8Array } {
  const ids = new Set(booked.keys());
  for (const { statementId } of seen) if (statementId !== 0) ids.add(statementId);
  const ordered = [...ids].sort((a, b) => a - b);
  const none = new Float64Array(bookedColumns.length);
  const sums = ordered.map((id) => booked.get(id) ?? none);
  const columnOf = (name: ColumnName): number[] => {
    const column = bookedColumns.indexOf(name);
    return sums.map((row) => row[column] ?? 0);
  };
  const body = begin(ordered.length, 16);
  body.risingColumn(ordered);
  for (const name of bodyColumns) body.column(columnOf(name));
  const rows = seen.toSorted((a, b) => a.statementId - b.statementId || a.originId - b.originId);
  body.number(rows.length);
  body.risingColumn(rows.map(({ statementId }) => statementId));
  body.column(rows.map(({ originId }) => originId));
  for (const column of seenColumns.keys()) body.column(rows.map(({ counts }) => counts[column] ?? 0));
  const more = begin(ordered.length, 12);
  for (const name of moreColumns) {
    if (name === 'sumSquaresMs2') more.floatColumn(columnOf(name));
    else more.column(columnOf(name));
  }
  return { body: Uint8Array.from(body.bytes()), more: Uint8Array.from(more.bytes()) };
}

function begin(length: number, bytesEach: number): ColumnWriter {
  const writer = new ColumnWriter(length * bytesEach + 500);
  writer.number(layoutVersion);
  writer.number(length);
  return writer;
}

function open(bytes: Uint8Array): { readonly reader: ColumnReader; readonly length: number } {
  const reader = new ColumnReader(bytes);
  const version = reader.number();
  if (version !== layoutVersion) throw new DamagedColumns(`a rollup has the unknown layout ${version}`);
  return { reader, length: reader.number() };
}

/** Room for the columns of one rollup, used again for the next: a day has more than a million elements. */
export interface BookedScratch {
  statementIds: Int32Array;
  calls: Float64Array;
  /** µs */
  execUs: Float64Array;
  blocks: Float64Array;
  length: number;
}
export const bookedScratch = (): BookedScratch => ({
  statementIds: new Int32Array(0),
  calls: new Float64Array(0),
  execUs: new Float64Array(0),
  blocks: new Float64Array(0),
  length: 0,
});

/** Replaces what was in the scratch; elements from `length` on are what was there before. */
export function readBooked({ body, idOf }: PackedRollup, scratch: BookedScratch): void {
  const { reader, length } = open(body);
  if (scratch.calls.length < length) {
    scratch.statementIds = new Int32Array(length * 2);
    scratch.calls = new Float64Array(length * 2);
    scratch.execUs = new Float64Array(length * 2);
    scratch.blocks = new Float64Array(length * 2);
  }
  const { statementIds, calls, execUs, blocks } = scratch;
  scratch.length = length;
  reader.idsInto(statementIds, length);
  reader.into(calls, length);
  reader.into(execUs, length);
  reader.into(blocks, length);
  if (idOf !== null)
    for (let index = 0; index < length; index += 1) statementIds[index] = idOf(statementIds[index] ?? 0);
}

/** Room for who was seen in one rollup, used again for the next. */
export interface SeenScratch {
  statementIds: Int32Array;
  originIds: Float64Array;
  working: Float64Array;
  lockWaits: Float64Array;
  others: Float64Array;
  pauses: Float64Array;
  length: number;
}
const roomFor = (length: number): Omit<SeenScratch, 'length'> => ({
  statementIds: new Int32Array(length),
  originIds: new Float64Array(length),
  working: new Float64Array(length),
  lockWaits: new Float64Array(length),
  others: new Float64Array(length),
  pauses: new Float64Array(length),
});
export const seenScratch = (): SeenScratch => ({ ...roomFor(256), length: 0 });

/** Replaces what was in the scratch; without the longest runs, which only classes are made of. */
export function readSeenInto({ body, idOf }: PackedRollup, scratch: SeenScratch): void {
  const { reader, length } = openSeen(body);
  if (scratch.originIds.length < length) Object.assign(scratch, roomFor(length * 2));
  scratch.length = length;
  const { statementIds } = scratch;
  reader.idsInto(statementIds, length);
  reader.into(scratch.originIds, length);
  reader.into(scratch.working, length);
  reader.into(scratch.lockWaits, length);
  reader.into(scratch.others, length);
  reader.into(scratch.pauses, length);
  if (idOf !== null)
    for (let index = 0; index < length; index += 1) statementIds[index] = idOf(statementIds[index] ?? 0);
}

function openSeen(body: Uint8Array): { readonly reader: ColumnReader; readonly length: number } {
  const { reader } = open(body);
  for (let column = 0; column <= bodyColumns.length; column += 1) reader.skip();
  return { reader, length: reader.number() };
}

export function readSeen({ body, idOf }: PackedRollup): SeenColumns {
  const { reader, length } = openSeen(body);
  const statementIds = new Int32Array(length);
  const originIds = new Int32Array(length);
  reader.idsInto(statementIds, length);
  originIds.set(reader.column(length));
  const column = (): Float64Array => reader.column(length);
  const [working, lockWaits, others, pauses, longestWorkingMs] = [column(), column(), column(), column(), column()];
  return { statementIds: mapped(statementIds, idOf), originIds, working, lockWaits, others, pauses, longestWorkingMs };
}

/** Columns are decoded when they are first asked for. */
export function readRollup(packed: PackedRollup, head: RollupHead, more: Uint8Array): DetailedRollup {
  const places = once(() => starts(packed.body, bodyColumns.length + 1));
  const morePlaces = once(() => starts(more, moreColumns.length));
  const ids = once(() => {
    const statementIds = new Int32Array(places().length);
    new ColumnReader(packed.body, places().at[0]).idsInto(statementIds, places().length);
    return mapped(statementIds, packed.idOf);
  });
  const inBody = bodyColumns.map((_, place) =>
    once(() => new ColumnReader(packed.body, places().at[place + 1]).column(places().length)),
  );
  const inMore = moreColumns.map((_, place) =>
    once(() => new ColumnReader(more, morePlaces().at[place]).column(morePlaces().length)),
  );
  const column = (name: ColumnName): Float64Array => {
    const read = [...inBody, ...inMore][[...bodyColumns, ...moreColumns].indexOf(name)];
    if (read === undefined) throw new Error(`${name} is no column of a rollup`);
    return read();
  };
  const execMs = once(() => column('execUs').map((us) => us / 1000));
  const seen = once(() => readSeen(packed));
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

/** Where each column begins; they say their lengths. */
function starts(bytes: Uint8Array, columns: number): { readonly length: number; readonly at: readonly number[] } {
  const { reader, length } = open(bytes);
  const at = Array.from({ length: columns }, () => {
    const begins = reader.at;
    reader.skip();
    return begins;
  });
  return { length, at };
}

function mapped(ids: Int32Array, idOf: PackedRollup['idOf']): Int32Array {
  return idOf === null ? ids : ids.map((id) => idOf(id));
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
