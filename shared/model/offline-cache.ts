import { z } from 'zod';
import { secretStoreKindSchema } from './secret-store.ts';

/** Results of one widget's query that are kept, and the bytes that all of them may take. */
export const cacheLimitsSchema = z.object({
  resultsKept: z.number().int().min(1).max(500),
  capBytes: z
    .number()
    .int()
    .min(10 * 1024 ** 2)
    .max(100 * 1024 ** 3),
});
export type CacheLimits = z.infer<typeof cacheLimitsSchema>;

export const defaultCacheLimits: CacheLimits = { resultsKept: 30, capBytes: 500 * 1024 ** 2 };

/** Who keeps the key: nobody (results lie readable in the profile), the operating system, or the person's memory. */
export const cacheProtectionSchema = z.enum(['none', 'system', 'passphrase']);
export type CacheProtection = z.infer<typeof cacheProtectionSchema>;

export const cacheStatusSchema = z.object({
  limits: cacheLimitsSchema,
  /** What the saved results and rows of small read models take now; opened packs are not counted. */
  sizeBytes: z.number().int(),
  results: z.number().int(),
  widgets: z.number().int(),
  /** Read models that are small enough to be kept as rows, so that filters work offline too. */
  readModels: z.number().int(),
  protection: cacheProtectionSchema,
  /** The key is not at hand: numbers are still saved, and none can be read until it is. */
  locked: z.boolean(),
  /** Results that are being encrypted or decrypted after the protection was changed. */
  pending: z.number().int(),
  /** What this door has to keep a key in. Only 'system' is a safe store. */
  secretStore: secretStoreKindSchema,
  /** One honest sentence on who can read the saved numbers. */
  words: z.string(),
});
export type CacheStatus = z.infer<typeof cacheStatusSchema>;

/** Shorter ones are found by trying. */
export const passphraseSchema = z.string().min(8, 'a passphrase has at least 8 characters').max(1024);

export const protectionChangeSchema = z.discriminatedUnion('with', [
  z.object({ with: z.literal('system') }),
  z.object({ with: z.literal('passphrase'), passphrase: passphraseSchema }),
  /** `discard`: drops what cannot be opened, for a key that is lost. */
  z.object({ with: z.literal('none'), discard: z.boolean().optional() }),
]);
export type ProtectionChange = z.infer<typeof protectionChangeSchema>;

/** One saved result of a widget, without its numbers. */
export const savedResultSchema = z.object({
  resultId: z.string(),
  /** ISO 8601; null where it is not known. */
  asOf: z.string().nullable(),
  savedAtMs: z.number(),
  /** Version of the read model that it was read from; null for base tables, and where the server did not tell. */
  modelVersion: z.number().int().nullable(),
  sizeBytes: z.number().int(),
  /** 'locked': the cache is encrypted and its key not at hand; 'newer': a newer Daybreak saved it. */
  readable: z.enum(['yes', 'locked', 'newer']),
});
export type SavedResult = z.infer<typeof savedResultSchema>;
