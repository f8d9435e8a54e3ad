export * from './assert-never.ts';

/**
 * The closed set of expected failures. A bug is never one of these: bugs throw.
 * Names follow what the person can do about it, not where in the code it happened.
 */
export const failureCodes = [
  'invalid_input', // the call's own data is wrong: unknown procedure, bad JSON, a name that cannot be used
  'not_found', // no such server, finding, plan, read model, dashboard or widget
  'not_connected', // the server is known, but no connection is open
  'host_unreachable', // name does not resolve, nobody listens, time-out before TCP stood
  'tls_failed', // the server refuses TLS, or its certificate does not hold
  'login_failed', // wrong password, no such role or database, pg_hba refuses
  'host_key_unknown', // an SSH server shows a key that nobody vouches for; compare detail.hostKey, and trust it
  'host_key_changed', // an SSH server shows another key than the known one, or a revoked one
  'ssh_login_failed', // an SSH server refuses the key or password, or the key cannot be read; detail.asks says for what
  'permission_denied', // logged in, but the role may not do or see this
  'capability_missing', // an extension, setting or server version that this feature needs
  'unsupported_server', // not PostgreSQL, or a version below 13
  'statement_refused', // this SQL cannot become what was asked for; detail names the construct
  'unproven', // no proof stands behind a rewritten query, or it failed; prove it, or say that it may be built unproven
  'plan_stale', // the catalog changed since the plan was made, or hash or confirmation do not match
  'lock_not_granted', // lock_timeout after all retries; detail lists the blockers
  'busy', // another writer holds this read model, or another engine this profile
  'cancelled', // the person, a shutdown or statement_timeout cancelled it
  'connection_lost', // the server went away in the middle
  'server_error', // any other error of the server, with its SQLSTATE
  'storage_failed', // the local SQLite store cannot be read or written
  'not_available', // this machine or this door cannot do that (no browser, no PostgreSQL binaries ...)
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** An expected failure, as it crosses the contract (failure-schema.ts). `message`: what happened, to which object, what to do next. */
export interface FailureValue {
  code: FailureCode;
  message: string;
  /** More facts for people and programs; never a secret. */
  detail?: Record<string, unknown> | undefined;
  /** PostgreSQL's SQLSTATE, where the server said one. */
  sqlstate?: string | undefined;
  /** True when the same call may succeed later without anybody changing anything. */
  retryable: boolean;
  /** The exact statement, setting or step that mends it, ready to copy. */
  action?: string | undefined;
}

/** The envelope of every procedure: a value, or an expected failure. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: FailureValue };

/**
 * How an expected failure travels inside the engine, up to `core/api`, which turns it into a value.
 * Anything else that is thrown is a bug. See docs/decisions/0002.
 */
export class Failure extends Error {
  readonly value: FailureValue;
  constructor(value: Omit<FailureValue, 'retryable'> & { retryable?: boolean }, options?: { cause?: unknown }) {
    super(value.message, options);
    this.name = 'Failure';
    this.value = { retryable: false, ...value };
  }
}

export const isFailure = (error: unknown): error is Failure => error instanceof Failure;
