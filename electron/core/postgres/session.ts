import type { ConnectionSettings, ServerFacts } from '../../../shared/model/connection.ts';

/**
 * The kinds of session. They differ in type, so that SQL which changes something cannot be
 * sent through a session that was opened for reading. Only the folders that may send SQL import this file (lint).
 * Every method throws `Failure` for what a server can refuse, with its SQLSTATE.
 */
declare const brand: unique symbol;

export interface Row {
  readonly [column: string]: unknown;
}

/** What all sessions can do. Values: text parsed by the `types` of `connect.ts`: int8 and numeric stay strings. */
export interface Sql {
  query<R = Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Columns and cells exactly as the server printed them (text format), for widgets and proofs. */
  queryText(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ columns: { name: string; typeOid: number }[]; rows: (string | null)[][] }>;
  readonly backendPid: number;
}

/** `default_transaction_read_only = on`, statement_timeout and lock_timeout set. Reads, never writes. */
export interface ReadonlySession extends Sql {
  readonly [brand]: 'readonly';
  /** Runs `work` in one REPEATABLE READ, READ ONLY transaction. */
  snapshot<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** Daybreak's own schema only: leases, as-of, runs. */
export interface RegistrySession extends Sql {
  readonly [brand]: 'registry';
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** Writes one read model's copy under a run. */
export interface RefreshSession extends Sql {
  readonly [brand]: 'refresh';
  readonly runId: string;
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** Runs the steps of one approved plan. */
export interface DdlSession extends Sql {
  readonly [brand]: 'ddl';
  readonly planId: string;
  readonly planHash: string;
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/**
 * Plans statements and tries them. Nothing of it stays: `rolledBack` is its only transaction, and outside of one it can
 * only read. Texts go as simple queries, since EXPLAIN (GENERIC_PLAN) takes a statement with `$n` in no other way; who
 * sends one has parsed it and knows that it is a single statement.
 */
export interface ExplainSession extends Sql {
  readonly [brand]: 'explain';
  /** Runs `work` in a transaction that is rolled back whatever happens. */
  rolledBack<T>(mode: 'read only' | 'read write', work: (sql: Sql) => Promise<T>): Promise<T>;
}

export interface SessionLimits {
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly applicationName?: string;
  /** Aborting cancels the running statement on the server (pg_cancel_backend) and rejects with `cancelled`. */
  readonly signal?: AbortSignal;
  /** A backend of its own outside the pool, for a session that lives long and repeats itself: statements are prepared once. */
  readonly prepared?: boolean;
  /**
   * Texts come as the bytes that the server holds, read as UTF-8: whatever is none becomes U+FFFD. Without it one
   * statement from a database with encoding SQL_ASCII fails the reading of all (SQLSTATE 22021).
   */
  readonly uncheckedText?: boolean;
  /** It is over at once and must get through, however much else goes on: it waits for other errands alone. */
  readonly errand?: boolean;
  /** Another database of the same server, on a backend of its own. */
  readonly database?: string;
}

/**
 * An open connection to one server: hands out sessions, each on a pooled or fresh backend of its own for the
 * length of `work`, and takes them back clean. Refreshes and plans have a fresh one each, so that nothing waits behind
 * them; with too many of them at a time, `withRefresh` and `withDdl` throw `busy`.
 */
export interface Server {
  readonly serverId: string;
  /** As of the last look: a role may be granted or lose rights, an extension come and go. */
  readonly facts: ServerFacts;
  /** Looks again. Tells the listeners of `onFacts` where anything but the measured clock changed by much. */
  refreshFacts(): Promise<void>;
  onFacts(listener: (facts: ServerFacts) => void): void;
  readonly settings: ConnectionSettings;
  withReadonly<T>(work: (session: ReadonlySession) => Promise<T>, limits?: SessionLimits): Promise<T>;
  withRegistry<T>(work: (session: RegistrySession) => Promise<T>, limits?: SessionLimits): Promise<T>;
  withRefresh<T>(runId: string, work: (session: RefreshSession) => Promise<T>, limits?: SessionLimits): Promise<T>;
  withDdl<T>(
    approval: { readonly planId: string; readonly planHash: string },
    work: (session: DdlSession) => Promise<T>,
    limits?: SessionLimits,
  ): Promise<T>;
  /** Planning works behind a pooler; trying a statement (`read write`, ANALYZE) needs the capability session_state. */
  withExplain<T>(work: (session: ExplainSession) => Promise<T>, limits?: SessionLimits): Promise<T>;
  /** pg_cancel_backend from a second connection. */
  cancelBackend(pid: number): Promise<boolean>;
  /**
   * Called once, as soon as the server is out of reach (at once where that was so already). A lost `Server` does not
   * come back, every call fails with `connection_lost`: close it and open another.
   */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}
