import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { CacheLimits, CacheStatus, ProtectionChange } from '../../../../shared/model/offline-cache.ts';
import type { Events } from '../../events.ts';
import type { CacheSeal } from '../../history/cache-settings.ts';
import type { History } from '../../history/history.ts';
import { unwrapKey, wrapKey } from '../../history/passphrase.ts';
import { newCacheKeys } from '../../history/seal.ts';
import type { Ports } from '../../ports.ts';
import { cacheWords } from './cache-words.ts';

interface Options {
  readonly ports: Ports;
  readonly history: History;
  readonly events: Events;
}

interface OpeningKey {
  readonly keyId: string;
  readonly privateKey: string;
}

type Sealed = Exclude<CacheSeal, { kind: 'none' }>;

const whyUnsafe = {
  memory: 'a key would be forgotten with the engine, and the saved numbers with it',
  file: 'a key in a file would lie beside the numbers, open to whoever can read them',
} as const;

const secretName = (keyId: string): string => `offline-cache:${keyId}`;

/** Who may read the numbers that are saved for offline reading, and how much room they may take. */
export class OfflineCache {
  readonly #options: Options;
  #key: OpeningKey | null = null;
  /** Changes take turns: each reads and writes all settings. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Takes the key out of the operating system's store, and goes on with what a change of protection left half done when
   * its engine was killed. Never throws: a cache that cannot be opened is a locked one.
   */
  async start(): Promise<void> {
    const { history, ports } = this.#options;
    try {
      const { seal } = await history.offlineCache.settings();
      if (seal.kind === 'none') return;
      if (seal.kind === 'system') this.#hold(await this.#fromSystem(seal));
      if (seal.leaving) await this.#inTurn(() => this.#leave(seal));
      else if ((await history.offlineCache.usage()).open > 0) await this.#inTurn(() => history.offlineCache.seal());
    } catch (error) {
      if (!isFailure(error)) throw error;
      ports.logger.warn({ error: error.value }, 'the saved numbers cannot be unlocked at start');
    }
  }

  async status(): Promise<CacheStatus> {
    const { history, ports } = this.#options;
    const [{ limits, seal }, usage] = await Promise.all([
      history.offlineCache.settings(),
      history.offlineCache.usage(),
    ]);
    const { sizeBytes, results, widgets, readModels } = usage;
    const protection = seal.kind;
    const locked = seal.kind !== 'none' && this.#key?.keyId !== seal.keyId;
    const secretStore = ports.secrets.kind;
    return {
      limits,
      sizeBytes,
      results,
      widgets,
      readModels,
      protection,
      locked,
      pending: seal.kind === 'none' || seal.leaving ? usage.sealed : usage.open,
      secretStore,
      words: cacheWords({ protection, locked, secretStore }),
    };
  }

