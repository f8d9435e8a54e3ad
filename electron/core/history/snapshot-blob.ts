import type { Snapshot, SnapshotEntry, StatementCounters } from '../../../shared/model/sampling.ts';

/**
 * A whole snapshot as bytes: about 90 per entry, a tenth of its JSON, because most counters of most statements are 0.
 * An entry: oids as uint32, queryid as int64, flags, a bit for each counter that is not 0, then those as doubles.
 */
const layoutVersion = 1;

const counterNames = [
  'calls',
  'rows',
  'totalExecMs',
  'sumSquaresMs2',
  'plans',
  'totalPlanMs',
  'sharedBlksHit',
  'sharedBlksRead',
  'sharedBlksDirtied',
  'sharedBlksWritten',
  'localBlksRead',
  'localBlksWritten',
  'tempBlksRead',
  'tempBlksWritten',
  'sharedBlkReadMs',
  'sharedBlkWriteMs',
  'tempBlkReadMs',
  'tempBlkWriteMs',
  'walRecords',
  'walBytes',
] as const satisfies readonly (keyof StatementCounters)[];

/** Fails to compile when a counter is added to the model and not here. */
type Missing = Exclude<keyof StatementCounters, (typeof counterNames)[number]>;
const nothingMissing: Missing extends never ? true : Missing = true;

const headBytes = 5;
const fixedBytes = 4 + 4 + 8 + 1 + 4;
const largestEntryBytes = fixedBytes + 8 + counterNames.length * 8;
const toplevelFlag = 1;
const statsSinceFlag = 2;

export function encodeEntries(entries: Snapshot['entries']): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(headBytes + entries.length * largestEntryBytes);
  const view = new DataView(buffer);
  view.setUint8(0, nothingMissing ? layoutVersion : 0);
  view.setUint32(1, entries.length);
  let at = headBytes;
  for (const { key, counters, statsSinceMs } of entries) {
    view.setUint32(at, Number(key.databaseOid));
    view.setUint32(at + 4, Number(key.roleOid));
    view.setBigInt64(at + 8, BigInt(key.queryid));
    view.setUint8(at + 16, (key.toplevel ? toplevelFlag : 0) | (statsSinceMs === null ? 0 : statsSinceFlag));
    const bitsAt = at + 17;
    at += fixedBytes;
    if (statsSinceMs !== null) {
      view.setFloat64(at, statsSinceMs);
      at += 8;
    }
    let bits = 0;
    for (const [index, name] of counterNames.entries()) {
      if (counters[name] === 0) continue;
      bits |= 1 << index;
      view.setFloat64(at, counters[name]);
      at += 8;
    }
    view.setUint32(bitsAt, bits);
  }
  return new Uint8Array(buffer.slice(0, at));
}

/** null for bytes of another layout: the sampler then begins anew. */
export function decodeEntries(bytes: Uint8Array): SnapshotEntry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== layoutVersion) return null;
  const count = view.getUint32(1);
  const entries: SnapshotEntry[] = [];
  let at = headBytes;
  while (entries.length < count) {
    const flags = view.getUint8(at + 16);
    const bits = view.getUint32(at + 17);
    const key = {
      databaseOid: String(view.getUint32(at)),
      roleOid: String(view.getUint32(at + 4)),
      queryid: String(view.getBigInt64(at + 8)),
      toplevel: (flags & toplevelFlag) !== 0,
    };
    at += fixedBytes;
    let statsSinceMs: number | null = null;
    if ((flags & statsSinceFlag) !== 0) {
      statsSinceMs = view.getFloat64(at);
      at += 8;
    }
    const counters: Record<(typeof counterNames)[number], number> = { ...noCounters };
    for (const [index, name] of counterNames.entries()) {
      if ((bits & (1 << index)) === 0) continue;
      counters[name] = view.getFloat64(at);
      at += 8;
    }
    entries.push({ key, counters, statsSinceMs });
  }
  return entries;
}

const noCounters: StatementCounters = {
  calls: 0,
  rows: 0,
  totalExecMs: 0,
  sumSquaresMs2: 0,
  plans: 0,
  totalPlanMs: 0,
  sharedBlksHit: 0,
  sharedBlksRead: 0,
  sharedBlksDirtied: 0,
  sharedBlksWritten: 0,
  localBlksRead: 0,
  localBlksWritten: 0,
  tempBlksRead: 0,
  tempBlksWritten: 0,
  sharedBlkReadMs: 0,
  sharedBlkWriteMs: 0,
  tempBlkReadMs: 0,
  tempBlkWriteMs: 0,
  walRecords: 0,
  walBytes: 0,
};
