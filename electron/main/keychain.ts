import { readFile, rename, writeFile } from 'node:fs/promises';
import { safeStorage } from 'electron';
import { z } from 'zod';
import type { SecretStore } from '../core/ports.ts';
import { memorySecrets } from '../hosts/node-ports.ts';

const fileSchema = z.record(z.string(), z.string());

/**
 * Passwords in a file of the profile, encrypted with a key that the operating system keeps for this user. Where it
 * keeps none (a Linux session without a password manager would get a key that stands in Chromium's source), they
 * stay in memory, and the screens say so.
 */
export async function openKeychain(file: string): Promise<SecretStore> {
  if (!(await canEncrypt())) return memorySecrets();
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
        const encrypted = (await load(file))[key];
        if (encrypted === undefined) return null;
        return (await safeStorage.decryptStringAsync(Buffer.from(encrypted, 'base64'))).result;
      }),
    set: (key, secret) =>
      inTurn(async () => {
        const encrypted = await safeStorage.encryptStringAsync(secret);
        await store(file, { ...(await load(file)), [key]: encrypted.toString('base64') });
      }),
    remove: (key) =>
      inTurn(async () => {
        const { [key]: _removed, ...rest } = await load(file);
        await store(file, rest);
      }),
  };
}

async function canEncrypt(): Promise<boolean> {
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return false;
  return safeStorage.isAsyncEncryptionAvailable();
}

async function load(file: string): Promise<Record<string, string>> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

async function store(file: string, secrets: Record<string, string>): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(secrets), { mode: 0o600 });
  await rename(draft, file);
}
