import pg from 'pg';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Logger } from '../ports.ts';
import { clientClass, clientConfig, createClient, loginSubject } from './client-config.ts';
import { addressOf, type Transport } from './reach.ts';
import { isConnectionBroken, toFailure } from './server-failure.ts';

/** Enough for a dashboard beside a refresh, few enough to stay unnoticed on a server with 100 connections. */
export const poolSize = 6;
const idleTimeoutMs = 30_000;

export interface BackendsOptions {
  readonly settings: ConnectionSettings;
  readonly password: string | null;
  readonly transport: Transport;
  readonly logger: Logger;
}

/** The connections to one server: a bounded pool, backends outside of it, and the knowledge that it is gone. */
export class Backends {
  readonly #settings: ConnectionSettings;
  readonly #config: pg.ClientConfig;
  readonly #logger: Logger;
  readonly #pool: pg.Pool;
  readonly #listeners = new Set<() => void>();
  #lost = false;
  /** Connections in a row that came to nothing in time: one says that the server is busy, two that it is gone. */
  #timeouts = 0;
  #closed: Promise<void> | null = null;
  #probing = false;

  constructor({ settings, password, transport, logger }: BackendsOptions) {
    this.#settings = settings;
    this.#logger = logger;
    this.#config = clientConfig(settings, password, transport.ssl);
    this.#pool = new pg.Pool({
      Client: clientClass(this.#config),
      max: poolSize,
      // One stays open while nothing happens: its socket tells at once that the server went away.
      min: 1,
      idleTimeoutMillis: idleTimeoutMs,
    });
    this.#pool.on('error', (error) => this.suspect(error));
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** A pooled backend; waits while all are in use. Give it back with `release`, or `release(true)` to end it. */
  async take(signal: AbortSignal | undefined): Promise<pg.PoolClient> {
    this.#refuseWhenGone();
    const taken = this.#pool.connect();
    try {
      const client = await (signal === undefined ? taken : abortable(taken, signal));
      this.#timeouts = 0;
      client.on('error', this.suspect);
      return client;
    } catch (error) {
      if (signal?.aborted) {
        // It may still come: then nobody waits for it any more.
        taken.then((client) => client.release()).catch(() => undefined);
        throw new Failure({ code: 'cancelled', message: `${this.#settings.label}: cancelled.` }, { cause: error });
      }
      throw this.#connectFailure(error);
    }
  }

  release(client: pg.PoolClient, end: boolean): void {
    client.off('error', this.suspect);
    client.release(end);
  }

  /** A backend outside the pool, on another database where one is named; end it with `client.end()`. */
  async open(database?: string): Promise<pg.Client> {
    this.#refuseWhenGone();
    const client = createClient(database === undefined ? this.#config : { ...this.#config, database });
    client.on('error', this.suspect);
    try {
      await client.connect();
      this.#timeouts = 0;
      return client;
    } catch (error) {
      throw this.#connectFailure(error);
    }
  }

  /** Looks whether the server is still there, when an error says that a connection broke. */
  readonly suspect = (error: unknown): void => {
    if (this.#lost || this.#closed !== null || this.#probing || !isConnectionBroken(error)) return;
    this.#probing = true;
    this.#logger.debug({ server: this.#settings.label, reason: String(error) }, 'a connection broke');
    // One killed backend is no lost server: only a second connection tells the two apart.
    void this.open()
      .then((client) => client.end())
      .catch(() => undefined) // `open` has marked the server as lost where it is
      .finally(() => (this.#probing = false));
  };

  onLost(listener: () => void): void {
    if (this.#lost) queueMicrotask(listener);
    else this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  #refuseWhenGone(): void {
    if (this.#closed !== null) {
      throw new Failure({
        code: 'not_connected',
        message: `${this.#settings.label} is disconnected. Connect it first.`,
        action: 'connections.connect',
      });
    }
    if (this.#lost) throw this.#lostFailure(undefined);
  }

  #connectFailure(error: unknown): Failure {
    const failure = toFailure(error, loginSubject(this.#settings));
    if (!isConnectionBroken(error)) return failure;
    if (error instanceof Error && error.message === 'timeout expired') {
      this.#timeouts += 1;
      if (this.#timeouts < 2) return failure;
    }
    if (!this.#lost && this.#closed === null) {
      this.#lost = true;
      this.#logger.warn({ server: this.#settings.label, reason: failure.message }, 'server lost');
      for (const listener of this.#listeners) listener();
      this.#listeners.clear();
    }
    return this.#lostFailure(failure);
  }

  #lostFailure(cause: Failure | undefined): Failure {
    return new Failure(
      {
        code: 'connection_lost',
        message: `${this.#settings.label} (${addressOf(this.#settings)}) is out of reach${cause ? `: ${cause.message}` : '.'}`,
        retryable: true,
      },
      { cause },
    );
  }
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
