import type pg from 'pg';
import type { ConnectionSettings, ServerFacts } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Tunnel } from '../tunnel/open-tunnel.ts';
import { Backend, setConfig, type SessionSettings } from './backend.ts';
import { Backends, poolSize } from './backends.ts';
import { factsOf, requireCapability, requireSight } from './capabilities.ts';
import { loginSubject } from './client-config.ts';
import { bareSql, readChangeable, readFindings } from './findings.ts';
import { reach, type Transport } from './reach.ts';
import { isConnectionBroken, toFailure } from './server-failure.ts';
import type {
  DdlSession,
  ExplainSession,
  ReadonlySession,
  RefreshSession,
  RegistrySession,
  Server,
  SessionLimits,
  Sql,
} from './session.ts';

export interface OpenServerOptions {
  readonly serverId: string;
  readonly settings: ConnectionSettings;
  /** null: from the passfile, where one has a line for it. */
  readonly password: string | null;
  /** The way that the settings ask for, opened; it is closed with the server, also where that does not open. */
  readonly tunnel?: Tunnel | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Kind = 'readonly' | 'registry' | 'refresh' | 'ddl' | 'explain';

/** Where the caller sets no limit: statement_timeout and lock_timeout, ms. 0 is none. */
const defaultLimits: Readonly<Record<Kind, { statementMs: number; lockMs: number }>> = {
  readonly: { statementMs: 60_000, lockMs: 5_000 },
  registry: { statementMs: 15_000, lockMs: 5_000 },
  refresh: { statementMs: 3_600_000, lockMs: 5_000 },
  ddl: { statementMs: 3_600_000, lockMs: 2_000 },
  explain: { statementMs: 15_000, lockMs: 1_000 },
};

/** A machine that falls asleep in the middle of a transaction must not hold its locks over the ERP until it wakes. */
const idleInTransactionMs = 60_000;

/**
 * Connects: name, TCP, TLS, login, then what server and role can do. Changes nothing on the server. Throws the
 * failures of `reach` (`host_unreachable`, `unsupported_server`, `tls_failed`), `login_failed`, and
 * `permission_denied` for a role that sees nothing.
 */
export async function openServer(options: OpenServerOptions): Promise<Server> {
  try {
    return await openThrough(options.tunnel ?? null, options);
  } catch (error) {
    options.tunnel?.close();
    throw error;
  }
}

async function openThrough(tunnel: Tunnel | null, options: OpenServerOptions): Promise<Server> {
  const { serverId, settings, password, clock, logger } = options;
  const open = async (transport: Transport) => {
    const backends = new Backends({ settings, password, transport, tunnel, logger });
    try {
      const first = await backends.take(undefined);
      try {
        const findings = await readFindings(first, settings, clock, () => backends.open());
        requireSight(findings);
        // It stays open in the pool, where its socket tells when the server goes away.
        if (findings.sessionState) await first.query('discard all');
        backends.release(first, !findings.sessionState);
        return { backends, facts: factsOf(findings) };
      } catch (error) {
        backends.release(first, true);
        throw toFailure(error, loginSubject(settings));
      }
    } catch (error) {
      await backends.close();
      throw error;
    }
  };
  const transport = await reach(settings, tunnel);
  const { backends, facts: found } = await open(transport).catch((error: unknown) => {
    if (!refusedForTls(error, transport)) throw error;
    return open({ ...transport, ssl: false, mayFallBack: false });
  });
  let facts: ServerFacts = found;
  const factsListeners = new Set<(facts: ServerFacts) => void>();
  const sessionState = facts.capabilities.some(({ name, present }) => name === 'session_state' && present);
  const closing = new AbortController();

  async function withSession<T>(kind: Kind, limits: SessionLimits, work: (backend: Backend) => Promise<T>): Promise<T> {
    if (kind !== 'readonly' && kind !== 'explain') requireCapability(facts, 'session_state');
    const signal = AbortSignal.any([closing.signal, ...(limits.signal ? [limits.signal] : [])]);
    // What builds for hours never stands in the way of what is over at once, whichever number of them there is.
    const builds = kind === 'refresh' || kind === 'ddl';
    const leavePlace = builds ? backends.holdBuilderPlace() : () => undefined;
    try {
      return await withBackend(kind, { ...limits, apart: builds }, signal, work);
    } finally {
      leavePlace();
    }
  }

  async function withBackend<T>(
    kind: Kind,
    limits: SessionLimits & { readonly apart: boolean },
    signal: AbortSignal,
    work: (backend: Backend) => Promise<T>,
  ): Promise<T> {
    const settingsOfSession = sessionSettings(kind, limits);
    const { client, pid } = await acquire(settingsOfSession, limits, signal);
    const backend = new Backend(client, {
      label: settings.label,
      backendPid: pid,
      single: kind === 'readonly',
      prepared: limits.prepared ?? false,
      perStatement: sessionState ? null : settingsOfSession,
      signal,
      cancel: () => cancel(pid),
      onError: backends.suspect,
    });
    let clean = false;
    try {
      const result = await work(backend);
      clean = true;
      return result;
    } catch (error) {
      clean = isFailure(error) && error.value.code !== 'connection_lost';
      throw error;
    } finally {
      backend.end();
      await giveBack(client, clean && !signal.aborted);
    }
  }

  /**
   * A backend with its settings. A pooled one may have died a moment ago without our knowing yet; nothing has run on
   * it, so the next one is tried, until the pool has to connect anew.
   */
  async function acquire(
    values: SessionSettings,
    { prepared, database, errand, apart: builds }: SessionLimits & { readonly apart: boolean },
    signal: AbortSignal,
  ): Promise<{ client: pg.Client | pg.PoolClient; pid: number }> {
    for (let attempt = 0; ; attempt += 1) {
      const apart = builds || (prepared ?? false) || database !== undefined;
      const lane = errand === true ? 'errands' : 'shared';
      const client = apart ? await backends.open(database) : await backends.take(signal, lane);
      if (!sessionState) return { client, pid: 0 };
      try {
        return { client, pid: await apply(client, values, settings.label) };
      } catch (error) {
        await giveBack(client, false);
        backends.suspect(error);
        if (!isConnectionBroken(error) || attempt >= poolSize) throw error;
      }
    }
  }

  /** Back to the pool as if new, or ended: a session never sees what another one left. */
  async function giveBack(client: pg.Client | pg.PoolClient, clean: boolean): Promise<void> {
    if (!isPooled(client)) {
      const ended = client.end();
      if (clean) return ended;
      // Where the network is gone nobody answers, and whoever stops must not wait for that.
      return void ended.catch(() => undefined);
    }
    let reusable = clean;
    if (clean && sessionState) {
      try {
        if (client.getTransactionStatus() !== 'I') await client.query('rollback');
        await client.query('discard all');
      } catch (error) {
        backends.suspect(error);
        reusable = false;
      }
    }
    backends.release(client, !reusable);
  }

  /** Over a connection of its own: the pool may be full of what is to be cancelled. */
  async function cancelBackend(pid: number): Promise<boolean> {
    const client = await backends.open();
    try {
      const { rows } = await client.query<{ done: boolean }>('select pg_cancel_backend($1) as done', [pid]);
      return rows[0]?.done ?? false;
    } finally {
      await client.end();
    }
  }
  async function cancel(pid: number): Promise<void> {
    // Behind a pooler the process number is not the backend's: rejecting makes the session cut its connection.
    if (pid === 0 || backends.lost) throw new Error('cannot be cancelled, only cut');
    await cancelBackend(pid);
  }

  async function refreshFacts(): Promise<void> {
    const now = await withSession('readonly', {}, (backend) => readChangeable(backend, clock));
    const before = facts;
    facts = factsOf({ ...now, sessionState, machineCores: before.machineCores ?? null });
    if (isMuchTheSame(before, facts)) return;
    for (const listener of factsListeners) listener(facts);
  }

  return {
    serverId,
    get facts() {
      return facts;
    },
    refreshFacts,
    onFacts: (listener) => void factsListeners.add(listener),
    settings,
    withReadonly: (work, limits = {}) =>
      withSession('readonly', limits, (backend) =>
        work(
          session<ReadonlySession>(backend, {
            snapshot: <T>(read: (sql: Sql) => Promise<T>) =>
              backend.transaction('begin isolation level repeatable read, read only', read),
          }),
        ),
      ),
    withRegistry: (work, limits = {}) =>
      withSession('registry', limits, (backend) => work(session<RegistrySession>(backend, transacting(backend)))),
    withRefresh: (runId, work, limits = {}) =>
      withSession('refresh', limits, (backend) =>
        work(session<RefreshSession>(backend, { runId, ...transacting(backend) })),
      ),
    withDdl: (approval, work, limits = {}) =>
      withSession('ddl', limits, (backend) =>
        work(session<DdlSession>(backend, { ...approval, ...transacting(backend) })),
      ),
    withExplain: (work, limits = {}) =>
      withSession('explain', limits, (backend) =>
        work(
          session<ExplainSession>(backend, {
            rolledBack: <T>(mode: 'read only' | 'read write', trial: (sql: Sql) => Promise<T>) =>
              backend.rolledBack(`begin ${mode}`, trial),
          }),
        ),
      ),
    cancelBackend,
    onLost: (listener) => backends.onLost(listener),
    async close() {
      closing.abort(backends.lost ? wentAway(settings.label) : new Error('the connection is being closed'));
      try {
        await backends.close();
      } finally {
        tunnel?.close();
      }
    },
  };
}

const wentAway = (label: string): Failure =>
  new Failure({ code: 'connection_lost', message: `${label}: the server went away.`, retryable: true });

/** A clock that is measured again differs by a few milliseconds. */
const isMuchTheSame = (before: ServerFacts, after: ServerFacts): boolean =>
  Math.abs(before.clockSkewMs - after.clockSkewMs) < 1_000 &&
  JSON.stringify({ ...before, clockSkewMs: 0 }) === JSON.stringify({ ...after, clockSkewMs: 0 });

/** `prefer` retries in plain text where pg_hba.conf has no line for an encrypted connection, as libpq does. */
const refusedForTls = (error: unknown, transport: Transport): boolean =>
  transport.mayFallBack && isFailure(error) && error.value.sqlstate === '28000';

function sessionSettings(kind: Kind, limits: SessionLimits): SessionSettings {
  const defaults = defaultLimits[kind];
  return {
    application_name: limits.applicationName ?? 'daybreak',
    statement_timeout: String(limits.statementTimeoutMs ?? defaults.statementMs),
    lock_timeout: String(limits.lockTimeoutMs ?? defaults.lockMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    default_transaction_read_only: kind === 'readonly' || kind === 'explain' ? 'on' : 'off',
    // A role may have another style; what is shown and compared must not depend on it.
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    ...(limits.uncheckedText ? { client_encoding: 'SQL_ASCII' } : {}),
  };
}

/** Sets the session up and returns the process number of its backend. */
async function apply(client: pg.Client | pg.PoolClient, values: SessionSettings, label: string): Promise<number> {
  const statement = setConfig(values, false);
  const [row] = await bareSql(client, label).query<{ pid: number }>(statement.text, statement.values);
  return row?.pid ?? 0;
}

const isPooled = (client: pg.Client | pg.PoolClient): client is pg.PoolClient => 'release' in client;

const transacting = (backend: Backend) => ({
  transaction: <T>(work: (sql: Sql) => Promise<T>) => backend.transaction('begin', work),
});

/** The only place that gives a backend its kind: the brand exists in the types alone. */
function session<S extends Sql>(backend: Backend, more: Omit<S, keyof Sql | symbol>): S {
  const sql: Sql = {
    backendPid: backend.backendPid,
    query: (text, values) => backend.query(text, values),
    queryText: (text, values) => backend.queryText(text, values),
  };
  return { ...sql, ...more } as unknown as S;
}
