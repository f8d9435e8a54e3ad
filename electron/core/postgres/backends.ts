import pg from 'pg';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Logger } from '../ports.ts';
import type { Tunnel } from '../tunnel/open-tunnel.ts';
import { clientClass, clientConfig, createClient, loginSubject } from './client-config.ts';
import { addressOf, type Transport } from './reach.ts';
import { isConnectionBroken, toFailure } from './server-failure.ts';

/** Enough for a dashboard, few enough to stay unnoticed on a server with 100 connections. */
export const poolSize = 6;
/** Heartbeats, the look at what is due, and wishes that a run end: each is over at once, so two at a time are enough. */
const errandPoolSize = 2;
/**
 * Refreshes and plans at a time. As many as the most that a schedule may begin, and some by hand: none of them ever waits for
 * another's backend, which would be waiting without a sign of life, and the ERP needs the other connections itself.
 */
export const buildersAtMost = 20;
const idleTimeoutMs = 30_000;

export interface BackendsOptions {
  readonly settings: ConnectionSettings;
  readonly password: string | null;
  readonly transport: Transport;
  /** null: over this machine's own network. */
  readonly tunnel: Tunnel | null;
  readonly logger: Logger;
}

/** Who waits behind whom: errands wait for nobody but errands. */
export type Lane = 'shared' | 'errands';

/** The connections to one server: bounded pools, backends outside of them, and the knowledge that it is gone. */
export class Backends {
  readonly #settings: ConnectionSettings;
  readonly #config: pg.ClientConfig;
  readonly #logger: Logger;
  readonly #pools: Readonly<Record<Lane, pg.Pool>>;
  readonly #builders = new Set<PromiseWithResolvers<void>>();
  readonly #listeners = new Set<() => void>();
  #lost = false;
  /** Connections in a row that came to nothing in time: one says that the server is busy, two that it is gone. */
  #timeouts = 0;
  #closed: Promise<void> | null = null;
  #probing = false;

  constructor({ settings, password, transport, tunnel, logger }: BackendsOptions) {
    this.#settings = settings;
    this.#logger = logger;
    this.#config = clientConfig(settings, password, transport.ssl, tunnel);
    const pool = (max: number, min: number) => {
      const made = new pg.Pool({ Client: clientClass(this.#config), max, min, idleTimeoutMillis: idleTimeoutMs });
      made.on('error', (error) => this.suspect(error));
      return made;
    };
    // One stays open while nothing happens: its socket tells at once that the server went away.
    this.#pools = { shared: pool(poolSize, 1), errands: pool(errandPoolSize, 0) };
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** A pooled backend; waits while all of its lane are in use. Give it back with `release`, or `release(true)` to end it. */
  async take(signal: AbortSignal | undefined, lane: Lane = 'shared'): Promise<pg.PoolClient> {
    this.#refuseWhenGone();
    const taken = this.#pools[lane].connect();
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

  /**
   * A place for a backend outside the pools that builds for long; give it back by calling what this returns. Throws `busy`
   * where so many build that the server's other clients would miss the connections.
   */
  holdBuilderPlace(): () => void {
    if (this.#builders.size >= buildersAtMost) {
      throw new Failure({
        code: 'busy',
        message: `${buildersAtMost} refreshes and plans run on ${this.#settings.label} from here already, and more would take the connections that others need. Wait for one of them to end, then try again.`,
        retryable: true,
      });
    }
    const place = Promise.withResolvers<void>();
    this.#builders.add(place);
    return () => {
      this.#builders.delete(place);
      place.resolve();
    };
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
    this.#closed ??= Promise.all([
      ...Object.values(this.#pools).map((pool) => pool.end()),
      ...[...this.#builders].map(({ promise }) => promise),
    ]).then(() => undefined);
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
