import type { KeyObject } from 'node:crypto';
import type { WidgetData } from '../../../shared/model/dashboard.ts';
import { readCacheSettings } from './cache-settings.ts';
import type { Prepare } from './prepared.ts';
import { createResultReader } from './read-results.ts';
import type { ResultPlace } from './result-body.ts';
import type { ModelRowsStore, OfflineCacheStore, ResultStore } from './result-store.ts';
import { privateKeyOf } from './seal.ts';
import type { Writer } from './writer.ts';

interface Parts {
  readonly read: <T>(work: () => T) => Promise<T>;
  readonly writer: Writer;
}

/** What is saved for offline reading. The key that opens it is held here, in memory, and goes nowhere else. */
export function createOfflineCache(prepare: Prepare, { read, writer }: Parts) {
  let atHand: { readonly keyId: string; readonly key: KeyObject } | null = null;
  const reader = createResultReader(prepare, (keyId) => (atHand?.keyId === keyId ? atHand.key : null));

  const results: ResultStore = {
    list: (place) => read(() => reader.results(place)),
    filterKeys: (dashboardId, widgetId, hash) => read(() => reader.filterKeys(dashboardId, widgetId, hash)),
    get: (place, resultId) => read(() => reader.result(place, resultId)),
  };
  const modelRows: ModelRowsStore = {
    get: (serverId, readModel) => read(() => reader.modelRows(serverId, readModel)),
    head: (serverId, readModel) => read(() => reader.modelRowsHead(serverId, readModel)),
    save: (serverId, rows, storedAtMs) => writer.write('saveModelRows', serverId, rows, storedAtMs),
    remove: (serverId, readModel) => writer.write('removeModelRows', serverId, readModel),
  };
  const offlineCache: OfflineCacheStore = {
    settings: () => read(() => readCacheSettings(prepare)),
    saveSettings: (settings) => writer.write('saveCacheSettings', settings),
    usage: () => read(() => reader.usage()),
    useKey: (key) => {
      atHand = key === null ? null : { keyId: key.keyId, key: privateKeyOf(key.privateKey) };
    },
    keyId: () => atHand?.keyId ?? null,
    async seal() {
      while (await writer.write('sealResults'));
    },
    async unseal(keyId, privateKey) {
      while (await writer.write('openResults', keyId, privateKey));
    },
    dropSealed: () => writer.write('dropSealed'),
  };
  const lastResult = (place: ResultPlace): Promise<WidgetData | null> => read(() => reader.lastResult(place));
  return { results, modelRows, offlineCache, lastResult };
}
