import { join } from 'node:path';
import type { Logger, Paths } from '../ports.ts';
import { requireNodeApi } from './sqlite.ts';
import { startWriter, type Writer } from './writer.ts';

/** The store of a profile, which its writer is opening. */
export interface StartedStore {
  readonly file: string;
  /** Rejects with `Failure('storage_failed')`; whoever opens the history is told. */
  readonly writer: Promise<Writer>;
}

export interface StoreOptions {
  readonly file: string;
  readonly logger: Logger;
}

/** Starts the writer of the profile's store. Throws `Failure('not_available')` below Node-API 10. */
export const startStore = ({ paths, logger }: { readonly paths: Paths; readonly logger: Logger }): StartedStore =>
  startStoreAt({ file: join(paths.profileDir, 'daybreak.sqlite'), logger });

export function startStoreAt({ file, logger }: StoreOptions): StartedStore {
  requireNodeApi();
  const writer = startWriter(file, (error) =>
    logger.warn({ error }, 'the copy of the last numbers could not be made; the one before stays'),
  );
  // It may fail before anybody waits for it.
  writer.catch(() => undefined);
  return { file, writer };
}
