import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { readHead } from './import-capture.ts';

/** A part of a file that comes from a window: the windows of a browser know files, and no paths. */
export interface CapturePart {
  /** A UUID that the window drew; the same one for all parts of a file. */
  readonly uploadId: string;
  /** Bytes that were sent before. */
  readonly offset: number;
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** A morning has megabytes, 48 hours of a busy server some hundreds. */
export const longestCaptureBytes = 4 * 1024 ** 3;

/** A file that nobody went on sending for so long is given up. */
const abandonedMs = 3_600_000;

/**
 * Puts a part behind those that came before, and answers with the file once it is whole: only what says of itself that
 * it is a capture stays. Throws `Failure('invalid_input')` for parts out of order, for what is longer than
 * `mostBytes`, and for what is no capture; nothing of it is left then.
 */
export const receiveCapture = (
  folder: string,
  part: CapturePart,
  nowMs: number,
  mostBytes = longestCaptureBytes,
): Promise<string | null> => receiveFile(folder, part, nowMs, { ...aCapture, mostBytes });

export interface ReceivedFile {
  /** 'capture' */
  readonly noun: string;
  /** Of the file when it is whole: '.daybreak'. */
  readonly ending: string;
  readonly mostBytes: number;
  /** Throws `Failure('invalid_input')` for what is none. */
  readonly check: (file: string) => Promise<unknown>;
}

const aCapture: ReceivedFile = {
  noun: 'capture',
  ending: '.daybreak',
  mostBytes: longestCaptureBytes,
  check: readHead,
};

/** As `receiveCapture`, for any kind of file that Daybreak sends. */
export async function receiveFile(
  folder: string,
  part: CapturePart,
  nowMs: number,
  kind: ReceivedFile,
): Promise<string | null> {
  const { uploadId, offset, last } = part;
  if (!/^[0-9a-f-]{36}$/.test(uploadId)) throw invalid('An upload is named by a UUID.');
  const partial = join(folder, partialName(uploadId));
  if (offset === 0) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await forgetAbandoned(folder, nowMs);
  }
  try {
    await append(partial, part, kind);
    if (!last) return null;
    await kind.check(partial);
    const file = join(folder, `received-${uploadId}${kind.ending}`);
    await rename(partial, file);
    return file;
  } catch (error) {
    await rm(partial, { force: true });
    throw isFailure(error) ? unnamed(error, partial) : error;
  }
}

async function append(file: string, { offset, bytes }: CapturePart, { mostBytes, noun }: ReceivedFile): Promise<void> {
  if (offset + bytes.length > mostBytes)
    throw invalid(`The file is longer than ${mostBytes} bytes: no ${noun} is. Nothing of it was kept.`);
  const handle = await open(file, offset === 0 ? 'wx' : 'r+', 0o600).catch((error: unknown) => {
    throw isCode(error, 'EEXIST', 'ENOENT') ? outOfOrder() : error;
  });
  try {
    if ((await handle.stat()).size !== offset) throw outOfOrder();
    await handle.write(bytes, 0, bytes.length, offset);
  } finally {
    await handle.close();
  }
}

async function forgetAbandoned(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isPartial.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (nowMs - mtimeMs > abandonedMs) await rm(file, { force: true });
  }
}

/** The name that it had for a moment is nothing that the person knows. */
function unnamed({ value }: Failure, file: string): Failure {
  const { code, message } = value;
  const rest = message.startsWith(file) ? `The file${message.slice(file.length)}` : message.replace(` ${file}`, '');
  return new Failure({ code, message: rest });
}

const partialName = (uploadId: string): string => `receiving-${uploadId}.part`;
const isPartial = /^receiving-[0-9a-f-]{36}\.part$/;

const invalid = (message: string): Failure => new Failure({ code: 'invalid_input', message });
const outOfOrder = (): Failure =>
  invalid('The parts of the file did not arrive in their order. Choose the file again; nothing of it was kept.');

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
