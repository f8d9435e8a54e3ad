import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { readCacheSettings } from './cache-settings.ts';
import { applicationId } from './migrate.ts';
import { prepareOnce } from './prepared.ts';

/**
 * The last good numbers once more, in a small file beside the store: connections, dashboards, the newest result of each
 * widget and the rows of small read models, sealed as they are there. It is read when the store is not
 * (docs/decisions/0035).
 */
export const spareOf = (file: string): string => `${file}.numbers`;

const makingOf = (file: string): string => `${spareOf(file)}.new`;
const replacedOf = (file: string): string => `${spareOf(file)}.old`;

/** Beyond this a copy would hold up who waits for the writer; the newest numbers of dashboards come first. */
const mostBytes = 32 * 1024 ** 2;
/** Share of the cap for all saved numbers. */
const shareOfCap = 1 / 4;

const ofServers = 'where server_key in (select server_key from spare.server)';

/** All of it, but for what was removed and waits to be deleted, or to be put back. */
const small = [
  ['server', 'where removed = 0'],
  ['connection', ofServers],
  ['capture', ofServers],
  ['dashboard', `${ofServers} and removed_at_ms is null`],
  ['offline_cache', ''],
] as const;

/** Newest of each widget and filters; without filters first, packs last. */
const newestResults = `
  create table spare.widget_result as select * from main.widget_result where result_id in
    (select result_id from
       (select result_id, sum(size_bytes) over (order by pack, filtered, stored_at_ms desc rows unbounded preceding) as bytes
        from (select result_id, size_bytes, pack, stored_at_ms, filter_key <> '' as filtered,
                row_number() over (partition by dashboard_key, widget_id, source_hash, filter_key
                                   order by result_id desc) as place
              from main.widget_result where dashboard_key in (select dashboard_key from spare.dashboard))
        where place = 1)
     where bytes <= ?)`;

const newestRows = `
  create table spare.model_rows as select * from main.model_rows where rowid in
    (select id from
       (select rowid as id, sum(size_bytes) over (order by pack, stored_at_ms desc rows unbounded preceding) as bytes
        from main.model_rows ${ofServers})
     where bytes <= ?)`;

/**
 * Makes the copy anew: written beside the old one and put into its place in one step, so that whoever is killed, or finds
 * the disk full, leaves the old one whole. Throws what SQLite and the file system throw.
 */
export function writeSpare(db: Database.Database, file: string): void {
  const making = makingOf(file);
  const { limits, seal } = readCacheSettings(prepareOnce(db));
  const budget = Math.min(mostBytes, Math.floor(limits.capBytes * shareOfCap));
  rmSync(making, { force: true });
  try {
    db.prepare('attach database ? as spare').run(making);
    try {
      // Nobody else reads it yet: it needs no journal on the disk.
      db.pragma('spare.journal_mode = memory');
      db.pragma('spare.synchronous = off');
      db.transaction(() => {
        for (const [table, where] of small)
          db.exec(`create table spare.${table} as select * from main.${table} ${where}`);
        createAs(db, newestResults, budget);
        createAs(db, newestRows, budget - bytesOf(db, 'widget_result'));
      })();
      db.pragma(`spare.application_id = ${applicationId}`);
      db.pragma(`spare.user_version = ${Number(db.pragma('main.user_version', { simple: true }))}`);
    } finally {
      db.exec('detach database spare');
    }
    flush(making);
    if (seal.kind === 'none') renameSync(making, spareOf(file));
    else replaceAndOverwrite(file, making);
  } catch (error) {
    rmSync(making, { force: true });
    throw error;
  }
}

/** `create table as` takes no parameters. */
function createAs(db: Database.Database, sql: string, bytes: number): void {
  db.exec(sql.replace('?', String(Math.max(0, Math.floor(bytes)))));
}

function bytesOf(db: Database.Database, table: string): number {
  const row = db.prepare<[], { bytes: number | null }>(`select sum(size_bytes) as bytes from spare.${table}`).get();
  return row?.bytes ?? 0;
}

function flush(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The one before may lie open, from before the person asked for a seal. */
function replaceAndOverwrite(file: string, making: string): void {
  if (existsSync(spareOf(file))) renameSync(spareOf(file), replacedOf(file));
  renameSync(making, spareOf(file));
  overwrite(replacedOf(file));
}

/** Takes the copy away, and what can be read in it: numbers were sealed, or removed, and must not be found there. */
export function wipeSpare(file: string): void {
  for (const each of [spareOf(file), makingOf(file), replacedOf(file)]) overwrite(each);
}

function overwrite(file: string): void {
  if (!existsSync(file)) return;
  writeFileSync(file, Buffer.alloc(statSync(file).size), { flag: 'r+' });
  flush(file);
  rmSync(file);
}

/** What a killed process left of a copy that it was making; and the copy, when it lies open and the store is sealed. */
export function tidySpare(db: Database.Database, file: string): void {
  rmSync(makingOf(file), { force: true });
  overwrite(replacedOf(file));
  if (readCacheSettings(prepareOnce(db)).seal.kind === 'none' || !existsSync(spareOf(file))) return;
  if (liesOpen(spareOf(file))) wipeSpare(file);
}

function liesOpen(spare: string): boolean {
  let db: Database.Database | null = null;
  try {
    db = new Database(spare, { readonly: true });
    const row = db
      .prepare<[], { open: number }>(
        `select (select count(*) from widget_result where sealed_with is null)
              + (select count(*) from model_rows where sealed_with is null) as open`,
      )
      .get();
    return row === undefined || row.open > 0;
  } catch {
    return true;
  } finally {
    db?.close();
  }
}
