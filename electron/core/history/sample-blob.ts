import { ColumnReader, ColumnWriter, DamagedColumns } from './packed-columns.ts';

/** The rows of one sample, with what is interned by its id: about 15 bytes a row. */
const layoutVersion = 1;

export interface PackedSampleRow {
  readonly pid: number;
  readonly leaderPid: number | null;
  readonly originId: number;
  readonly waitId: number;
  readonly statementId: number | null;
  /** null: the text of its statement. */
  readonly textId: number | null;
  /** Negative for what began after the sample's own moment. */
  readonly queryAgeUs: number | null;
  readonly transactionAgeUs: number | null;
  readonly xminAge: number | null;
  readonly blockers: readonly number[];
}

export function encodeSample(rows: readonly PackedSampleRow[]): Uint8Array {
  const writer = new ColumnWriter(rows.length * 24 + 16);
  writer.number(layoutVersion);
  writer.number(rows.length);
  for (const row of rows) {
    const optional = [row.leaderPid, row.statementId, row.textId, row.queryAgeUs, row.transactionAgeUs, row.xminAge];
    const flags = optional.reduce<number>((bits, value, bit) => (value === null ? bits : bits | (1 << bit)), 0);
    writer.number(flags | (row.blockers.length === 0 ? 0 : blockersFlag));
    writer.number(row.pid);
    writer.number(row.originId);
    writer.number(row.waitId);
    for (const value of optional) if (value !== null) writer.signed(value);
    if (row.blockers.length === 0) continue;
    writer.number(row.blockers.length);
    for (const pid of row.blockers) writer.signed(pid);
  }
  return Uint8Array.from(writer.bytes());
}

const blockersFlag = 64;
const nobody: readonly number[] = [];

export function decodeSample(packed: Uint8Array): PackedSampleRow[] {
  const reader = new ColumnReader(packed);
  const version = reader.number();
  if (version !== layoutVersion) throw new DamagedColumns(`a sample has the unknown layout ${version}`);
  const rows: PackedSampleRow[] = [];
  let flags = 0;
  const optional = (bit: number): number | null => ((flags & (1 << bit)) === 0 ? null : reader.signed());
  for (let left = reader.number(); left > 0; left -= 1) {
    flags = reader.number();
    const pid = reader.number();
    const originId = reader.number();
    const waitId = reader.number();
    rows.push({
      pid,
      originId,
      waitId,
      leaderPid: optional(0),
      statementId: optional(1),
      textId: optional(2),
      queryAgeUs: optional(3),
      transactionAgeUs: optional(4),
      xminAge: optional(5),
      blockers: (flags & blockersFlag) === 0 ? nobody : Array.from({ length: reader.number() }, () => reader.signed()),
    });
  }
  return rows;
}
