import { z } from 'zod';
import { cacheLimitsSchema, cacheStatusSchema, protectionChangeSchema } from '../model/offline-cache.ts';
import { procedure } from './envelope.ts';

/** The numbers that are saved for offline reading: how many, how large, and who can read them. */
export const offlineCacheContract = {
  status: procedure(z.object({}).default({}), cacheStatusSchema),
  /** What is beyond the new limits goes at once, the oldest first, and the newest number of each widget last. */
  setLimits: procedure(cacheLimitsSchema, cacheStatusSchema),
  /** Encrypts all that is saved, changes who keeps the key, or opens it again. */
  protect: procedure(protectionChangeSchema, cacheStatusSchema),
  /** For this engine, until it stops. `passphrase` is left out where the operating system keeps the key. */
  unlock: procedure(z.object({ passphrase: z.string().min(1).optional() }), cacheStatusSchema),
  /** Forgets the key until it is given again; numbers are saved on. */
  lock: procedure(z.object({}).default({}), cacheStatusSchema),
};
