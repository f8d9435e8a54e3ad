import type Database from 'better-sqlite3';
import type { WidgetData } from '../../../shared/model/dashboard.ts';
import { readCacheSettings, type CacheSettings } from './cache-settings.ts';
import type { Prepare } from './prepared.ts';
import type { ModelRows } from './model-rows.ts';
import { aboutResult, aboutRows, bodyFormat, packBody } from './result-body.ts';
import { openBody, privateKeyOf, publicKeyOf, sealBody } from './seal.ts';
import { serverKeyOf } from './servers.ts';

/** A table of 50,000 rows has some megabytes: beyond this the older results of its widget go earlier. */
const keepBytes = 8 * 1024 * 1024;
/** Bodies that change their seal in one transaction: samples go in between. */
const batch = 20;

interface Row {
  readonly id: number;
  readonly about: string;
  readonly sealed_with: string | null;
  readonly body: Buffer;
}

/** Saved results of widgets and rows of small read models (docs/decisions/0027). */
export function createResultWriter(prepare: Prepare, db: Database.Database) {
  const sealed = (body: Buffer, about: string): { readonly body: Buffer; readonly keyId: string | null } => {
    const { seal } = readCacheSettings(prepare);
    if (seal.kind === 'none' || seal.leaving) return { body, keyId: null };
    return { body: sealBody(publicKeyOf(seal.publicKey), body, about), keyId: seal.keyId };
  };

  const ofPack = (serverKey: number): number =>
    prepare('select 1 from capture where server_key = ?').get(serverKey) === undefined ? 0 : 1;

  /**
   * Down to the cap: what is not the newest of its widget and filters goes first, the oldest of it before the others;
   * then the newest of a widget's filters, then rows of read models, and the newest of each widget last.
   */
  const trim = (): number => {
    const { capBytes } = readCacheSettings(prepare).limits;
    const total = prepare<{ bytes: number | null }>(
      `select (select sum(size_bytes) from widget_result where pack = 0)
            + coalesce((select sum(size_bytes) from model_rows where pack = 0), 0) as bytes`,
    ).get();
    let excess = (total?.bytes ?? 0) - capBytes;
    if (excess <= 0) return 0;
    const candidates = prepare<{ kind: 'result' | 'rows'; id: number; bytes: number }>(
      `select 'result' as kind, result_id as id, size_bytes as bytes, stored_at_ms as at,
         case when result_id = max(result_id) over (partition by dashboard_key, widget_id) then 3
              when result_id = max(result_id) over (partition by dashboard_key, widget_id, source_hash, filter_key) then 1
              else 0 end as worth
       from widget_result where pack = 0
       union all
       select 'rows', rowid, size_bytes, stored_at_ms, 2 from model_rows where pack = 0
       order by worth, at`,
    );
    const gone: { readonly kind: 'result' | 'rows'; readonly id: number }[] = [];
    for (const { kind, id, bytes } of candidates.iterate()) {
      if (excess <= 0) break;
      gone.push({ kind, id });
      excess -= bytes;
    }
    for (const { kind, id } of gone) {
      prepare(
        kind === 'result' ? 'delete from widget_result where result_id = ?' : 'delete from model_rows where rowid = ?',
      ).run(id);
    }
    return gone.length;
  };

  /** Bodies of both tables of which `where` holds, a batch of them. */
  const some = (
    where: string,
    ...values: readonly unknown[]
  ): { readonly table: 'widget_result' | 'model_rows'; readonly rows: readonly Row[] } => {
    const results = prepare<Omit<Row, 'about'> & { widget_id: string; source_hash: string; filter_key: string }>(
      `select result_id as id, widget_id, source_hash, filter_key, sealed_with, body from widget_result
       where ${where} limit ${batch}`,
    ).all(...values);
    if (results.length > 0) {
      const rows = results.map(({ widget_id, source_hash, filter_key, ...row }) => ({
        ...row,
        about: aboutResult(widget_id, source_hash, filter_key),
      }));
      return { table: 'widget_result', rows };
    }
    const models = prepare<Omit<Row, 'about'> & { read_model: string }>(
      `select rowid as id, read_model, sealed_with, body from model_rows where ${where} limit ${batch}`,
    ).all(...values);
    return {
      table: 'model_rows',
      rows: models.map(({ read_model, ...row }) => ({ ...row, about: aboutRows(read_model) })),
    };
  };

  const put = (table: 'widget_result' | 'model_rows', id: number, body: Buffer, keyId: string | null): void => {
    prepare(
      `update ${table} set body = ?, sealed_with = ?, size_bytes = ?
       where ${table === 'widget_result' ? 'result_id' : 'rowid'} = ?`,
    ).run(body, keyId, body.length, id);
  };

  /**
   * Writes both tables anew. SQLite overwrites what it frees, and not what a page keeps behind its rows when they are
   * spread over pages in another way: some of it would still be read there.
   */
  const rewrite = (): void => {
    for (const table of ['widget_result', 'model_rows']) {
      db.exec(`
        create temp table moved as select * from ${table};
        delete from ${table};
        insert into ${table} select * from temp.moved;
        drop table temp.moved;`);
    }
  };

  return {
    /** A result with the as-of of the newest one is the same number again and takes its place. */
    saveResult(dashboardId: string, sourceHash: string, data: WidgetData, storedAtMs: number, filterKey = ''): void {
      const dashboard = prepare<{ dashboard_key: number; server_key: number }>(
        'select dashboard_key, server_key from dashboard where dashboard_id = ?',
      ).get(dashboardId);
      if (dashboard === undefined) return; // removed while the number was on its way
      const place = [dashboard.dashboard_key, data.widgetId, sourceHash, filterKey] as const;
      const modelVersion = data.modelVersion ?? null;
      prepare(
        `delete from widget_result where as_of = ? and model_version is ? and result_id =
           (select max(result_id) from widget_result
            where dashboard_key = ? and widget_id = ? and source_hash = ? and filter_key = ?)`,
      ).run(data.freshness.asOf, modelVersion, ...place);
      const { body, keyId } = sealed(packBody(data), aboutResult(data.widgetId, sourceHash, filterKey));
      prepare(
        `insert into widget_result (dashboard_key, widget_id, source_hash, filter_key, model_version, stored_at_ms,
           as_of, format, sealed_with, size_bytes, pack, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        ...place,
        modelVersion,
        storedAtMs,
        data.freshness.asOf,
        bodyFormat,
        keyId,
        body.length,
        ofPack(dashboard.server_key),
        body,
      );
      prepare(
        `delete from widget_result where result_id in
           (select result_id from
              (select result_id, row_number() over newest as place, sum(size_bytes) over newest as bytes
               from widget_result where dashboard_key = ? and widget_id = ? and source_hash = ? and filter_key = ?
                 and pack = 0
               window newest as (order by result_id desc rows unbounded preceding))
            where place > 1 and (place > ? or bytes > ${keepBytes}))`,
      ).run(...place, readCacheSettings(prepare).limits.resultsKept);
      trim();
    },

    saveModelRows(serverId: string, model: ModelRows, storedAtMs: number): void {
      const { body, keyId } = sealed(packBody(model), aboutRows(model.readModel));
      const serverKey = serverKeyOf(prepare, serverId);
      prepare(
        `insert into model_rows (server_key, read_model, model_version, as_of, stored_at_ms, format, sealed_with,
           size_bytes, pack, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (server_key, read_model) do update set model_version = excluded.model_version,
           as_of = excluded.as_of, stored_at_ms = excluded.stored_at_ms, format = excluded.format,
           sealed_with = excluded.sealed_with, size_bytes = excluded.size_bytes, body = excluded.body`,
      ).run(
        serverKey,
        model.readModel,
        model.modelVersion,
        model.asOf,
        storedAtMs,
        bodyFormat,
        keyId,
        body.length,
        ofPack(serverKey),
        body,
      );
      trim();
    },

    removeModelRows(serverId: string, readModel: string): void {
      prepare('delete from model_rows where server_key = ? and read_model = ?').run(
        serverKeyOf(prepare, serverId),
        readModel,
      );
    },

    /** Results beyond new limits go at once. */
    saveCacheSettings(settings: CacheSettings): void {
      prepare(
        `insert into offline_cache (only_row, body) values (1, ?)
         on conflict (only_row) do update set body = excluded.body`,
      ).run(JSON.stringify(settings));
      prepare(
        `delete from widget_result where result_id in
           (select result_id from
              (select result_id, row_number() over newest as place from widget_result where pack = 0
               window newest as (partition by dashboard_key, widget_id, source_hash, filter_key
                 order by result_id desc))
            where place > ?)`,
      ).run(settings.limits.resultsKept);
      trim();
    },

    /** Seals a batch of what lies open; true: there is more. Freed pages are overwritten. */
    sealResults(): boolean {
      const { seal } = readCacheSettings(prepare);
      if (seal.kind === 'none' || seal.leaving) return false;
      db.pragma('secure_delete = on');
      const { table, rows } = some('sealed_with is null');
      const key = publicKeyOf(seal.publicKey);
      for (const { id, body, about } of rows) put(table, id, sealBody(key, body, about), seal.keyId);
      if (rows.length > 0 && some('sealed_with is null').rows.length === 0) rewrite();
      return rows.length > 0;
    },

    /**
     * Opens a batch of what is sealed with this key, for a cache that is to lie open again; true: there is more. What
     * the key does not open is damaged and goes.
     */
    openResults(keyId: string, privateKey: string): boolean {
      const key = privateKeyOf(privateKey);
      const { table, rows } = some('sealed_with = ?', keyId);
      for (const { id, body, about } of rows) {
        const opened = attempt(() => openBody(key, body, about));
        if (opened !== null) put(table, id, opened, null);
        else prepare(`delete from ${table} where ${table === 'widget_result' ? 'result_id' : 'rowid'} = ?`).run(id);
      }
      return rows.length > 0;
    },

    /** For a key that is lost: what it sealed is dropped. */
    dropSealed(): void {
      prepare('delete from widget_result where sealed_with is not null').run();
      prepare('delete from model_rows where sealed_with is not null').run();
    },
  };
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
