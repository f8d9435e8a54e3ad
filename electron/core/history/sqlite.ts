import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Failure } from '../../../shared/model/failure.ts';
import { DamagedColumns } from './packed-columns.ts';
import { migrate, NewerStore, refuseUnknown, type Migrated } from './migrate.ts';
import type { Migration } from './migrations/index.ts';
import { salvage, type Salvaged } from './salvage.ts';
import { spareOf } from './spare-numbers.ts';

/** better-sqlite3 13 is built against Node-API 10; an older Node dies of it with a segmentation fault and no message. */
export function requireNodeApi(napi: string | undefined = process.versions.napi): void {
  if (Number(napi ?? 0) >= 10) return;
  throw new Failure({
    code: 'not_available',
    message: `Daybreak needs Node 22.14 or newer (Node-API 10) for its local store; this is Node ${process.versions.node}.`,
  });
}

/** How long a statement waits for another process that holds the file, e.g. a backup. */
const busyTimeoutMs = 5_000;

export interface OpenedWriter {
  readonly db: Database.Database;
  /** What is written to: the store, or a stand-in for one that this Daybreak must not write to. */
  readonly file: string;
  readonly migrated: Migrated | null;
  readonly rescued: Rescued | null;
}

/** The store was not what it should be, and another one is open in its place. */
export interface Rescued {
  /** 'damaged': put aside, as `movedTo`. 'lost': there was none. 'newer': left as it is, and nothing is kept. */
  readonly why: 'damaged' | 'lost' | 'newer';
  readonly movedTo: string | null;
  readonly salvaged: Salvaged;
  /** In words, for 'newer'. */
  readonly refusal: string | null;
}

/**
 * Opens, checks and migrates the store for the one writer. A damaged file is kept beside the new one, never deleted, and
 * one of a newer Daybreak is only read: a stand-in takes its place until this Daybreak ends. What they tell, and the copy
 * beside them, goes into the new one. Throws `NewerStore` for one that tells nothing.
 */
