import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { toFailure } from './server-failure.ts';
import type { Row, Sql } from './session.ts';
import { printedTypes } from './types.ts';

/** pg knows `queryMode`; its type declarations do not. */
type Statement = pg.QueryConfig & { queryMode?: 'extended' };

export interface BackendOptions {
  /** What failures say it was for, e.g. the connection's label. */
  readonly label: string;
  readonly backendPid: number;
  /** One statement a call: a text with two is refused by the server. */
  readonly single: boolean;
  readonly prepared: boolean;
  /**
   * Settings that each statement sets for itself alone, in a transaction of its own; null where the session holds them.
   * A pooler in transaction mode would hand a session's settings to other people's connections.
   */
  readonly perStatement: SessionSettings | null;
  readonly signal: AbortSignal | undefined;
  /** Stops the running statement on the server. */
  readonly cancel: () => Promise<void>;
  /** Told of every error, before it becomes a failure. */
  readonly onError: (error: unknown) => void;
}

/** Settings of the server by name. */
export type SessionSettings = Readonly<Record<string, string>>;

/** How long a cancelled statement may go on before its connection is cut. */
const cancelGraceMs = 3_000;

/** One backend for the length of one session: what `Sql` promises, over a client of pg. */
export class Backend implements Sql {
  readonly #client: pg.Client | pg.PoolClient;
  readonly #options: BackendOptions;
  #inTransaction = false;
  #ended = false;

  constructor(client: pg.Client | pg.PoolClient, options: BackendOptions) {
    this.#client = client;
    this.#options = options;
  }

  get backendPid(): number {
    return this.#options.backendPid;
  }

  async query<R = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const result = await this.#run(this.#statement(text, values));
    // A text of several statements gives several results: the last one counts.
    const last: pg.QueryResult = Array.isArray(result) ? result.at(-1) : result;
    return last.rows as R[];
  }

  async queryText(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ columns: { name: string; typeOid: number }[]; rows: (string | null)[][] }> {
    const statement = { ...this.#statement(text, values), rowMode: 'array' as const, types: printedTypes };
    const { fields, rows } = await this.#run(statement);
    return {
      columns: fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
      rows: rows as (string | null)[][],
    };
  }

  /** Runs `work` between `begin` and `commit`; an error rolls back and is thrown on. */
  transaction<T>(begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#between(begin, 'commit', work);
  }

  /** Runs `work` in a transaction of which nothing stays. */
  rolledBack<T>(begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#between(begin, 'rollback', work);
  }

  async #between<T>(begin: string, end: 'commit' | 'rollback', work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#inTransaction) throw new Error('a transaction inside a transaction');
    await this.#send({ text: begin });
    this.#inTransaction = true;
    try {
      if (this.#options.perStatement !== null) await this.#send(setLocal(this.#options.perStatement));
      const result = await work(this);
      await this.#send({ text: end });
      return result;
    } catch (error) {
      // The first error is the one to tell; a connection that cannot roll back is thrown away by its owner.
      await this.#client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** After this, using the session is a bug of the caller. */
  end(): void {
    this.#ended = true;
  }

  #statement(text: string, values: readonly unknown[]): Statement {
    const { single, prepared, perStatement } = this.#options;
    return {
      text,
      ...(values.length === 0 ? {} : { values: [...values] }),
      ...(single ? { queryMode: 'extended' as const } : {}),
      ...(prepared && perStatement === null ? { name: `d${createHash('sha1').update(text).digest('base64url')}` } : {}),
    };
  }

  async #run(statement: Statement): Promise<pg.QueryResult> {
    const { perStatement } = this.#options;
    if (perStatement === null || this.#inTransaction) return this.#send(statement);
    return this.transaction('begin read only', () => this.#send(statement));
  }

  async #send(statement: Statement): Promise<pg.QueryResult> {
    if (this.#ended) throw new Error('a session was used after its work had ended');
    const { signal, cancel, onError, label } = this.#options;
    if (signal?.aborted) throw cancelled(label, signal);
    let cut: NodeJS.Timeout | undefined;
    const abort = () => {
      cut = setTimeout(() => destroy(this.#client), cancelGraceMs);
      cancel().catch(() => destroy(this.#client));
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const result = await this.#client.query(statement);
      // The statement won the race against its own cancelling; what was asked for counts.
      if (signal?.aborted) throw cancelled(label, signal);
      return result;
    } catch (error) {
      onError(error);
      if (signal?.aborted) throw cancelled(label, signal, error);
      throw toFailure(error, label);
    } finally {
      clearTimeout(cut);
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** `set_config` for each setting, values as parameters; `local` lasts until the end of the transaction. */
export function setConfig(settings: SessionSettings, local: boolean): { text: string; values: string[] } {
  const entries = Object.entries(settings);
  const calls = entries.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, ${local})`);
  return { text: `select pg_backend_pid() as pid, ${calls.join(', ')}`, values: entries.flat() };
}
const setLocal = (settings: SessionSettings) => setConfig(settings, true);

/** Cuts the connection without a word: pg then fails whatever was running on it. */
export function destroy(client: pg.Client | pg.PoolClient): void {
  client.connection.stream.destroy();
}

/** Where a failure ended it, nobody has cancelled it: that failure is what happened. */
const cancelled = (label: string, signal: AbortSignal, cause?: unknown): Failure =>
  isFailure(signal.reason)
    ? signal.reason
    : new Failure(
        { code: 'cancelled', message: `${label}: the statement was cancelled.`, sqlstate: '57014' },
        { cause: cause ?? signal.reason },
      );