  /** What is beyond the new limits goes at once, the oldest first. */
  async setLimits(limits: CacheLimits): Promise<CacheStatus> {
    await this.#inTurn(async () => {
      const { offlineCache } = this.#options.history;
      await offlineCache.saveSettings({ ...(await offlineCache.settings()), limits });
    });
    return this.#changed();
  }

  /**
   * Encrypts or opens all that is saved. Throws `not_available` where the operating system keeps no key for this door,
   * and `permission_denied` for a locked cache, whose key has to be had before it can be changed.
   */
  async protect(change: ProtectionChange): Promise<CacheStatus> {
    await this.#inTurn(async () => {
      const { seal } = await this.#options.history.offlineCache.settings();
      if (change.with === 'none') return this.#open(seal, change.discard ?? false);
      const key = this.#keyFor(seal);
      if (change.with === 'system') await this.#keepInSystem(key);
      await this.#seal(
        change.with === 'system'
          ? { kind: 'system', leaving: false, ...publicPart(key) }
          : {
              kind: 'passphrase',
              leaving: false,
              ...publicPart(key),
              wrapped: await wrapKey(key.privateKey, change.passphrase),
            },
        key,
      );
      if (seal.kind === 'system' && change.with !== 'system') await this.#forgetInSystem(seal.keyId);
    });
    return this.#changed();
  }

  /** `passphrase` is left out where the operating system keeps the key. Throws `invalid_input` for a wrong one. */
  async unlock(passphrase: string | null): Promise<CacheStatus> {
    await this.#inTurn(async () => {
      const { seal } = await this.#options.history.offlineCache.settings();
      if (seal.kind === 'none') return;
      if (seal.kind === 'system') return this.#hold(await this.#fromSystem(seal));
      if (passphrase === null) {
        throw new Failure({
          code: 'invalid_input',
          message: 'The saved numbers are encrypted with a passphrase. Give it to unlock them.',
        });
      }
      const privateKey = await unwrapKey(seal.wrapped, passphrase);
      if (privateKey === null) {
        throw new Failure({
          code: 'invalid_input',
          message: 'That passphrase does not open the saved numbers. Nothing was changed or lost; try again.',
        });
      }
      this.#hold({ keyId: seal.keyId, privateKey });
      if (seal.leaving) await this.#leave(seal);
    });
    return this.#changed();
  }

  /** Forgets the key until it is given again; numbers are saved on. */
  async lock(): Promise<CacheStatus> {
    await this.#inTurn(async () => this.#hold(null));
    return this.#changed();
  }

  async #changed(): Promise<CacheStatus> {
    this.#options.events.publish('dashboards');
    return this.status();
  }

  /** The key that seals already, else a new one. */
  #keyFor(seal: CacheSeal): OpeningKey & { readonly publicKey: string } {
    if (seal.kind === 'none') return newCacheKeys();
    if (this.#key?.keyId !== seal.keyId) throw lockedFailure();
    return { ...this.#key, publicKey: seal.publicKey };
  }

  async #seal(seal: Sealed, key: OpeningKey): Promise<void> {
    const { offlineCache } = this.#options.history;
    await offlineCache.saveSettings({ ...(await offlineCache.settings()), seal });
    this.#hold(key);
    await offlineCache.seal();
  }

  async #open(seal: CacheSeal, discard: boolean): Promise<void> {
    if (seal.kind === 'none') return;
    const { offlineCache } = this.#options.history;
    if (this.#key?.keyId === seal.keyId) {
      // Saved first: what is written from now on lies open, and the key stays until nothing needs it.
      const leaving = { ...seal, leaving: true };
      await offlineCache.saveSettings({ ...(await offlineCache.settings()), seal: leaving });
      return this.#leave(leaving);
    }
    if (!discard) throw lockedFailure();
    await offlineCache.dropSealed();
    await this.#end(seal);
  }

  async #leave(seal: Sealed): Promise<void> {
    if (this.#key?.keyId !== seal.keyId) return;
    await this.#options.history.offlineCache.unseal(seal.keyId, this.#key.privateKey);
    await this.#end(seal);
  }

  async #end(seal: Sealed): Promise<void> {
    const { offlineCache } = this.#options.history;
    await offlineCache.saveSettings({ ...(await offlineCache.settings()), seal: { kind: 'none' } });
    this.#hold(null);
    if (seal.kind === 'system') await this.#forgetInSystem(seal.keyId);
  }

  #hold(key: OpeningKey | null): void {
    this.#options.history.offlineCache.useKey(key);
    this.#key = key;
  }

  async #fromSystem({ keyId }: Sealed): Promise<OpeningKey | null> {
    const privateKey = await this.#options.ports.secrets.get(secretName(keyId));
    return privateKey === null ? null : { keyId, privateKey };
  }

  async #keepInSystem({ keyId, privateKey }: OpeningKey): Promise<void> {
    const { secrets } = this.#options.ports;
    if (secrets.kind !== 'system') {
      throw new Failure({
        code: 'not_available',
        message: `There is no safe store of the operating system behind this door: ${whyUnsafe[secrets.kind]}. Choose a passphrase, or use the desktop window on a machine with a password store. Nothing was changed.`,
      });
    }
    await secrets.set(secretName(keyId), privateKey);
    if ((await secrets.get(secretName(keyId))) === privateKey) return;
    throw new Failure({
      code: 'not_available',
      message:
        'The password store of the operating system did not give the key back, so that the saved numbers could not be opened again. Nothing was encrypted; choose a passphrase.',
    });
  }

  async #forgetInSystem(keyId: string): Promise<void> {
    const { secrets, logger } = this.#options.ports;
    await secrets.remove(secretName(keyId)).catch((error: unknown) => {
      logger.warn({ error: String(error) }, 'a key that nothing needs any more stays in the password store');
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const publicPart = ({ keyId, publicKey }: { readonly keyId: string; readonly publicKey: string }) => ({
  keyId,
  publicKey,
});

const lockedFailure = (): Failure =>
  new Failure({
    code: 'permission_denied',
    message:
      'The saved numbers are locked, and how they are kept can only be changed by who can open them. Unlock them first; where the key is lost, drop them with it (discard).',
  });
