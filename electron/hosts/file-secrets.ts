import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../shared/model/failure.ts';
import type { Logger, SecretStore } from '../core/ports.ts';

const fileSchema = z.record(z.string(), z.string());

export interface FileSecretsOptions {
  /** What this process was given at its start: it is given again at the next one, and is held in memory alone. */
  readonly given?: readonly string[];
  readonly logger: Logger;
}

/**
 * Passwords in a file that only its user can read (0600, in a folder of 0700), in clear: for a machine without a
 * keychain, such as an agent's. Each change writes the whole file and puts it in place at once, so that a kill leaves
 * the old one or the new one. Throws `not_available` for a file or folder that others can look into and
 * `storage_failed` for one that cannot be used, at the start and with every call; a damaged file is put aside.
 */
export async function fileSecrets(file: string, { given = [], logger }: FileSecretsOptions): Promise<SecretStore> {
  // One change after the other: each reads and writes the whole file.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
  const held = new Map<string, string>();
  const forgetKept = async (key: string): Promise<void> => {
    const { [key]: kept, ...rest } = (await load(file, logger)).secrets;
    if (kept !== undefined) await store(file, rest);
  };
  await usable(file, () => mkdir(dirname(file), { recursive: true, mode: 0o700 }));
  const { notice } = await load(file, logger);
  return {
    kind: 'file',
    notice,
    get: (key) => inTurn(async () => held.get(key) ?? (await load(file, logger)).secrets[key] ?? null),
    set: (key, secret) =>
      inTurn(async () => {
        if (given.includes(secret)) return void held.set(key, secret);
        await store(file, { ...(await load(file, logger)).secrets, [key]: secret });
        held.delete(key);
      }),
    remove: (key) =>
      inTurn(async () => {
        held.delete(key);
        await forgetKept(key);
      }),
  };
}

interface Loaded {
  readonly secrets: Readonly<Record<string, string>>;
  /** What became of a file that cannot be understood. */
  readonly notice: string | null;
}

const nothingKept: Loaded = { secrets: {}, notice: null };

async function load(file: string, logger: Logger): Promise<Loaded> {
  return usable(file, async () => {
    await refuseOpenToOthers(dirname(file), 'The folder', '700');
    const text = await contentOf(file);
    if (text === null) return nothingKept;
    try {
      return { secrets: fileSchema.parse(JSON.parse(text)), notice: null };
    } catch {
      // Put aside, not overwritten: whoever damaged it may want to mend it. The parser quotes what it stumbled over,
      // which may be a password, so that its words are told to nobody.
      const aside = `${file}.damaged-${Date.now()}`;
      await rename(file, aside);
      const notice = `The file of kept passwords, ${file}, was damaged. It was put aside as ${aside}, and a new one begins: passwords that are needed have to be entered again.`;
      logger.warn({ file, aside }, notice);
      return { secrets: {}, notice };
    }
  });
}

/** null: there is no file yet. */
async function contentOf(file: string): Promise<string | null> {
  try {
    await refuseOpenToOthers(file, 'The file of kept passwords', '600');
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** As libpq refuses a passfile. Windows has no such bits; there the profile is in the user's own folder. */
async function refuseOpenToOthers(path: string, what: string, mode: string): Promise<void> {
  const { mode: bits } = await stat(path);
  if (process.platform === 'win32' || (bits & 0o077) === 0) return;
  throw new Failure({
    code: 'not_available',
    message: `${what} ${path} is open to others (mode ${(bits & 0o777).toString(8)}), and passwords are kept there. Nothing was read or written.`,
    action: `chmod ${mode} ${path}`,
  });
}

async function store(file: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  await usable(file, async () => {
    const draft = `${file}.new`;
    await rm(draft, { force: true }); // a kill may have left one
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncFolder(dirname(file));
  });
}

/** So that the new name outlives a power cut, where folders can be opened at all. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function usable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      {
        code: 'storage_failed',
        message: `The file of kept passwords, ${file}, cannot be used: ${reason}. What is in it was left as it is.`,
      },
      { cause: error },
    );
  }
}