export function openWriter(file: string, nowMs: number, steps?: readonly Migration[]): OpenedWriter {
  removeStore(standInOf(file));
  try {
    const lost = existsSync(spareOf(file)) && isEmpty(file);
    const opened = openChecked(file, steps);
    if (!lost) return { ...opened, file, rescued: null };
    return { ...opened, file, rescued: rescuedFrom('lost', opened.db, [spareOf(file)]) };
  } catch (error) {
    if (error instanceof NewerStore) return openStandIn(file, error, steps);
    if (!isDamage(error)) throw error;
    const movedTo = `${file}.corrupt-${new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    for (const suffix of ['-wal', '-shm', '']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix);
    }
    const opened = openChecked(file, steps);
    return {
      ...opened,
      file,
      rescued: { ...rescuedFrom('damaged', opened.db, [movedTo, spareOf(file)]), movedTo },
    };
  }
}

function openStandIn(file: string, newer: NewerStore, steps?: readonly Migration[]): OpenedWriter {
  const standIn = standInOf(file);
  const opened = openChecked(standIn, steps);
  const rescued = rescuedFrom('newer', opened.db, [file, spareOf(file)]);
  if (rescued.salvaged.connections > 0)
    return { ...opened, file: standIn, rescued: { ...rescued, refusal: newer.message } };
  opened.db.close();
  removeStore(standIn);
  throw newer;
}

function rescuedFrom(why: Rescued['why'], db: Database.Database, files: readonly string[]): Rescued {
  return { why, movedTo: null, salvaged: salvage(db, files), refusal: null };
}

/** Stands in for a store of a newer Daybreak; removed when it is closed, and by the next one that opens the store. */
const standInOf = (file: string): string => `${file}.unsaved`;

export function removeStore(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
}

const isEmpty = (file: string): boolean => !existsSync(file) || statSync(file).size === 0;

/** Left beside the store by whoever met damage in it: the next start then reads all of it. */
const damageMark = (file: string): string => `${file}.damaged`;

function markDamage(file: string): void {
  try {
    writeFileSync(damageMark(file), '');
  } catch {
    // The disk refuses even this; the failure that is being reported says what is wrong.
  }
}

function openChecked(file: string, steps?: readonly Migration[]): Pick<OpenedWriter, 'db' | 'migrated'> {
  // Reading two days of samples takes about a second: only after a kill (its WAL is still there) or met damage.
  if (!existsSync(dirname(file))) throw storageFailureOf('SQLITE_CANTOPEN', 'its folder is missing', file);
  const suspicious = existsSync(`${file}-wal`) || existsSync(damageMark(file));
  const db = new Database(file, { timeout: busyTimeoutMs });
  try {
    refuseUnknown(db, steps);
    if (db.pragma('page_count', { simple: true }) === 0) db.pragma('auto_vacuum = incremental');
    db.pragma('journal_mode = wal');
    db.pragma('foreign_keys = on');
    db.pragma('trusted_schema = off');
    db.pragma('journal_size_limit = 67108864');
    const verdict = suspicious ? db.pragma('quick_check(1)', { simple: true }) : 'ok';
    if (verdict !== 'ok') throw new DamagedError(String(verdict));
    const migrated = migrate(db, steps);
    rmSync(damageMark(file), { force: true });
    return { db, migrated };
  } catch (error) {
    db.close();
    throw error;
  }
}

export function openReader(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  db.pragma('query_only = on');
  return db;
}

class DamagedError extends Error {}

const damageCode = /^SQLITE_(CORRUPT|NOTADB)/;

function isDamage(error: unknown): boolean {
  if (error instanceof DamagedError) return true;
  return error instanceof Database.SqliteError && damageCode.test(error.code);
}

/** What went wrong with the local store, in words that say what to do. A broken constraint is a bug and stays one. */
export function storageFailure(error: unknown, file: string): unknown {
  if (error instanceof DamagedColumns || isUnpacking(error)) return damagedPart(error, file);
  if (!(error instanceof Database.SqliteError) || error.code.startsWith('SQLITE_CONSTRAINT')) return error;
  if (damageCode.test(error.code)) markDamage(file);
  return storageFailureOf(error.code, error.message, file, error);
}

/** What zlib says of bytes that it did not pack. */
const isUnpacking = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

/** What is packed was checked by nobody but its reader: SQLite finds its file sound, and a restart changes nothing. */
function damagedPart(error: Error, file: string): Failure {
  return new Failure(
    {
      code: 'storage_failed',
      message:
        `A part of the local store ${file} is damaged: ${error.message}. Choose a window some hours away from it; ` +
        'the rest of the history is read as before.',
      detail: { file },
    },
    { cause: error },
  );
}

export function storageFailureOf(code: string, message: string, file: string, cause?: unknown): Failure {
  return new Failure(
    {
      code: 'storage_failed',
      message: `The local store ${file} cannot be used: ${message}. ${advice(code)}`,
      detail: { file, sqlite: code },
      retryable: code.startsWith('SQLITE_BUSY'),
    },
    { cause },
  );
}

export function closedFailure(file: string): Failure {
  return new Failure({
    code: 'storage_failed',
    message: `The local store ${file} is closed: Daybreak is stopping.`,
    // Whoever asks again finds the engine that takes the profile over, or becomes it.
    retryable: true,
  });
}

function advice(code: string): string {
  if (code.startsWith('SQLITE_FULL')) return 'Free some space on its disk.';
  if (code.startsWith('SQLITE_BUSY')) return 'Another program holds the file; try again when it is done.';
  if (damageCode.test(code)) return 'Restart Daybreak: it puts the damaged file aside and begins a new one.';
  if (/^SQLITE_(READONLY|CANTOPEN|PERM)/.test(code)) return 'Check that its folder exists and may be written.';
  return 'Check its disk, then restart Daybreak.';
}
