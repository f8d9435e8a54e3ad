import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';

export interface ExportTarget {
  /** A file, or a folder that takes the suggested name; undefined: the folder that the command runs in. */
  readonly out: string | undefined;
  readonly fileName: string;
  /** Replace a file that is there already. */
  readonly force: boolean;
}

/**
 * Writes a file whole or not at all and answers with its path. Throws `storage_failed` for a full disk, a missing folder
 * or missing rights, and `invalid_input` for a file that is there already.
 */
export async function writeExport(
  { out, fileName, force }: ExportTarget,
  bytes: Uint8Array,
  write: (handle: FileHandle, bytes: Uint8Array) => Promise<void> = (handle, all) => handle.writeFile(all),
): Promise<string> {
  const file = await fileOf(out, fileName);
  const part = `${file}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    const handle = await open(part, 'wx');
    try {
      await write(handle, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link fails where the name is taken; a rename would replace what somebody put there meanwhile.
    if (force) await rename(part, file);
    else await link(part, file);
  } catch (error) {
    throw failureOf(error, file, bytes.byteLength);
  } finally {
    // What kept it from being written may keep it from being looked for.
    await rm(part, { force: true }).catch(() => undefined);
  }
  return file;
}

async function fileOf(out: string | undefined, fileName: string): Promise<string> {
  const target = resolve(out ?? '.');
  const found = await stat(target).catch(() => null);
  return found?.isDirectory() === true ? join(target, fileName) : target;
}

function failureOf(error: unknown, file: string, sizeBytes: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const failed = (message: string) => new Failure({ code: 'storage_failed', message }, { cause: error });
  switch (code) {
    case 'EEXIST':
      return new Failure(
        {
          code: 'invalid_input',
          message: `${file} is there already. Give another name with --out, or --force to replace it.`,
        },
        { cause: error },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return failed(
        `There is no room for ${file}: it takes ${sizeBytes} bytes. Nothing of it was kept; make room or choose another disk with --out.`,
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return failed(`The folder of ${file} does not exist. Make it, or choose another one with --out.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failed(`${file} may not be written by this user. Choose another folder with --out.`);
    default:
      return error;
  }
}
