import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/**
 * What is saved for offline reading, encrypted. Anybody may seal (the public key lies beside the results, so that a
 * locked cache goes on saving), only the private key opens: X25519 with a key pair of each body's own, HKDF-SHA-256,
 * AES-256-GCM. `about` is authenticated: a body that is moved to another widget does not open there.
 *
 * A sealed body: public key of its own (32 bytes), nonce (12), tag (16), then the ciphertext.
 */
export interface CacheKeys {
  readonly keyId: string;
  /** DER (SPKI), base64. */
  readonly publicKey: string;
  /** DER (PKCS 8), base64: a secret. */
  readonly privateKey: string;
}

export function newCacheKeys(): CacheKeys {
  const pair = generateKeyPairSync('x25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  return {
    keyId: randomBytes(8).toString('hex'),
    publicKey: pair.publicKey.toString('base64'),
    privateKey: pair.privateKey.toString('base64'),
  };
}

/** A body that its key does not open: damaged, or moved from elsewhere. */
export class BrokenSeal extends Error {}

const publicBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = publicBytes + nonceBytes + tagBytes;
/** What stands in front of the 32 bytes of an X25519 key in DER (RFC 8410). */
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex');

const rawPublic = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-publicBytes);

export const publicKeyOf = (base64: string): KeyObject =>
  createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
/** Throws for what is no key. */
export const privateKeyOf = (base64: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });

function bodyKey(secret: KeyObject, other: KeyObject, own: Buffer, recipient: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: secret, publicKey: other });
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([own, recipient]), 'daybreak offline cache 1', 32));
}

export function sealBody(recipient: KeyObject, body: Buffer, about: string): Buffer {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const own = rawPublic(publicKey);
  const nonce = randomBytes(nonceBytes);
  const key = bodyKey(privateKey, recipient, own, rawPublic(recipient));
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(body), cipher.final()]);
  return Buffer.concat([own, nonce, cipher.getAuthTag(), sealed]);
}

/** Throws `BrokenSeal`. */
export function openBody(secret: KeyObject, sealed: Buffer, about: string): Buffer {
  if (sealed.length < headBytes) throw new BrokenSeal('it is too short');
  const own = sealed.subarray(0, publicBytes);
  const nonce = sealed.subarray(publicBytes, publicBytes + nonceBytes);
  const tag = sealed.subarray(publicBytes + nonceBytes, headBytes);
  try {
    const other = createPublicKey({ key: Buffer.concat([spkiHead, own]), format: 'der', type: 'spki' });
    const key = bodyKey(secret, other, own, rawPublic(createPublicKey(secret)));
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
  } catch (error) {
    throw new BrokenSeal('its key does not open it', { cause: error });
  }
}
