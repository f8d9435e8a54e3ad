import type { SecretStoreKind } from '../../shared/model/secret-store.ts';

/** What a door must supply to the engine. Fakes stand only here. */

export interface Clock {
  /** This machine's wall clock, ms since the epoch. */
  nowMs(): number;
  /** A clock that only goes forward and that nobody sets, ms since any moment. Tells which wall clock was set. */
  steadyMs?(): number;
  /** Resolves after `delayMs`, or rejects with the signal's reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Passwords by key (`server:<id>`). `kind` is said to the person: with the operating system's keychain, in clear in a file
 * that only its user can read, or for as long as the process lives. Only 'system' is safe from who reads the profile.
 */
export interface SecretStore {
  readonly kind: SecretStoreKind;
  /** What the person should know of how it was found; null: nothing. */
  readonly notice?: string | null;
  get(key: string): Promise<string | null>;
  set(key: string, secret: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface Notifier {
  /** True where the person at this machine sees what is told; a log is not seen. */
  readonly visible?: boolean;
  notify(title: string, body: string): void;
}

export interface Paths {
  /** The profile: history, lock file, demo data. Created 0700. */
  readonly profileDir: string;
  /** `resources/` of the installation. */
  readonly resourcesDir: string;
}

export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

export interface Ports {
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly notifier: Notifier;
  readonly paths: Paths;
  readonly logger: Logger;
  /** Who acts, for the activity log: operating-system user and door, e.g. 'anna (window)'. */
  readonly actor: string;
}
