import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwrapKey, wrapKey } from '../../../../electron/core/history/passphrase.ts';
import {
  BrokenSeal,
  newCacheKeys,
  openBody,
  privateKeyOf,
  publicKeyOf,
  sealBody,
} from '../../../../electron/core/history/seal.ts';

const keys = newCacheKeys();
const [open, seal] = [privateKeyOf(keys.privateKey), publicKeyOf(keys.publicKey)];

test('what is sealed opens with its key and in its place, and is never the same bytes twice', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.string(), (bytes, about) => {
      const body = Buffer.from(bytes);
      const sealed = sealBody(seal, body, about);
      expect(openBody(open, sealed, about).equals(body)).toBe(true);
      expect(sealBody(seal, body, about).equals(sealed)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test('another key, another place, a changed bit and a missing end are told apart from a sound one', () => {
  const sealed = sealBody(seal, Buffer.from('61731172.5040'), 'the sales');
  const other = privateKeyOf(newCacheKeys().privateKey);
  expect(() => openBody(other, sealed, 'the sales')).toThrow(BrokenSeal);
  expect(() => openBody(open, sealed, 'the costs')).toThrow(BrokenSeal);
  expect(() => openBody(open, sealed.subarray(0, -1), 'the sales')).toThrow(BrokenSeal);
  expect(() => openBody(open, Buffer.alloc(10), 'the sales')).toThrow(BrokenSeal);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openBody(open, changed, 'the sales'), `byte ${at}`).toThrow(BrokenSeal);
  }
});

test('a key under a passphrase is nowhere in the open, and another passphrase does not give it', async () => {
  const wrapped = await wrapKey(keys.privateKey, 'früh am Morgen');
  expect(JSON.stringify(wrapped)).not.toContain(keys.privateKey);
  expect(await unwrapKey(wrapped, 'früh am Morgen')).toBe(keys.privateKey);
  // The same words in their other spelling of Unicode.
  expect(await unwrapKey(wrapped, 'früh am Morgen'.normalize('NFD'))).toBe(keys.privateKey);
  expect(await unwrapKey(wrapped, 'frueh am Morgen')).toBeNull();
});
