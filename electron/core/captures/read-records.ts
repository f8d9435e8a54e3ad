import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { Failure } from '../../../shared/model/failure.ts';
import { damagedFile, longestMagic, longestRecordBytes, magicPattern, type RecordFormat } from './record-file.ts';

export interface FileRecord<K extends string> {
  readonly kind: K;
  readonly bytes: Buffer;
}

const endSchema = z.object({ records: z.number().int() });

/**
 * The records of a file in their order, without the last one, which only proves that none is missing.
 * Throws `Failure('invalid_input')` for what is no such file, was written by a newer Daybreak, or is damaged, and
 * `Failure('not_found')` where there is no file.
 */
export async function* readRecordFile<K extends string>(
  file: string,
  format: RecordFormat<K>,
): AsyncGenerator<FileRecord<K>> {
  const damaged = (why: string, cause?: unknown): Failure => damagedFile(format, file, why, cause);
  const start = await magicBytes(file, format);
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
        if (length > longestRecordBytes) throw damaged('a record claims to be far too long');
        if (rest.length < 5 + length) break;
        const kind = format.kinds[rest.readUInt8(0)];
        if (kind === undefined) throw damaged(`a record is of the unknown kind ${rest.readUInt8(0)}`);
        const bytes = rest.subarray(5, 5 + length);
        rest = rest.subarray(5 + length);
        if (ended) throw damaged('something follows its end');
        if (kind === 'end') {
          ended = true;
          if (parsedRecord(format, file, endSchema, bytes).records !== records) throw damaged('records are missing');
        } else {
          records += 1;
          yield { kind: kind as K, bytes };
        }
      }
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw damaged(error instanceof Error ? error.message : String(error), error);
  } finally {
    source.destroy();
  }
  if (!ended || rest.length > 0) throw damaged('its end is missing');
}

/** The length of the line that says what it is. */
async function magicBytes(file: string, format: RecordFormat<string>): Promise<number> {
  const head = Buffer.alloc(longestMagic);
  const length = await readHead(file, head, format);
  const found = magicPattern(format).exec(head.subarray(0, length).toString('latin1'));
  if (found === null) {
    throw new Failure({
      code: 'invalid_input',
      message: `${file} is no ${format.noun} of Daybreak. ${format.hint}`,
      detail: { file },
    });
  }
  const version = Number(found[1]);
  if (version > format.version) {
    throw new Failure({
      code: 'invalid_input',
      message: `The ${format.noun} ${file} was written by a newer Daybreak (format ${version}, this one knows ${format.version}). Open it with that Daybreak.`,
      detail: { file, version, known: format.version },
    });
  }
  return found[0].length;
}

async function readHead(file: string, into: Buffer, { noun }: RecordFormat<string>): Promise<number> {
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
        message: `The ${noun} ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Give the path of a file on the machine where the engine runs.`,
        detail: { file },
      },
      { cause: error },
    );
  }
}

export interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** JSON of a record. Throws `Failure('invalid_input')`. */
export function parsedRecord<T>(format: RecordFormat<string>, file: string, schema: Schema<T>, bytes: Uint8Array): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw damagedFile(format, file, 'a record is no JSON', error);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) throw damagedFile(format, file, 'a record does not have the fields that it should');
  return checked.data;
}
