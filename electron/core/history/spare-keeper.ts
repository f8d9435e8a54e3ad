import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { spareOf, tidySpare, wipeSpare, writeSpare } from './spare-numbers.ts';
import type { WriterCommandName } from './writer-commands.ts';

/** After these the copy is behind. */
const adding: ReadonlySet<WriterCommandName> = new Set<WriterCommandName>([
  'saveResult',
  'saveModelRows',
  'removeModelRows',
  'saveDashboard',
  'putBackDashboard',
  'saveConnection',
  'finishCapture',
  'openResults',
  'saveCacheSettings',
]);

/** After these there must be nothing of it in the copy any more. */
const removing: ReadonlySet<WriterCommandName> = new Set<WriterCommandName>([
  'dropSealed',
  'removeConnection',
  'setAsideDashboard',
  'removeDashboard',
  'abandonCapture',
]);

/** So far the copy may be behind, ms: it takes milliseconds to make, and numbers come in bursts. */
const behindMs = 60_000;
/** So far while there is none. */
const firstMs = 2_000;

export interface SpareKeeper {
  /** A command was committed. */
  after(command: WriterCommandName, value: unknown): void;
  /** Makes what is behind, and ends. */
  close(): void;
}

/** Keeps the copy of the last good numbers near the store. `failed`: a copy could not be made; the one before stays. */
export function keepSpare(db: Database.Database, file: string, failed: (error: unknown) => void): SpareKeeper {
  /** Made, or tried; -Infinity: there is none. */
  let madeAtMs = existsSync(spareOf(file)) ? Date.now() : Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let behind = false;

  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      failed(error);
    }
  };
  const make = (): void => {
    timer = null;
    madeAtMs = Date.now();
    attempt(() => {
      writeSpare(db, file);
      behind = false;
    });
    if (behind) plan();
  };
  const plan = (): void => {
    behind = true;
    timer ??= setTimeout(make, Math.max(firstMs, madeAtMs + behindMs - Date.now()));
  };
  const wipe = (): void => {
    attempt(() => wipeSpare(file));
    if (timer !== null) clearTimeout(timer);
    timer = null;
    madeAtMs = Number.NEGATIVE_INFINITY;
    plan();
  };

  attempt(() => tidySpare(db, file));
  // A store from before there was a copy.
  if (!existsSync(spareOf(file)) && db.prepare('select 1 from connection limit 1').get() !== undefined) plan();
  return {
    after(command, value) {
      // `sealResults` answers whether it sealed something.
      if (removing.has(command) || (command === 'sealResults' && value === true)) wipe();
      else if (adding.has(command)) plan();
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      if (behind) attempt(() => writeSpare(db, file));
    },
  };
}
