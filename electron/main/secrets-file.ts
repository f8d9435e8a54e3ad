import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger, SecretStore } from '../core/ports.ts';

/** Encrypts with a key that is not in the profile. Both may reject: a keyring can be locked, reset or another one. */
export interface SecretCipher {
  encrypt(text: string): Promise<Buffer>;
  decrypt(encrypted: Buffer): Promise<string>;
}

const fileSchema = z.record(z.string(), z.string());

/**
 * Passwords in a file of the profile, encrypted. `get` never rejects: a password that cannot be read is one that the
 * person is asked for again. `set` and `remove` reject where the store cannot be written or the key not be had.
 */
export function secretsFile(file: string, cipher: SecretCipher, logger: Logger): SecretStore {
  // One change after the other: each reads and writes the whole file.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    kind: 'system',
    get: (key) =>
      inTurn(async () => {
        try {
          const encrypted = (await load(file, logger))[key];
          return encrypted === undefined ? null : await cipher.decrypt(Buffer.from(encrypted, 'base64'));
        } catch (error) {
          logger.warn({ key, error: String(error) }, 'a stored password cannot be read; it is asked for again');
          return null;
        }
      }),
    set: (key, secret) =>
      inTurn(async () => {
        const encrypted = await cipher.encrypt(secret);
        await store(file, { ...(await load(file, logger)), [key]: encrypted.toString('base64') });
      }),
    remove: (key) =>
      inTurn(async () => {
        const { [key]: _removed, ...rest } = await load(file, logger);
        await store(file, rest);
      }),
  };
}

async function load(file: string, logger: Logger): Promise<Record<string, string>> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    // Put aside, not overwritten: whoever damaged it may want to mend it.
    const aside = `${file}.damaged-${Date.now()}`;
    await rename(file, aside);
    // What stands in the file is not logged: the parser quotes what it stumbled over.
    logger.warn({ file, aside }, 'the file of stored passwords is damaged; it was put aside and a new one begins');
    return {};
  }
}

async function store(file: string, secrets: Record<string, string>): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(secrets), { mode: 0o600 });
  await rename(draft, file);
}
