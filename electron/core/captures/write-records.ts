import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { magicLine, type RecordFormat } from './record-file.ts';

export interface RecordWriter<K extends string> {
  /** The last one is 'end': it counts the others, and its value is not looked at. */
  json(kind: K | 'end', value: unknown): Promise<void>;
  /** JSON and bytes behind it: the length of the JSON comes first, in four bytes. */
  packed(kind: K, head: unknown, ...bytes: readonly Uint8Array[]): Promise<void>;
}

/**
 * Writes a file whole or not at all: beside its place first, renamed when it lies on the disk. Resolves to its size,
 * bytes. What was written of a file that cannot be finished is removed.
 */
export async function writeRecordFile<K extends string>(
  file: string,
  format: RecordFormat<K>,
  fill: (writer: RecordWriter<K>) => Promise<void>,
): Promise<void> {
  const part = `${file}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.part`;
  const out = createWriteStream(part, { flags: 'wx', mode: 0o600 });
  try {
    await once(out, 'open');
    out.write(magicLine(format));
    // Level 3: texts of samples repeat, and the packed columns shrink by a fifth whatever the level.
    const zip = createGzip({ level: 3 });
    zip.pipe(out);
    const done = finished(out);
    // Whoever fails first is told by `fill`, which waits for both.
    done.catch(() => undefined);
    await fill(recordsInto(format, zip, done));
    zip.end();
    await done;
    const handle = await open(part, 'r+');
    await handle.sync();
    await handle.close();
    await rename(part, file);
  } catch (error) {
    out.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

function recordsInto<K extends string>(
  { kinds }: RecordFormat<K>,
  zip: ReturnType<typeof createGzip>,
  done: Promise<void>,
): RecordWriter<K> {
  let records = 0;
  const put = async (kind: K | 'end', ...parts: readonly Uint8Array[]): Promise<void> => {
    const head = Buffer.alloc(5);
    head.writeUInt8(kinds.indexOf(kind), 0);
    head.writeUInt32LE(
      parts.reduce((sum, part) => sum + part.length, 0),
      1,
    );
    records += 1;
    let room = zip.write(head);
    for (const part of parts) room = zip.write(part);
    // A full disk ends `done` with its error, and no drain comes.
    if (!room) await Promise.race([once(zip, 'drain'), done]);
  };
  return {
    json: (kind, value) => put(kind, Buffer.from(JSON.stringify(kind === 'end' ? { records } : value))),
    packed(kind, head, ...bytes) {
      const json = Buffer.from(JSON.stringify(head));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(json.length);
      return put(kind, length, json, ...bytes);
    },
  };
}
