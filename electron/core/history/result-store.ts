import type { WidgetData } from '../../../shared/model/dashboard.ts';
import type { SavedResult } from '../../../shared/model/offline-cache.ts';
import type { CacheSettings } from './cache-settings.ts';
import type { CacheUsage } from './read-results.ts';
import type { ModelRows } from './model-rows.ts';
import type { ResultPlace } from './result-body.ts';

/** Earlier results of one widget under one definition and filters. */
export interface ResultStore {
  /** Newest first. */
  list(place: ResultPlace): Promise<SavedResult[]>;
  /** Of one definition of a widget; '' among them where there are results without filters. */
  filterKeys(dashboardId: string, widgetId: string, sourceHash: string): Promise<string[]>;
  /** null: dropped since, or of another widget or definition. `unreadable` says why it has no rows. */
  get(place: ResultPlace, resultId: string): Promise<WidgetData | null>;
}

/** Rows of read models that are small enough to answer a filter without the database. */
export interface ModelRowsStore {
  /** null when there are none, or they are locked. */
  get(serverId: string, readModel: string): Promise<ModelRows | null>;
  head(serverId: string, readModel: string): Promise<Pick<ModelRows, 'asOf' | 'modelVersion'> | null>;
  save(serverId: string, rows: ModelRows, storedAtMs: number): Promise<void>;
  remove(serverId: string, readModel: string): Promise<void>;
}

/** The whole offline cache: its limits, who keeps its key, and the key while it is at hand. */
export interface OfflineCacheStore {
  settings(): Promise<CacheSettings>;
  saveSettings(settings: CacheSettings): Promise<void>;
  usage(): Promise<CacheUsage>;
  /** For reading; null takes it back. Writing needs none. Throws for what is no key. */
  useKey(key: { readonly keyId: string; readonly privateKey: string } | null): void;
  /** Whether a key is at hand. */
  keyId(): string | null;
  /** Seals all that lies open, a batch after the other. */
  seal(): Promise<void>;
  /** Opens all that is sealed with a key. */
  unseal(keyId: string, privateKey: string): Promise<void>;
  dropSealed(): Promise<void>;
}
