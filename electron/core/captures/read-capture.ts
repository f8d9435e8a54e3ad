import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../../shared/model/failure.ts';
import {
  captureVersion,
  endSchema,
  longestMagic,
  longestRecordBytes,
  magicPattern,
  recordKinds,
  type RecordKind,
} from './capture-format.ts';

export interface CaptureRecord {
  readonly kind: RecordKind;
  readonly bytes: Buffer;
}

export const damaged = (file: string, why: string, cause?: unknown): Failure =>
  new Failure(
    {
      code: 'invalid_input',
      message: `The capture ${file} is damaged: ${why}. Have it sent or exported again; nothing of it was taken over.`,
      detail: { file },
    },
    { cause },
  );

/**
 * The records of a file in their order, without the last one, which only proves that none is missing.
 * Throws `Failure('invalid_input')` for what is no capture, was written by a newer Daybreak, or is damaged, and
 * `Failure('not_found')` where there is no file.
 */
export async function* readCaptureFile(file: string): AsyncGenerator<CaptureRecord> {
  const start = await magicBytes(file);
  let rest: Buffer = Buffer.alloc(0);
  let records = 0;
  let ended = false;
  const source = createReadStream(file, { start });
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  try {
    for await (const chunk of unzipped as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 5) {
        const length = rest.readUInt32LE(1);
        if (length > longestRecordBytes) throw damaged(file, 'a record claims to be far too long');
        if (rest.length < 5 + length) break;
        const record = recordOf(file, rest.readUInt8(0), rest.subarray(5, 5 + length));
        rest = rest.subarray(5 + length);
        if (ended) throw damaged(file, 'something follows its end');
        if (record.kind === 'end') {
          ended = true;
          if (parsed(file, endSchema, record.bytes).records !== records) throw damaged(file, 'records are missing');
        } else {
          records += 1;
          yield record;
        }
      }
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error), error);
  } finally {
    source.destroy();
  }
  if (!ended || rest.length > 0) throw damaged(file, 'its end is missing');
}

function recordOf(file: string, kind: number, bytes: Buffer): CaptureRecord {
  const name = recordKinds[kind];
  if (name === undefined) throw damaged(file, `a record is of the unknown kind ${kind}`);
  return { kind: name, bytes };
}

/** The length of the line that says what it is. */
async function magicBytes(file: string): Promise<number> {
  const head = Buffer.alloc(longestMagic);
  const length = await readHead(file, head);
  const found = magicPattern.exec(head.subarray(0, length).toString('latin1'));
  if (found === null) {
    throw new Failure({
      code: 'invalid_input',
      message: `${file} is no capture of Daybreak. Captures end in .daybreak and are written by "Send this morning".`,
      detail: { file },
    });
  }
  const version = Number(found[1]);
  if (version > captureVersion) {
    throw new Failure({
      code: 'invalid_input',
      message: `The capture ${file} was written by a newer Daybreak (format ${version}, this one knows ${captureVersion}). Open it with that Daybreak.`,
      detail: { file, version, known: captureVersion },
    });
  }
  return found[0].length;
}

async function readHead(file: string, into: Buffer): Promise<number> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await handle.read(into, 0, into.length, 0)).bytesRead;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure(
      {
        code: 'not_found',
        message: `The capture ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Give the path of a file on the machine where the engine runs.`,
        detail: { file },
      },
      { cause: error },
    );
  }
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** JSON of a record. Throws `Failure('invalid_input')`. */
export function parsed<T>(file: string, schema: Schema<T>, bytes: Uint8Array): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw damaged(file, 'a record is no JSON', error);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) throw damaged(file, 'a record does not have the fields that it should');
  return checked.data;
}

/** JSON with bytes behind it. */
export function parsedPacked<T>(file: string, schema: Schema<T>, bytes: Buffer): { head: T; rest: Buffer } {
  if (bytes.length < 4) throw damaged(file, 'a record is too short');
  const length = bytes.readUInt32LE(0);
  if (4 + length > bytes.length) throw damaged(file, 'a record is too short');
  return { head: parsed(file, schema, bytes.subarray(4, 4 + length)), rest: bytes.subarray(4 + length) };
}
