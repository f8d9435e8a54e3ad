import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';

/** A private key under a passphrase: scrypt, then AES-256-GCM. All in base64. */
export const wrappedKeySchema = z.object({
  salt: z.string(),
  /** scrypt's cost, block size and parallelism; stored, so that a later Daybreak may ask for more. */
  cost: z.number().int(),
  blockSize: z.number().int(),
  parallel: z.number().int(),
  nonce: z.string(),
  tag: z.string(),
  key: z.string(),
});
export type WrappedKey = z.infer<typeof wrappedKeySchema>;

/** 128 MB and some 0.3 s for each guess (OWASP's recommendation for scrypt: N = 2^17, r = 8, p = 1). */
const cost = 2 ** 17;
const blockSize = 8;
const parallel = 1;

type Scrypt = Pick<WrappedKey, 'salt' | 'cost' | 'blockSize' | 'parallel'>;

const derived = (passphrase: string, { salt, cost: N, blockSize: r, parallel: p }: Scrypt): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const maxmem = 128 * N * r + 32 * 1024 ** 2;
    // NFC: the same words typed on another keyboard are the same bytes.
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

export async function wrapKey(privateKey: string, passphrase: string): Promise<WrappedKey> {
  const how = { salt: randomBytes(16).toString('base64'), cost, blockSize, parallel };
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', await derived(passphrase, how), nonce);
  const key = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]).toString('base64');
  return { ...how, nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), key };
}

/** null: another passphrase. */
export async function unwrapKey(wrapped: WrappedKey, passphrase: string): Promise<string | null> {
  const key = await derived(passphrase, wrapped);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(wrapped.nonce, 'base64'));
  decipher.setAuthTag(Buffer.from(wrapped.tag, 'base64'));
  try {
    return Buffer.concat([decipher.update(Buffer.from(wrapped.key, 'base64')), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
