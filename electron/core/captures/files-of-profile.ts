import { access, mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { Failure } from '../../../shared/model/failure.ts';

/** A path that a person gave for a new file. Throws `Failure('invalid_input')` unless it is free and its folder there. */
export async function freeFile(file: string): Promise<string> {
  if (!isAbsolute(file)) throw invalid(`${file} is no absolute path. Say where on the engine's machine it shall lie.`);
  if (await exists(file)) throw invalid(`${file} exists already. Choose another name; nothing was written.`);
  if (!(await exists(dirname(file)))) throw invalid(`The folder of ${file} does not exist. Make it first.`);
  return file;
}

const invalid = (message: string): Failure => new Failure({ code: 'invalid_input', message });

export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** `<label>-<day>-<time><ending>` in a folder of the profile, numbered where there is one already. */
export async function newFile(
  folder: string,
  { label, atMs, ending, fallback }: { label: string; atMs: number; ending: string; fallback: string },
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw storageFailed(folder, error);
  });
  const name = label.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || fallback;
  const at = new Date(atMs).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  for (let number = 1; ; number += 1) {
    const file = join(folder, `${name.slice(0, 60)}-${at}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!(await exists(file))) return file;
  }
}

/** What the disk says, as a failure. */
export async function storing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw codeOf(error) === null ? error : storageFailed(file, error);
  }
}

export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string' ? error.code : null;

export function storageFailed(file: string, error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return new Failure(
    {
      code: 'storage_failed',
      message: `${file} cannot be written: ${why}. Free some space or choose another folder; nothing of it was left behind.`,
      detail: { file },
    },
    { cause: error },
  );
}
