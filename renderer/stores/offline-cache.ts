import type { CacheLimits, CacheStatus, ProtectionChange } from '../../shared/model/offline-cache.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';

/** How many numbers are saved for offline reading, how large they are, and who can read them. */
export const cacheStatus = createAsked(async (_: Readonly<Record<never, never>>, signal): Promise<CacheStatus> =>
  unwrap(await client().offlineCache.status({}, { signal })),
);

/** What is beyond the new limits goes at once. Throws FailureError. */
export async function setCacheLimits(limits: CacheLimits): Promise<void> {
  unwrap(await client().offlineCache.setLimits(limits));
  await cacheStatus.load({});
}

/** Throws FailureError. */
export async function protectCache(change: ProtectionChange): Promise<void> {
  unwrap(await client().offlineCache.protect(change));
  await cacheStatus.load({});
}

/** null: the key is the operating system's. Throws FailureError. */
export async function unlockCache(passphrase: string | null): Promise<void> {
  unwrap(await client().offlineCache.unlock(passphrase === null ? {} : { passphrase }));
  await cacheStatus.load({});
}

/** Forgets the key until it is given again. Throws FailureError. */
export async function lockCache(): Promise<void> {
  unwrap(await client().offlineCache.lock({}));
  await cacheStatus.load({});
}
