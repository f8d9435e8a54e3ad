import type { Failure } from '../../../shared/model/failure.ts';
import { captureFormat, type RecordKind } from './capture-format.ts';
import { parsedRecord, readRecordFile, type FileRecord, type Schema } from './read-records.ts';
import { damagedFile } from './record-file.ts';

export type CaptureRecord = FileRecord<RecordKind>;

export const damaged = (file: string, why: string, cause?: unknown): Failure =>
  damagedFile(captureFormat, file, why, cause);

export const readCaptureFile = (file: string): AsyncGenerator<CaptureRecord> => readRecordFile(file, captureFormat);

/** JSON of a record. Throws `Failure('invalid_input')`. */
export const parsed = <T>(file: string, schema: Schema<T>, bytes: Uint8Array): T =>
  parsedRecord(captureFormat, file, schema, bytes);

/** JSON with bytes behind it. */
export function parsedPacked<T>(file: string, schema: Schema<T>, bytes: Buffer): { head: T; rest: Buffer } {
  if (bytes.length < 4) throw damaged(file, 'a record is too short');
  const length = bytes.readUInt32LE(0);
  if (4 + length > bytes.length) throw damaged(file, 'a record is too short');
  return { head: parsed(file, schema, bytes.subarray(4, 4 + length)), rest: bytes.subarray(4 + length) };
}
