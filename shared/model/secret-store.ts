import { z } from 'zod';

/**
 * Where the passwords of an engine are: with the system's key store; in clear, in a file that only its user can read; or
 * in memory until it stops.
 */
export const secretStoreKindSchema = z.enum(['system', 'file', 'memory']);
export type SecretStoreKind = z.infer<typeof secretStoreKindSchema>;
