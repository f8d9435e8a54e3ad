import { safeStorage } from 'electron';
import type { Logger, SecretStore } from '../core/ports.ts';
import { memorySecrets } from '../hosts/node-ports.ts';
import { secretsFile } from './secrets-file.ts';

/**
 * Passwords in a file of the profile, encrypted with a key that the operating system keeps for this user. Where it
 * keeps none (a Linux session without a password manager would get a key that stands in Chromium's source), they
 * stay in memory, and the screens say so.
 */
export async function openKeychain(file: string, logger: Logger): Promise<SecretStore> {
  if (!(await canEncrypt(logger))) return memorySecrets();
  return secretsFile(
    file,
    {
      encrypt: (text) => safeStorage.encryptStringAsync(text),
      decrypt: async (encrypted) => (await safeStorage.decryptStringAsync(encrypted)).result,
    },
    logger,
  );
}

async function canEncrypt(logger: Logger): Promise<boolean> {
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return false;
  try {
    return await safeStorage.isAsyncEncryptionAvailable();
  } catch (error) {
    // A window without stored passwords is worth more than none.
    logger.warn({ error: String(error) }, "the system's password store does not answer; passwords stay in memory");
    return false;
  }
}
