import { z } from 'zod';
import { cacheLimitsSchema, defaultCacheLimits } from '../../../shared/model/offline-cache.ts';
import { wrappedKeySchema } from './passphrase.ts';
import type { Prepare } from './prepared.ts';

const sealing = { keyId: z.string(), publicKey: z.string() };

/**
 * How saved results lie in the store. `leaving`: the person has turned it off, nothing new is sealed, and what still is
 * waits for its key.
 */
export const cacheSealSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('system'), leaving: z.boolean(), ...sealing }),
  z.object({ kind: z.literal('passphrase'), leaving: z.boolean(), ...sealing, wrapped: wrappedKeySchema }),
]);
export type CacheSeal = z.infer<typeof cacheSealSchema>;

export const cacheSettingsSchema = z.object({ limits: cacheLimitsSchema, seal: cacheSealSchema });
export type CacheSettings = z.infer<typeof cacheSettingsSchema>;

export function readCacheSettings(prepare: Prepare): CacheSettings {
  const row = prepare<{ body: string }>('select body from offline_cache').get();
  if (row === undefined) return { limits: defaultCacheLimits, seal: { kind: 'none' } };
  return cacheSettingsSchema.parse(JSON.parse(row.body));
}
